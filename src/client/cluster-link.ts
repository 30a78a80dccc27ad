import { type Clock, Deferred, limits, messageOf, type Timer, utf8 } from '../base/mod.ts'
import {
  type ClientConnectionInfo,
  type ConnectionReply,
  connectionReply,
  connectionRequest,
  decodeFailure,
  type FailureContent,
  type JsonObject,
  type Message,
  type MessageSpec,
  newId,
  reachableInterface,
  Session,
  shutdownNotification,
} from '../jupyter/mod.ts'
import type { Codec } from '../serialize/mod.ts'
import { encryptedFor } from '../sockets/mod.ts'
import { ClientEmitter } from './client-events.ts'
import { type ClientOptions, type ClientSettings, settingsOf } from './client-options.ts'
import { connectionTimeout } from './connection-advice.ts'
import { Courier } from './courier.ts'
import { Dialects } from './dialect.ts'
import { type EngineDescription, EngineDirectory, type Targets } from './engine-directory.ts'
import { EngineWatch } from './engine-watch.ts'
import { ClientClosedError, ConnectionLostError, HubError, TimeoutError } from './errors.ts'
import { type LineName, Lines, type SendingLine } from './lines.ts'
import { LiveOutput } from './live-output.ts'
import type { ClientPorts } from './ports.ts'
import { Recovery } from './recovery.ts'
import { Requests } from './requests.ts'
import type { Task, TaskRequest } from './task.ts'
import { TaskDesk } from './task-desk.ts'

/** `closed`: nothing can be sent any more. */
export type LinkStatus = 'connected' | 'disconnected' | 'closed'

/** Milliseconds after which the first question is asked again: the connection may have broken. */
const askAgainMs = 2_500

/** Milliseconds that requests still to be sent get at the end. */
const closeLingerMs = 500

/**
 * One client's connection to its cluster: the sockets, who is there, and what is waited for.
 * Views and results work through it.
 */
export class ClusterLink {
  readonly codec: Codec
  readonly dialects: Dialects
  readonly clock: Clock
  readonly engines: EngineDirectory = new EngineDirectory()
  readonly events: ClientEmitter
  readonly ports: ClientPorts
  readonly settings: ClientSettings
  readonly #courier: Courier
  readonly #desk: TaskDesk
  readonly #lines: Lines
  readonly #recovery: Recovery
  readonly #requests: Requests
  readonly #session: Session
  readonly #watch: EngineWatch
  #status: LinkStatus = 'disconnected'
  #opened = false
  #isControllerOurs = false
  #lostTimer: Timer | undefined
  #closeError: Error | undefined
  #closing: Promise<void> | undefined

  /**
   * Connects, and learns which engines are there.
   * @throws {ConnectionTimeoutError} when the controller does not answer.
   * @throws {ArgumentError} for a connection file with a key that is none.
   */
  static async open(
    info: ClientConnectionInfo,
    ports: ClientPorts,
    options: ClientOptions = {},
  ): Promise<ClusterLink> {
    const address = await reachableInterface(info, ports.host)
    const link = new ClusterLink(info, address, ports, options)
    try {
      await link.#open(info)
    } catch (error) {
      await link.close(new ClientClosedError(messageOf(error)))
      throw error
    }
    return link
  }

  private constructor(
    info: ClientConnectionInfo,
    address: string,
    ports: ClientPorts,
    options: ClientOptions,
  ) {
    const { context } = ports
    this.ports = ports
    this.codec = ports.codec
    this.dialects = new Dialects(ports.codec)
    this.clock = context.clock
    this.settings = settingsOf(options)
    this.events = new ClientEmitter((error) =>
      context.logger.error(`a listener of the client threw: ${messageOf(error)}`),
    )
    this.#session = new Session({
      key: info.key,
      signatureScheme: info.signature_scheme,
      makeSigner: ports.makeSigner,
      clock: context.clock,
      random: context.random,
      ...(options.username === undefined ? {} : { username: options.username }),
    })
    const encrypted = encryptedFor(context, info.curve_serverkey, options.curve)
    this.#lines = new Lines(encrypted, this.#session, info, address, {
      message: (line, message) => this.#receive(line, message),
      connected: (line) => this.#connected(line),
      disconnected: (line) => {
        if (line === 'registration') this.#disconnected()
      },
    })
    this.#requests = new Requests(this.clock, () => this.#lines.state)
    const shows = ports.output !== undefined && options.showOutput !== false
    this.#desk = new TaskDesk(
      this.clock,
      this.codec,
      this.engines,
      shows ? new LiveOutput(ports.output!) : undefined,
    )
    this.#courier = new Courier(this.#session, this.#lines, this.#desk)
    this.#watch = new EngineWatch({
      engines: this.engines,
      events: this.events,
      session: this.#session,
      lines: this.#lines,
      courier: this.#courier,
      desk: this.#desk,
      requests: this.#requests,
      refusesUnknown: () => this.#isControllerOurs && this.#status === 'connected',
    })
    this.#recovery = new Recovery(this, this.#desk, this.#courier, this.#watch)
  }

  get status(): LinkStatus {
    return this.#status
  }

  /** The hub's endpoint, for messages to people. */
  get address(): string {
    return this.#lines.hubEndpoint
  }

  /** Whether the controller is iparallel's, not Python's. */
  get isControllerOurs(): boolean {
    return this.#isControllerOurs
  }

  /** Tasks that are not settled yet. */
  get outstandingCount(): number {
    return this.#desk.size
  }

  /**
   * Sends one task. Its owner hears when it is settled.
   * @throws {ClientClosedError}
   */
  send(
    request: TaskRequest,
    metadata: JsonObject,
    content: JsonObject,
    buffers: readonly Uint8Array[],
  ): Task {
    this.assertOpen()
    const header = this.#session.newHeader(`${request.kind}_request`)
    const frames = this.#session.pack(header, {
      metadata,
      content,
      buffers,
      idents: request.target === undefined ? [] : [utf8(request.target.uuid)],
    })
    const task = this.#desk.open(header.msgId, request, frames)
    this.#courier.send(task)
    return task
  }

  /**
   * Sends one message that reaches the engines of all these requests; the scheduler gives each of
   * them an id made of the message's and the engine's. Source: protocol reference §12.
   */
  broadcast(
    requests: readonly TaskRequest[],
    metadata: JsonObject,
    content: JsonObject,
    buffers: readonly Uint8Array[],
  ): Task[] {
    this.assertOpen()
    const header = this.#session.newHeader(`${requests[0]!.kind}_request`)
    const targets = requests.map(({ target }) => [target!.uuid, target!.id])
    const frames = this.#session.pack(header, {
      metadata: { ...metadata, targets, is_broadcast: true, is_coalescing: false },
      content,
      buffers,
    })
    const tasks = requests.map((request) =>
      this.#desk.open(`${header.msgId}_${request.target!.uuid}`, request, undefined),
    )
    this.#lines.send('broadcast', frames)
    return tasks
  }

  /**
   * The engines that are meant now.
   * @throws {ClientClosedError | NoEnginesRegisteredError | NoSuchEngineError}
   */
  resolve(targets: Targets): readonly EngineDescription[] {
    this.assertOpen()
    return this.engines.resolve(targets)
  }

  /**
   * Asks the hub.
   * @throws {HubError} when it refuses.
   * @throws {TimeoutError} when it does not answer.
   */
  async ask<Q, A extends { readonly status: 'ok' } | FailureContent>(
    question: MessageSpec<Q>,
    value: Q,
    answer: MessageSpec<A>,
    timeoutMs: number = this.settings.requestTimeoutMs,
  ): Promise<{ reply: Extract<A, { readonly status: 'ok' }>; message: Message }> {
    this.assertOpen()
    const header = this.#session.newHeader(question.msgType)
    const frames = this.#session.pack(header, { content: question.encode(value) })
    const waiting = this.#requests.wait(header.msgId, question.msgType, timeoutMs)
    this.#lines.send('registration', frames)
    const message = await waiting
    const reply =
      message.header.msgType === answer.msgType
        ? answer.decode(message.content)
        : decodeFailure(message.content)
    if (reply.status === 'error') throw new HubError(question.msgType, reply.ename, reply.evalue)
    return { reply: reply as Extract<A, { readonly status: 'ok' }>, message }
  }

  /** Sends to one engine's control channel; resolves with the reply's content. */
  control<Q>(
    engine: EngineDescription,
    question: MessageSpec<Q>,
    value: Q,
    timeoutMs?: number,
  ): Promise<JsonObject> {
    return this.inquire(engine, 'control', question, value, timeoutMs)
  }

  /**
   * Asks one engine something that is no task, on a channel of its own choice; resolves with the
   * reply's content.
   * @throws {TimeoutError} when it does not answer.
   */
  async inquire<Q>(
    engine: EngineDescription,
    line: 'control' | 'mux',
    question: MessageSpec<Q>,
    value: Q,
    timeoutMs: number = this.settings.requestTimeoutMs,
  ): Promise<JsonObject> {
    this.assertOpen()
    const header = this.#session.newHeader(question.msgType)
    const content = question.encode(value)
    const frames = this.#session.pack(header, { content, idents: [utf8(engine.uuid)] })
    const what = `${question.msgType} by engine ${engine.id}`
    const waiting = this.#requests.wait(header.msgId, what, timeoutMs, engine.uuid)
    this.#lines.send(line, frames)
    return (await waiting).content
  }

  /** Asks the hub who is there, and takes in who is new. */
  async refreshEngines(): Promise<void> {
    const { reply } = await this.ask(connectionRequest, {}, connectionReply)
    for (const { id, uuid, facts } of reply.engines) this.#watch.came(id, uuid, facts)
  }

  /** @throws {ClientClosedError} or what closed the link. */
  assertOpen(): void {
    if (this.#closeError !== undefined) throw this.#closeError
  }

  /** Rejects whatever is waited for with `error`, and closes the sockets. Idempotent. */
  close(error: Error = new ClientClosedError()): Promise<void> {
    this.#closing ??= this.#close(error)
    return this.#closing
  }

  async #close(error: Error): Promise<void> {
    this.#closeError = error
    this.#status = 'closed'
    this.#lostTimer?.cancel()
    this.#recovery.stop()
    this.#requests.failAll(error)
    this.#desk.close(error)
    this.events.emit('closed', { error })
    await this.#lines.close(closeLingerMs)
  }

  async #open(info: ClientConnectionInfo): Promise<void> {
    this.#lines.openHub()
    const { timeoutMs } = this.settings
    const late = new Deferred<never>()
    const timer = this.clock.setTimer(timeoutMs, () => {
      const { address } = this
      const { state, wasConnected, wasMisunderstood } = this.#lines
      late.reject(
        connectionTimeout({ address, timeoutMs, state, wasConnected, wasMisunderstood, info }),
      )
    })
    try {
      await Promise.race([this.#listen(), late.promise])
      const { reply, message } = await Promise.race([this.#askWhoIsThere(), late.promise])
      for (const { id, uuid, facts } of reply.engines) this.#watch.came(id, uuid, facts)
      // Only our own controller sends facts, and hands a routing id over to its latest connection.
      // The id is a secret between the two: the session's own is known to all who see its output.
      this.#isControllerOurs = message.content['engine_facts'] !== undefined
      this.#lines.openWork(this.#isControllerOurs ? newId(this.ports.context.random) : undefined)
    } finally {
      timer.cancel()
    }
    this.#opened = true
    this.#status = 'connected'
  }

  /** An engine that comes between the answer and the first news, or output, would be missed. */
  async #listen(): Promise<void> {
    const late = new Deferred<'late'>()
    const timer = this.clock.setTimer(limits.listenMs, () => late.resolve('late'))
    const outcome = await Promise.race([this.#lines.listening(), late.promise])
    timer.cancel()
    if (outcome !== 'late' || !this.#lines.wasConnected) return
    this.ports.context.logger.warn(
      `the controller at ${this.address} answers, but not on all ports: output of engines and news ` +
        'of them may be missing. Does a firewall let only some of the ports through?',
    )
  }

  async #askWhoIsThere(): Promise<{
    reply: Extract<ConnectionReply, { readonly status: 'ok' }>
    message: Message
  }> {
    for (;;) {
      try {
        return await this.ask(connectionRequest, {}, connectionReply, askAgainMs)
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error
      }
    }
  }

  #receive(line: LineName, message: Message): void {
    switch (line) {
      case 'mux':
      case 'task':
      case 'broadcast':
        if (!this.#desk.replied(message)) this.#requests.answer(message)
        break
      case 'iopub':
        this.#desk.shown(message)
        break
      case 'notification':
        if (message.header.msgType !== shutdownNotification.msgType) this.#watch.notified(message)
        else void this.close(new ClientClosedError('the controller was shut down'))
        break
      default:
        this.#requests.answer(message)
    }
  }

  #connected(line: SendingLine): void {
    if (line === 'mux' || line === 'task') this.#courier.resend(line)
    if (line !== 'registration' || !this.#opened || this.#status !== 'disconnected') return
    this.#status = 'connected'
    this.#lostTimer?.cancel()
    this.ports.context.logger.info(`the connection to ${this.address} is back`)
    void this.#recovery.run().then(() => {
      if (this.#status === 'connected') this.events.emit('reconnected', { address: this.address })
    })
  }

  #disconnected(): void {
    if (this.#status !== 'connected') return
    this.#status = 'disconnected'
    this.#courier.forgetAll()
    this.#recovery.stop()
    const { reconnectTimeoutMs } = this.settings
    this.#lostTimer = this.clock.setTimer(reconnectTimeoutMs, () => {
      void this.close(new ConnectionLostError(this.address, reconnectTimeoutMs))
    })
    this.ports.context.logger.warn(`the connection to ${this.address} broke; trying again`)
    this.events.emit('disconnected', { address: this.address })
  }
}
