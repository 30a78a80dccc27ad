import { Deferred, messageOf, text } from '../base/mod.ts'
import {
  type ClientConnectionInfo,
  endpointOf,
  type Message,
  type Session,
  SignatureError,
} from '../jupyter/mod.ts'
import { Dealer, type SocketContext, type SocketEvent, Sub } from '../sockets/mod.ts'

/** The channels on which the client sends. */
export type SendingLine = 'registration' | 'control' | 'mux' | 'task' | 'broadcast'
export type LineName = SendingLine | 'notification' | 'iopub'

export interface LineHandlers {
  /** A message that was checked; in order per line. */
  message(line: LineName, message: Message): void
  /** A line is up or down. */
  connected(line: SendingLine): void
  disconnected(line: SendingLine): void
}

const everything = new Uint8Array(0)

/** The client's sockets. Each connects by itself, and again whenever it was cut. */
export class Lines {
  readonly #context: SocketContext
  readonly #session: Session
  readonly #info: ClientConnectionInfo
  readonly #address: string
  readonly #handlers: LineHandlers
  readonly #dealers = new Map<SendingLine, Dealer>()
  readonly #subs: Sub[] = []
  readonly #heard: Promise<void>[] = []
  readonly #generations = new Map<SendingLine, number>()
  readonly #refusals = new Set<string>()
  #routingId: string | undefined
  #failure: string | undefined
  #misunderstood = false
  #connections = 0
  #badSignatures = 0

  constructor(
    context: SocketContext,
    session: Session,
    info: ClientConnectionInfo,
    address: string,
    handlers: LineHandlers,
  ) {
    this.#context = context
    this.#session = session
    this.#info = info
    this.#address = address
    this.#handlers = handlers
  }

  /** The hub's endpoint, for messages to people. */
  get hubEndpoint(): string {
    return endpointOf(this.#address, this.#info.registration)
  }

  /** Why there is no connection yet, or that there is one; for messages to people. */
  get state(): string {
    if (this.#badSignatures > 0) return 'it answers, but signs with another key'
    if (this.#connections > 0) return 'connected, but no answer'
    return this.#failure ?? 'no connection could be made so far'
  }

  get wasConnected(): boolean {
    return this.#connections > 0
  }

  /** Somebody answers there, but the two sides do not come to terms. */
  get wasMisunderstood(): boolean {
    return this.#misunderstood
  }

  /** Starts with what is needed to find out who is there, and to hear what is said from now on. */
  openHub(): void {
    this.#subscribe('notification', this.#info.notification)
    this.#subscribe('iopub', this.#info.iopub)
    this.#dealer('registration')
  }

  /** Settles when both lines on which only the controller speaks stand: nothing is missed then. */
  async listening(): Promise<void> {
    await Promise.all(this.#heard)
  }

  /**
   * Starts the lines for work. With a `routingId` answers find this client also through a
   * connection made later, even by a controller that was started again; a controller which knows
   * a routing id only as long as its first connection lives must not be given one.
   */
  openWork(routingId: string | undefined): void {
    this.#routingId = routingId
    for (const line of ['mux', 'task', 'control'] as const) this.#dealer(line)
  }

  /** Counts how often the line's connection broke. */
  generation(line: SendingLine): number {
    return this.#generations.get(line) ?? 0
  }

  /** Hands the frames to the socket, which keeps them while there is no connection. */
  send(line: SendingLine, frames: readonly Uint8Array[]): void {
    this.#dealer(line).trySend(frames)
  }

  async close(lingerMs: number): Promise<void> {
    const sockets = [...this.#dealers.values(), ...this.#subs]
    this.#dealers.clear()
    this.#subs.length = 0
    await Promise.all(sockets.map((socket) => socket.close({ lingerMs })))
  }

  #dealer(line: SendingLine): Dealer {
    const known = this.#dealers.get(line)
    if (known !== undefined) return known
    const dealer = new Dealer(this.#context, {
      sendHighWaterMark: 0,
      receiveHighWaterMark: 0,
      ...(this.#routingId === undefined ? {} : { routingId: this.#routingId }),
    })
    dealer.onMessage = (frames) => this.#receive(line, frames)
    dealer.onEvent = (event) => this.#lineEvent(line, event)
    dealer.connect(endpointOf(this.#address, this.#info[line]))
    this.#dealers.set(line, dealer)
    return dealer
  }

  #subscribe(line: 'notification' | 'iopub', port: number): void {
    const sub = new Sub(this.#context, { receiveHighWaterMark: 0 })
    sub.onMessage = (frames) => {
      if (line === 'notification' || this.#isOurs(frames)) this.#receive(line, frames)
    }
    const heard = new Deferred<void>()
    this.#heard.push(heard.promise)
    sub.onEvent = ({ type }) => {
      if (type === 'connected') heard.resolve()
    }
    sub.subscribe(everything)
    sub.connect(endpointOf(this.#address, port))
    this.#subs.push(sub)
  }

  #lineEvent(line: SendingLine, event: SocketEvent): void {
    if (event.type === 'connected') {
      if (line === 'registration') this.#connections++
      this.#handlers.connected(line)
    } else if (event.type === 'disconnected') {
      this.#generations.set(line, this.generation(line) + 1)
      this.#handlers.disconnected(line)
    } else if (event.type === 'connect-failed' && line === 'registration') {
      this.#failure = messageOf(event.cause)
      this.#misunderstood = false
    } else if (event.type === 'handshake-failed' && line === 'registration') {
      this.#failure = event.reason
      this.#misunderstood = true
    }
  }

  /** Output goes to all clients: that of others is let go before it costs a signature's check. */
  #isOurs(frames: readonly Uint8Array[]): boolean {
    const parent = frames[4]
    return parent !== undefined && text(parent).includes(this.#session.id)
  }

  #receive(line: LineName, frames: readonly Uint8Array[]): void {
    let message: Message
    try {
      message = this.#session.unpack(frames)
    } catch (error) {
      if (error instanceof SignatureError && line === 'registration') this.#badSignatures++
      this.#refuse(line, messageOf(error))
      return
    }
    try {
      this.#handlers.message(line, message)
    } catch (error) {
      this.#refuse(line, `${message.header.msgType}: ${messageOf(error)}`)
    }
  }

  #refuse(line: LineName, reason: string): void {
    const { logger } = this.#context
    const said = `a message on the ${line} channel was refused: ${reason}`
    if (this.#refusals.has(said) || this.#refusals.size >= 100) {
      logger.debug(said)
    } else {
      this.#refusals.add(said)
      logger.warn(said)
    }
  }
}
