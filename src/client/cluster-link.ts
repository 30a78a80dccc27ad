import { type Clock, Deferred, messageOf, type Timer, utf8 } from '../base/mod.ts'
import {
  type ClientConnectionInfo,
  connectionReply,
  connectionRequest,
  type DeathCause,
  decodeFailure,
  describeCause,
  type FailureContent,
  type JsonObject,
  type Message,
  type MessageSpec,
  newId,
  reachableInterface,
  registrationNotification,
  Session,
  shutdownNotification,
  unregistrationNotification,
} from '../jupyter/mod.ts'
import { type Codec, packFunction } from '../serialize/mod.ts'
import { ClientEmitter } from './client-events.ts'
import { type ClientOptions, type ClientSettings, settingsOf } from './client-options.ts'
import { connectionTimeout } from './connection-advice.ts'
import { Courier } from './courier.ts'
import { startTimer } from './deadline.ts'
import { type EngineDescription, EngineDirectory, type Targets } from './engine-directory.ts'
import {
  ClientClosedError,
  ConnectionLostError,
  EngineError,
  HubError,
  sentFrom,
} from './errors.ts'
import { type LineName, Lines, type SendingLine } from './lines.ts'
import { LiveOutput } from './live-output.ts'
import type { ClientPorts } from './ports.ts'
import { Recovery } from './recovery.ts'
import { Requests } from './requests.ts'
import type { Task, TaskRequest } from './task.ts'
import { TaskDesk } from './task-desk.ts'

/** `closed`: nothing can be sent any more. */
export type LinkStatus = 'connected' | 'disconnected' | 'closed'

/** Milliseconds that results sent before an engine's death get to arrive after the news of it. */
const fenceMs = 1_000

/** Milliseconds that requests still to be sent get at the end. */
const closeLingerMs = 500

/**
 * One client's connection to its cluster: the sockets, who is there, and what is waited for.
 * Views and results work through it.
 */
export class ClusterLink {
  readonly codec: Codec
  readonly clock: Clock
  readonly engines: EngineDirectory = new EngineDirectory()
  readonly events: ClientEmitter
  readonly ports: ClientPorts
  readonly session: Session
  readonly settings: ClientSettings
  readonly #builtins = new Map<string, readonly Uint8Array[]>()
  readonly #courier: Courier
  readonly #desk: TaskDesk
  readonly #lines: Lines
  readonly #recovery: Recovery
  readonly #requests: Requests
  #status: LinkStatus = 'disconnected'
  #opened = false
  #isControllerOurs = false
  #lostTimer: Timer | undefined
  #closeError: Error | undefined
  #closing: Promise<void> | undefined

  /**
   * Connects, and learns which engines are there.
   * @throws {ConnectionTimeoutError} when the controller does not answer.
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
    this.clock = context.clock
    this.settings = settingsOf(options)
    this.events = new ClientEmitter((error) =>
      context.logger.error(`a listener of the client threw: ${messageOf(error)}`),
    )
    this.session = new Session({
      key: info.key,
      signatureScheme: info.signature_scheme,
      makeSigner: ports.makeSigner,
      clock: context.clock,
      random: context.random,
      ...(options.username === undefined ? {} : { username: options.username }),
    })
    this.#lines = new Lines(context, this.session, info, address, {
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
    this.#courier = new Courier(this.session, this.#lines, this.#desk)
    this.#recovery = new Recovery(this, this.#desk, this.#courier)
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
    const header = this.session.newHeader(`${request.kind}_request`)
    const frames = this.session.pack(header, {
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
    const header = this.session.newHeader(`${requests[0]!.kind}_request`)
    const targets = requests.map(({ target }) => [target!.uuid, target!.id])
    const frames = this.session.pack(header, {
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

  /** The encoded form of a function that every engine has. */
  builtin(name: 'push' | 'pull'): readonly Uint8Array[] {
    const known = this.#builtins.get(name)
    if (known !== undefined) return known
    const frames = packFunction(this.codec, name)
    this.#builtins.set(name, frames)
    return frames
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
    const header = this.session.newHeader(question.msgType)
    const waiting = this.#requests.wait(header.msgId, question.msgType, timeoutMs)
    this.#lines.send('registration', this.session.pack(header, { content: question.encode(value) }))
    const message = await waiting
    const reply =
      message.header.msgType === answer.msgType
        ? answer.decode(message.content)
        : decodeFailure(message.content)
    if (reply.status === 'error') throw new HubError(question.msgType, reply.ename, reply.evalue)
    return { reply: reply as Extract<A, { readonly status: 'ok' }>, message }
  }

  /** Sends to one engine's control channel; resolves with the reply's content. */
  async control<Q>(
    engine: EngineDescription,
    question: MessageSpec<Q>,
    value: Q,
    timeoutMs: number = this.settings.requestTimeoutMs,
  ): Promise<JsonObject> {
    this.assertOpen()
    const header = this.session.newHeader(question.msgType)
    const what = `${question.msgType} by engine ${engine.id}`
    const waiting = this.#requests.wait(header.msgId, what, timeoutMs, engine.uuid)
    const content = question.encode(value)
    const idents = [utf8(engine.uuid)]
    this.#lines.send('control', this.session.pack(header, { content, idents }))
    return (await waiting).content
  }

  /** Asks the hub who is there, and takes in who is new. */
  async refreshEngines(): Promise<void> {
    const { reply } = await this.ask(connectionRequest, {}, connectionReply)
    for (const { id, uuid, facts } of reply.engines) this.#engineCame(id, uuid, facts)
  }

  /** Engines that the controller has not named since it was last connected have left. */
  dropUnconfirmedEngines(): void {
    for (const { uuid } of this.engines.all) {
      if (!this.#courier.isConfirmed(uuid)) this.#engineLeft(uuid, undefined)
    }
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
    const timer = startTimer(this.clock, timeoutMs, () => {
      const { address } = this
      const { state, wasConnected } = this.#lines
      late.reject(connectionTimeout({ address, timeoutMs, state, wasConnected, info }))
    })
    try {
      const asked = this.ask(connectionRequest, {}, connectionReply, timeoutMs * 2)
      const { reply, message } = await Promise.race([asked, late.promise])
      for (const { id, uuid, facts } of reply.engines) this.#engineCame(id, uuid, facts)
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
        this.#notified(message)
        break
      default:
        this.#requests.answer(message)
    }
  }

  #notified(message: Message): void {
    switch (message.header.msgType) {
      case registrationNotification.msgType: {
        const { id, uuid, facts } = registrationNotification.decode(message.content)
        this.#engineCame(id, uuid, facts)
        break
      }
      case unregistrationNotification.msgType: {
        const { uuid, cause } = unregistrationNotification.decode(message.content)
        this.#engineLeft(uuid, cause)
        break
      }
      case shutdownNotification.msgType:
        void this.close(new ClientClosedError('the controller was shut down'))
        break
    }
  }

  #engineCame(id: number, uuid: string, facts: object): void {
    const known = this.engines.byUuid(uuid)
    if (known !== undefined && known.id !== id) this.engines.remove(uuid)
    const isNew = this.engines.add(id, uuid, facts)
    this.#courier.confirm(uuid)
    if (isNew) this.events.emit('engineRegistered', this.engines.byUuid(uuid)!)
  }

  #engineLeft(uuid: string, cause: DeathCause | undefined): void {
    const engine = this.engines.remove(uuid)
    this.#courier.forget(uuid)
    if (engine !== undefined) this.events.emit('engineUnregistered', { engine, cause })
    const text = `engine ${engine?.id ?? uuid} left before it answered: ${describeCause(cause)}`
    const facts = { engineId: engine?.id, engineUuid: uuid, death: cause, text }
    this.#requests.failEngine(uuid, new EngineError({ taskId: '', ...facts }))
    if (this.#desk.ofEngine(uuid).length === 0) return
    void this.#fence(uuid).then(() => this.#failTasksOf(uuid, cause))
  }

  /**
   * The news of a death comes on a line of its own and may overtake the engine's last results.
   * Our controller refuses requests to an engine that is gone, and that refusal comes after them.
   */
  async #fence(uuid: string): Promise<void> {
    if (!this.#isControllerOurs || this.#status !== 'connected') return
    const header = this.session.newHeader('apply_request')
    const refusal = this.#requests.wait(header.msgId, 'a fence', fenceMs)
    this.#lines.send('mux', this.session.pack(header, { idents: [utf8(uuid)] }))
    await refusal.catch(() => {})
  }

  #failTasksOf(uuid: string, death: DeathCause | undefined): void {
    for (const task of this.#desk.ofEngine(uuid)) {
      const { msgId: taskId, engineId, engineUuid } = task
      const error = new EngineError({ taskId, engineId, engineUuid, death })
      this.#desk.fail(task, sentFrom(error, task.request.origin))
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
    this.#lostTimer = startTimer(this.clock, reconnectTimeoutMs, () => {
      void this.close(new ConnectionLostError(this.address, reconnectTimeoutMs))
    })
    this.ports.context.logger.warn(`the connection to ${this.address} broke; trying again`)
    this.events.emit('disconnected', { address: this.address })
  }
}
