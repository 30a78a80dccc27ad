import { createContext } from 'node:vm'
import { type Random, silentLogger, utf8 } from '../base/mod.ts'
import {
  type ClientConnectionInfo,
  connectionReply,
  type JsonObject,
  type Message,
  Session,
} from '../jupyter/mod.ts'
import { makeSigner } from '../node/mod.ts'
import { Codec } from '../serialize/mod.ts'
import { Pub, Router, type SocketContext } from '../sockets/mod.ts'
import { ManualClock, MemoryNetwork, SeededRandom } from '../testing/mod.ts'
import { Client, type ClientOptions } from './mod.ts'
import { sourceFunctions } from './played-cluster.test.ts'

/** The channels on which a client asks. */
export type Line = 'registration' | 'mux' | 'task' | 'control' | 'broadcast'
const lines = ['registration', 'mux', 'task', 'control', 'broadcast'] as const

const host = { hostname: 'client', addresses: [], resolve: async () => [] }

/** A controller of Python's, as a client sees it; the test says what it says. */
export class PlayedController {
  readonly clock = new ManualClock()
  readonly random: Random = new SeededRandom(5)
  readonly network = new MemoryNetwork(this.clock, this.random as SeededRandom)
  readonly warnings: string[] = []
  readonly session: Session
  /** What clients have asked and nobody has answered, by channel. */
  readonly asked: Record<Line, Message[]>
  /** Who is there, for all that ask. */
  engines: { id: number; uuid: string }[] = [{ id: 0, uuid: 'engine-0' }]
  /** False leaves the question who is there to the test. */
  introduces = true
  readonly #routers: Record<Line, Router>
  readonly iopub: Pub
  readonly notification: Pub
  info!: ClientConnectionInfo

  static async start(): Promise<PlayedController> {
    const controller = new PlayedController()
    await controller.#bind()
    return controller
  }

  private constructor() {
    const { clock, random } = this
    this.session = new Session({ key: 'k', makeSigner, clock, random })
    const context = this.context('controller')
    const each = <T>(make: (line: Line) => T) =>
      Object.fromEntries(lines.map((line) => [line, make(line)])) as Record<Line, T>
    this.asked = each(() => [])
    this.#routers = each(() => new Router(context))
    this.iopub = new Pub(context)
    this.notification = new Pub(context)
  }

  context(name: string): SocketContext {
    return {
      transports: [this.network.transport(name)],
      clock: this.clock,
      random: this.random,
      logger: { ...silentLogger, warn: (text) => void this.warnings.push(text) },
    }
  }

  /** @throws what the client says when it cannot. */
  async connect(options: ClientOptions = {}): Promise<Client> {
    const codec = new Codec(sourceFunctions(createContext({})))
    const ports = { context: this.context('client'), makeSigner, codec, host }
    const opening = Client.open(this.info, ports, options)
    opening.catch(() => {})
    await this.clock.advance(100)
    return opening
  }

  /** Takes the oldest question on a channel. */
  next(line: Line): Message {
    const message = this.asked[line].shift()
    if (message === undefined) throw new Error(`nothing was asked on ${line}`)
    return message
  }

  send(line: Line | 'iopub' | 'notification', frames: Uint8Array[]): void {
    const socket = line === 'iopub' || line === 'notification' ? this[line] : this.#routers[line]
    socket.trySend(frames)
  }

  reply(line: Line, request: Message, msgType: string, parts: ReplyParts): void {
    const idents = [request.idents[0]!]
    this.send(line, this.session.pack(msgType, { idents, parent: request, ...parts }))
  }

  async #bind(): Promise<void> {
    const portOf = async (socket: { bind(endpoint: string): Promise<string> }) =>
      Number((await socket.bind('tcp://127.0.0.1:0')).split(':').at(-1))
    const ports = {} as Record<Line, number>
    for (const line of lines) {
      ports[line] = await portOf(this.#routers[line])
      this.#routers[line].onMessage = (frames) => this.#receive(line, frames)
    }
    this.info = {
      ssh: '',
      interface: 'tcp://127.0.0.1',
      ...ports,
      task_scheme: 'leastload',
      iopub: await portOf(this.iopub),
      notification: await portOf(this.notification),
      key: 'k',
      curve_serverkey: null,
      location: 'client',
      pack: 'json',
      unpack: 'json',
      signature_scheme: 'hmac-sha256',
    }
  }

  #receive(line: Line, frames: readonly Uint8Array[]): void {
    const message = this.session.unpack(frames)
    if (message.header.msgType === 'connection_request' && this.introduces) {
      const engines = this.engines.map((engine) => ({ ...engine, facts: {} }))
      const { engine_facts, ...content } = connectionReply.encode({ status: 'ok', engines })
      this.reply(line, message, 'connection_reply', { content })
      return
    }
    this.asked[line].push(message)
  }
}

interface ReplyParts {
  readonly content: JsonObject
  readonly metadata?: JsonObject
  readonly buffers?: Uint8Array[]
}

/** What iopub's messages of an engine are about. */
export const topic = (uuid: string, what: string): Uint8Array => utf8(`engine.${uuid}.${what}`)
