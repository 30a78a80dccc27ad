/** A kernel of the tests' own: sockets in memory, a clock that stands still, answers on command. */
import assert from 'node:assert/strict'
import { type Logger, text, utf8 } from '../base/mod.ts'
import {
  type JsonObject,
  type KernelConnectionInfo,
  type Message,
  Session,
} from '../jupyter/mod.ts'
import { inprocTransport, Pub, Rep, Router, type SocketContext } from '../sockets/mod.ts'
import { ManualClock, SeededRandom, settle, simSigner } from '../testing/mod.ts'
import { KernelClient, type KernelClientEvents } from './mod.ts'

const connection: KernelConnectionInfo = {
  transport: 'ipc',
  ip: 'kernel',
  shell_port: 1,
  iopub_port: 2,
  stdin_port: 3,
  control_port: 4,
  hb_port: 5,
  key: 'secret',
  signature_scheme: 'hmac-sha256',
}

export class PlayedKernel {
  readonly clock: ManualClock = new ManualClock()
  readonly log: string[] = []
  readonly client: KernelClient
  readonly session: Session
  readonly #context: SocketContext
  readonly #iopub: Pub
  readonly #routers: Readonly<Record<'shell' | 'control' | 'stdin', Router>>
  readonly #requests: Message[] = []
  #heart: Rep | undefined

  private constructor(events: KernelClientEvents) {
    const logger: Logger = {
      debug() {},
      info() {},
      warn: (line) => void this.log.push(line),
      error: (line) => void this.log.push(line),
    }
    const { clock } = this
    const transports = [{ ...inprocTransport(clock), scheme: 'ipc' }]
    this.#context = { transports, clock, random: new SeededRandom(1), logger }
    const { key } = connection
    const { random } = this.#context
    this.session = new Session({ key, makeSigner: simSigner, clock, random })
    this.#iopub = new Pub(this.#context)
    const router = (): Router => {
      const socket = new Router(this.#context)
      socket.onMessage = (frames) => this.#requests.push(this.session.unpack(frames))
      return socket
    }
    this.#routers = { shell: router(), control: router(), stdin: router() }
    this.client = new KernelClient(
      connection,
      { context: this.#context, makeSigner: simSigner },
      events,
    )
  }

  static async start(
    context: { after(end: () => Promise<void>): void },
    events: KernelClientEvents = {},
  ): Promise<PlayedKernel> {
    const kernel = new PlayedKernel(events)
    context.after(() => kernel.close())
    await kernel.#iopub.bind('ipc://kernel-2')
    await kernel.#routers.shell.bind('ipc://kernel-1')
    await kernel.#routers.stdin.bind('ipc://kernel-3')
    await kernel.#routers.control.bind('ipc://kernel-4')
    await kernel.startHeart()
    await settle()
    return kernel
  }

  async startHeart(): Promise<void> {
    const heart = new Rep(this.#context)
    heart.onMessage = (frames) => void heart.trySend(frames)
    await heart.bind('ipc://kernel-5')
    this.#heart = heart
  }

  async stopHeart(): Promise<void> {
    await this.#heart?.close({ lingerMs: 0 })
  }

  /** The oldest request that was not taken yet. */
  async request(msgType: string): Promise<Message> {
    await settle()
    const message = this.#requests.shift()
    assert.equal(message?.header.msgType, msgType)
    return message!
  }

  async reply(
    request: Message,
    msgType: string,
    content: JsonObject,
    channel: 'shell' | 'control' | 'stdin' = 'shell',
  ): Promise<void> {
    const parts = { content, parent: request, idents: request.idents }
    this.#routers[channel].trySend(this.session.pack(msgType, parts))
    await settle()
  }

  /** Publishes; `parent` is what was the cause. */
  async publish(msgType: string, content: JsonObject, parent?: Message): Promise<void> {
    this.#iopub.trySend([utf8(msgType), ...this.session.pack(msgType, { content, parent })])
    await settle()
  }

  async publishFrames(frames: readonly Uint8Array[]): Promise<void> {
    this.#iopub.trySend([utf8('topic'), ...frames])
    await settle()
  }

  /** The identity that requests came from, as text. */
  static identity(message: Message): string {
    return text(message.idents[0]!)
  }

  async close(): Promise<void> {
    const sockets = [this.#iopub, ...Object.values(this.#routers)]
    const closing = [this.client.close(), this.stopHeart(), ...sockets.map((one) => one.close())]
    while (this.clock.pending > 0) await this.clock.advance(2_000)
    await Promise.all(closing)
  }
}
