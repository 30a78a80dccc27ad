import { test } from 'node:test'
import { type Random, silentLogger, text, utf8 } from '../base/mod.ts'
import {
  ContentError,
  endpointOf,
  type JsonObject,
  type Message,
  Session,
  SignatureError,
} from '../jupyter/mod.ts'
import { makeSigner } from '../node/mod.ts'
import { Dealer, Pub, Router, type SocketContext, Sub } from '../sockets/mod.ts'
import { ManualClock, MemoryNetwork, SeededRandom } from '../testing/mod.ts'
import { Controller, type ControllerOptions } from './mod.ts'

type ClientChannel = 'registration' | 'mux' | 'task' | 'control' | 'broadcast'

/** A controller on a network in memory; engines and clients are played by the test. */
export class PlayedCluster {
  readonly clock = new ManualClock()
  readonly random: Random = new SeededRandom(7)
  readonly network = new MemoryNetwork(this.clock, this.random as SeededRandom)
  readonly warnings: string[] = []
  /** Faults of ours. */
  readonly errors: string[] = []
  controller!: Controller
  readonly #peers: { close(): Promise<void> }[] = []

  static async start(options: Partial<ControllerOptions> = {}): Promise<PlayedCluster> {
    const cluster = new PlayedCluster()
    cluster.controller = await cluster.startController(options)
    return cluster
  }

  startController(options: Partial<ControllerOptions> = {}): Promise<Controller> {
    return Controller.start({
      context: this.context('controller'),
      makeSigner,
      key: 'secret',
      interfaces: { client: 'tcp://controller', engine: 'tcp://controller' },
      location: 'controller',
      ...options,
    })
  }

  context(host: string): SocketContext {
    return {
      transports: [this.network.transport(host)],
      clock: this.clock,
      random: this.random,
      logger: {
        ...silentLogger,
        warn: (line) => this.warnings.push(line),
        error: (line) => this.errors.push(line),
      },
    }
  }

  session(id?: string, key = 'secret'): Session {
    const { clock, random } = this
    return new Session({ key, makeSigner, clock, random, ...(id === undefined ? {} : { id }) })
  }

  /** A client, connected to every channel; with a key of its own it could not read any news. */
  async client(key?: string): Promise<PlayedClient> {
    const client = new PlayedClient(this, this.session(undefined, key), key === undefined)
    this.#peers.push(client)
    await this.clock.advance(10)
    return client
  }

  /** An engine that has registered; it does nothing by itself but answer heartbeats. */
  async engine(uuid: string, facts: JsonObject = {}, id?: number): Promise<PlayedEngine> {
    const engine = new PlayedEngine(this, this.session(uuid))
    this.#peers.push(engine)
    engine.register(facts, id)
    await this.clock.advance(50)
    return engine
  }

  async stop(): Promise<void> {
    const closing = [...this.#peers, this.controller].map((peer) => peer.close())
    await this.clock.advance(5_000)
    await Promise.all(closing)
  }
}

/** A client's sockets; what comes is kept. */
export class PlayedClient {
  readonly session: Session
  readonly received: Record<ClientChannel | 'notification' | 'iopub', Message[]> = {
    registration: [],
    mux: [],
    task: [],
    control: [],
    broadcast: [],
    notification: [],
    iopub: [],
  }
  readonly #cluster: PlayedCluster
  readonly #dealers: Record<ClientChannel, Dealer>
  readonly #subs: Sub[]

  constructor(cluster: PlayedCluster, session: Session, hearsNews = true) {
    const { clientInfo } = cluster.controller
    const context = cluster.context('client')
    const endpoint = (name: ClientChannel | 'notification' | 'iopub') =>
      endpointOf(clientInfo.interface, clientInfo[name])
    this.#cluster = cluster
    this.session = session
    const dealer = (name: ClientChannel) => {
      const socket = new Dealer(context)
      socket.onMessage = (frames) => this.#receive(name, frames)
      socket.connect(endpoint(name))
      return socket
    }
    this.#dealers = {
      registration: dealer('registration'),
      mux: dealer('mux'),
      task: dealer('task'),
      control: dealer('control'),
      broadcast: dealer('broadcast'),
    }
    this.#subs = (['notification', 'iopub'] as const).map((name) => {
      const socket = new Sub(context)
      if (hearsNews) socket.subscribe(new Uint8Array(0))
      socket.onMessage = (frames) => this.#receive(name, frames)
      socket.connect(endpoint(name))
      return socket
    })
  }

  /** As clients do, it lets go what it cannot read. */
  #receive(name: ClientChannel | 'notification' | 'iopub', frames: readonly Uint8Array[]): void {
    try {
      this.received[name].push(this.session.unpack(frames))
    } catch (error) {
      if (!(error instanceof ContentError)) throw error
    }
  }

  /** Sends without waiting for anything; gives the msg_id. */
  send(
    channel: ClientChannel,
    msgType: string,
    parts: {
      content?: JsonObject
      metadata?: JsonObject
      buffers?: Uint8Array[]
      to?: string
      msgId?: string
    } = {},
  ): string {
    const { to, msgId, ...rest } = parts
    const header = this.session.newHeader(msgType, msgId)
    const idents = to === undefined ? [] : [utf8(to)]
    this.#dealers[channel].trySend(this.session.pack(header, { ...rest, idents }))
    return header.msgId
  }

  /** Sends, lets everything happen, and gives the reply. */
  async ask(
    channel: ClientChannel,
    msgType: string,
    parts: Parameters<PlayedClient['send']>[2] = {},
  ): Promise<Message | undefined> {
    const id = this.send(channel, msgType, parts)
    await this.#cluster.clock.advance(1)
    return this.reply(channel, id)
  }

  /** The one reply to a request. */
  reply(channel: ClientChannel, msgId: string): Message | undefined {
    const replies = this.received[channel].filter(({ parent }) => parent?.msgId === msgId)
    if (replies.length > 1) throw new Error(`${replies.length} replies to ${msgId}`)
    return replies[0]
  }

  sendFrames(channel: ClientChannel, frames: Uint8Array[]): void {
    this.#dealers[channel].trySend(frames)
  }

  async close(): Promise<void> {
    const sockets = [...Object.values(this.#dealers), ...this.#subs]
    await Promise.all(sockets.map((socket) => socket.close({ lingerMs: 0 })))
  }
}

/** An engine's sockets; requests are kept until the test answers them. */
export class PlayedEngine {
  readonly session: Session
  readonly requests: Message[] = []
  readonly controlRequests: Message[] = []
  readonly registrationReplies: Message[] = []
  /** Requests that came a second time. */
  replays = 0
  beats = true
  readonly #registration: Dealer
  readonly #shell: Router
  readonly #control: Router
  readonly #iopub: Pub
  readonly #ping: Sub
  readonly #pong: Dealer

  constructor(cluster: PlayedCluster, session: Session) {
    this.session = session
    const context = cluster.context(session.id)
    const info = cluster.controller.engineInfo
    const at = (port: number) => endpointOf(info.interface, port)
    const named = { routingId: session.id }
    this.#registration = new Dealer(context, named)
    this.#registration.onMessage = (frames) => {
      this.registrationReplies.push(session.unpack(frames))
    }
    this.#registration.connect(at(info.registration))
    this.#shell = new Router(context, named)
    this.#shell.onMessage = (frames) => this.#receive(frames)
    for (const port of [info.mux, info.task, ...info.broadcast]) this.#shell.connect(at(port))
    this.#control = new Router(context, named)
    this.#control.onMessage = (frames) => this.controlRequests.push(session.unpack(frames))
    this.#control.connect(at(info.control))
    this.#iopub = new Pub(context)
    this.#iopub.connect(at(info.iopub))
    this.#pong = new Dealer(context, named)
    this.#pong.connect(at(info.hb_pong))
    this.#ping = new Sub(context)
    this.#ping.subscribe(new Uint8Array(0))
    this.#ping.onMessage = (frames) => {
      if (this.beats) this.#pong.trySend(frames)
    }
    this.#ping.connect(at(info.hb_ping))
  }

  get uuid(): string {
    return this.session.id
  }

  #receive(frames: Uint8Array[]): void {
    try {
      this.requests.push(this.session.unpack(frames))
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error
      this.replays++
    }
  }

  /** Ids of the requests that wait for an answer. */
  get pending(): string[] {
    return this.requests.map(({ header }) => header.msgId)
  }

  register(facts: JsonObject = {}, id?: number): void {
    const wanted = id === undefined ? {} : { id }
    this.tellHub('registration_request', { uuid: this.uuid, facts, ...wanted })
  }

  tellHub(msgType: string, content: JsonObject): void {
    this.#registration.trySend(this.session.pack(msgType, { content }))
  }

  /** Answers the oldest request. */
  answer(content: JsonObject = { status: 'ok' }, buffers: Uint8Array[] = []): Message {
    const request = this.requests.shift()
    if (request === undefined) throw new Error(`engine ${this.uuid} has no request to answer`)
    this.answerTo(request, content, buffers)
    return request
  }

  answerTo(request: Message, content: JsonObject, buffers: Uint8Array[] = []): void {
    const { is_broadcast, is_coalescing, original_msg_id } = request.metadata
    this.#shell.trySend(
      this.session.pack(request.header.msgType.replace('_request', '_reply'), {
        idents: request.idents,
        parent: request,
        content,
        metadata: {
          started: request.header.date,
          dependencies_met: content['ename'] !== 'UnmetDependency',
          engine: this.uuid,
          is_broadcast: is_broadcast ?? false,
          is_coalescing: is_coalescing ?? false,
          original_msg_id: original_msg_id ?? '',
          status: content['status'] ?? 'ok',
        },
        buffers,
      }),
    )
  }

  /** Sends frames that were made elsewhere. */
  sendFrames(line: 'registration' | 'shell' | 'control' | 'iopub', frames: Uint8Array[]): void {
    const lines = { registration: this.#registration, iopub: this.#iopub }
    const sockets = { ...lines, shell: this.#shell, control: this.#control }
    sockets[line].trySend(frames)
  }

  /** Sends whatever, on the way of a reply. */
  sendReply(
    to: Message,
    parts: { content: JsonObject; metadata: JsonObject; parent?: Message },
  ): void {
    this.#shell.trySend(this.session.pack('apply_reply', { idents: to.idents, ...parts }))
  }

  answerControl(content: JsonObject): void {
    const request = this.controlRequests.shift()!
    this.#control.trySend(
      this.session.pack(request.header.msgType.replace('_request', '_reply'), {
        idents: request.idents,
        parent: request,
        content,
      }),
    )
  }

  publish(topic: string, msgType: string, content: JsonObject, parent?: Message): void {
    const idents = [utf8(`engine.0.${topic}`)]
    this.#iopub.trySend(this.session.pack(msgType, { idents, content, parent }))
  }

  async close(): Promise<void> {
    const sockets = [this.#registration, this.#shell, this.#control, this.#iopub]
    await Promise.all([
      ...[...sockets, this.#ping, this.#pong].map((socket) => socket.close({ lingerMs: 0 })),
    ])
  }
}

/** The idents of a message, as text. */
export function identsOf(message: Message): string[] {
  return message.idents.map(text)
}

type Body = (cluster: PlayedCluster, client: PlayedClient, engine: PlayedEngine) => Promise<void>

/** A test with a client and an engine, id 0, uuid `a`. */
export function clusterTest(
  title: string,
  body: Body,
  options: Partial<ControllerOptions> = {},
): void {
  test(title, async () => {
    const cluster = await PlayedCluster.start(options)
    try {
      const client = await cluster.client()
      await body(cluster, client, await cluster.engine('a'))
    } finally {
      await cluster.stop()
    }
  })
}

/** The content of a reply of an engine where something failed. */
export const zeroDivision: JsonObject = {
  status: 'error',
  ename: 'ZeroDivisionError',
  evalue: '',
  traceback: [],
}
