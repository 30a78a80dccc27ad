import { ClosedError, Deferred, IparallelError, limits, messageOf } from '../base/mod.ts'
import {
  codePointsOf,
  completeRequest,
  executeRequest,
  type Header,
  type IsCompleteReply,
  inputReply,
  inputRequest,
  inspectRequest,
  isCompleteReply,
  isCompleteRequest,
  type JsonObject,
  type KernelConnectionInfo,
  type KernelHistoryEntry,
  type KernelHistoryRequest,
  type KernelInfo,
  kernelHistoryReply,
  kernelHistoryRequest,
  kernelInfoReply,
  type Message,
  type MessageParts,
  type Session,
  shutdownRequest,
} from '../jupyter/mod.ts'
import type { SocketContext } from '../sockets/mod.ts'
import { KernelGoneError, KernelTimeoutError } from './errors.ts'
import { Execution, type ExecutionHandlers } from './execution.ts'
import { type KernelOutput, readOutput } from './kernel-output.ts'
import {
  type KernelClientPorts,
  KernelSockets,
  type ReceivingChannel,
  type RequestChannel,
} from './kernel-sockets.ts'
import {
  type Completions,
  type ExecuteOutcome,
  readCompletions,
  readInspection,
} from './replies.ts'

/** What happens without being asked for. Handlers must not throw. */
export interface KernelClientEvents {
  /** Output that belongs to no cell of this client which still runs. */
  onOutput?: (output: KernelOutput, source: OutputSource) => void
  /** `starting`, `busy`, `idle`, and whatever else a kernel says. */
  onState?: (state: string) => void
  /** By heartbeat: true at the first echo, false when echoes stop. */
  onLiveness?: (alive: boolean) => void
  /** `comm_open`, `comm_msg` and `comm_close`. */
  onComm?: (message: Message) => void
  /** Every message that was received and is signed well, before anything else happens with it. */
  onMessage?: (channel: ReceivingChannel, message: Message) => void
}

export interface OutputSource {
  /** Whether a cell of this client is the cause; otherwise another front end's. */
  readonly own: boolean
}

export interface ExecuteOptions extends ExecutionHandlers {
  /** Neither shown to other front ends, nor counted, nor kept in the history. Default false. */
  readonly silent?: boolean
  /** Default: the opposite of `silent`. */
  readonly storeHistory?: boolean
  /** Whether a failure aborts the cells that were sent after this one. Default true. */
  readonly stopOnError?: boolean
  readonly userExpressions?: Readonly<Record<string, string>>
}

/** What to wait for a reply. */
export interface RequestOptions {
  /** Milliseconds; default: for ever, as a kernel answers after the cell that it runs. */
  readonly timeoutMs?: number
}

/**
 * The front end's side of a Jupyter kernel: its five sockets, requests and their replies, and what
 * a kernel publishes. It knows nothing of processes: who starts a kernel tells it of its end.
 * Source: Jupyter messaging 5.3.
 */
export class KernelClient {
  events: KernelClientEvents
  readonly #context: SocketContext
  readonly #sockets: KernelSockets
  readonly #outstanding = new Map<string, Deferred<Message>>()
  readonly #executions = new Map<string, Execution>()
  /** Resolved when something has been published. */
  #published = new Deferred<void>()
  /** Rejected when nothing that was asked gets an answer any more. */
  #abandoned = quietly(new Deferred<never>())
  #state = 'starting'
  #closed = false

  /** Connects as soon as the kernel listens. Nothing of it is waited for: see {@link ready}. */
  constructor(
    connection: KernelConnectionInfo,
    ports: KernelClientPorts,
    events: KernelClientEvents = {},
  ) {
    this.events = events
    this.#context = ports.context
    this.#sockets = new KernelSockets(connection, ports, {
      onMessage: (channel, message) => this.#received(channel, message),
      onLiveness: (alive) => this.events.onLiveness?.(alive),
    })
  }

  /** Makes the headers of this client. */
  get session(): Session {
    return this.#sockets.session
  }

  /** What the kernel said last: `starting`, `busy`, `idle`. */
  get state(): string {
    return this.#state
  }

  /** By heartbeat; undefined before its first echo. */
  get alive(): boolean | undefined {
    return this.#sockets.alive
  }

  /**
   * Resolves when the kernel answers, and when what it publishes arrives here.
   * @throws {KernelTimeoutError} @throws {KernelGoneError} @throws {ClosedError}
   */
  async ready(options: RequestOptions = {}): Promise<KernelInfo> {
    const { clock } = this.#context
    const { timeoutMs = Number.POSITIVE_INFINITY } = options
    const endMs = clock.monotonicMs() + timeoutMs
    const left = (): RequestOptions =>
      options.timeoutMs === undefined ? {} : { timeoutMs: endMs - clock.monotonicMs() }
    // Before that, a request may go to a process that has just died, and a kernel drops what it
    // asks of somebody whose stdin has not come yet.
    const connected = Promise.race([this.#sockets.connected, this.#abandoned.promise])
    await this.#inTime(connected, left(), 'a connection to all of its sockets')
    for (;;) {
      const info = await this.kernelInfo(left())
      // A subscription travels for itself: the kernel may publish before it has come.
      if (await this.#within(limits.kernelSubscriptionMs, this.#published.promise)) return info
    }
  }

  /** Runs a cell. @throws {KernelGoneError} @throws {ClosedError} */
  async execute(code: string, options: ExecuteOptions = {}): Promise<ExecuteOutcome> {
    this.#checkOpen()
    const silent = options.silent ?? false
    const execution = new Execution(options, this.#context.clock)
    const header = this.session.newHeader('execute_request')
    this.#executions.set(header.msgId, execution)
    try {
      this.send('shell', header, {
        content: executeRequest.encode({
          code,
          silent,
          storeHistory: options.storeHistory ?? !silent,
          userExpressions: options.userExpressions ?? {},
          allowStdin: options.onInput !== undefined,
          stopOnError: options.stopOnError ?? true,
        }),
      })
      return await execution.ended
    } finally {
      this.#executions.delete(header.msgId)
    }
  }

  async kernelInfo(options: RequestOptions = {}): Promise<KernelInfo> {
    const reply = await this.request('shell', 'kernel_info_request', {}, options)
    return kernelInfoReply.decode(reply.content)
  }

  /** What could stand at `cursor`, an index of JavaScript's into `code`. */
  async complete(
    code: string,
    cursor: number = code.length,
    options: RequestOptions = {},
  ): Promise<Completions> {
    const content = completeRequest.encode({ code, cursorPos: codePointsOf(code, cursor) })
    const reply = await this.request('shell', 'complete_request', content, options)
    return readCompletions(reply.content, code)
  }

  /** What stands at `cursor`, by MIME type; undefined when the kernel knows nothing of it. */
  async inspect(
    code: string,
    cursor: number = code.length,
    options: RequestOptions & { readonly detail?: 0 | 1 } = {},
  ): Promise<JsonObject | undefined> {
    const content = inspectRequest.encode({
      code,
      cursorPos: codePointsOf(code, cursor),
      detailLevel: options.detail ?? 0,
    })
    return readInspection(
      (await this.request('shell', 'inspect_request', content, options)).content,
    )
  }

  /** Whether code is ready to run, or wants more lines. */
  async isComplete(code: string, options: RequestOptions = {}): Promise<IsCompleteReply> {
    const content = isCompleteRequest.encode({ code })
    const reply = await this.request('shell', 'is_complete_request', content, options)
    return isCompleteReply.decode(reply.content)
  }

  /** Cells of the past, the oldest first. */
  async history(
    query: KernelHistoryRequest,
    options: RequestOptions = {},
  ): Promise<readonly KernelHistoryEntry[]> {
    const content = kernelHistoryRequest.encode(query)
    const reply = await this.request('shell', 'history_request', content, options)
    return kernelHistoryReply.decode(reply.content).entries
  }

  /**
   * Asks the kernel to interrupt what it runs; kernels whose `interrupt_mode` is `signal` may not
   * know how. Resolves with its answer.
   */
  async interrupt(options: RequestOptions = {}): Promise<void> {
    await this.request('control', 'interrupt_request', {}, options)
  }

  /** Asks the kernel to end. Resolves with its answer: the process may need a moment more. */
  async shutdown(options: RequestOptions & { readonly restart?: boolean } = {}): Promise<void> {
    const content = shutdownRequest.encode({ restart: options.restart ?? false })
    await this.request('control', 'shutdown_request', content, options)
  }

  /** Sends `comm_open`, `comm_msg` or `comm_close`; what comes back is told to `onComm`. */
  sendComm(
    msgType: 'comm_open' | 'comm_msg' | 'comm_close',
    content: JsonObject,
    parts: Omit<MessageParts, 'content'> = {},
  ): void {
    this.send('shell', msgType, { ...parts, content })
  }

  /**
   * Sends a message and resolves with its reply.
   * @throws {KernelTimeoutError} @throws {KernelGoneError} @throws {ClosedError}
   */
  async request(
    channel: RequestChannel,
    msgType: string,
    content: JsonObject,
    options: RequestOptions = {},
  ): Promise<Message> {
    this.#checkOpen()
    const header = this.session.newHeader(msgType)
    const reply = new Deferred<Message>()
    this.#outstanding.set(header.msgId, reply)
    try {
      this.send(channel, header, { content })
      return await this.#inTime(reply.promise, options, msgType)
    } finally {
      this.#outstanding.delete(header.msgId)
    }
  }

  /** Sends any message, also one whose header another front end made. */
  send(channel: RequestChannel, header: Header | string, parts: MessageParts = {}): void {
    this.#checkOpen()
    this.#sockets.send(channel, header, parts)
  }

  /** The process is gone, or another one takes its place: nothing that was asked gets an answer. */
  kernelGone(reason: string): void {
    this.#abandon(new KernelGoneError(reason))
    this.#sockets.reset()
    this.#published = new Deferred()
    this.#setState('starting')
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#abandon(new ClosedError('the connection to the kernel was closed'))
    await this.#sockets.close()
  }

  #checkOpen(): void {
    if (this.#closed) throw new ClosedError('the connection to the kernel was closed')
  }

  #abandon(error: Error): void {
    for (const reply of this.#outstanding.values()) reply.reject(error)
    for (const execution of this.#executions.values()) execution.fail(error)
    this.#outstanding.clear()
    this.#executions.clear()
    this.#abandoned.reject(error)
    this.#abandoned = quietly(new Deferred<never>())
  }

  /** Whether a promise settles in time. */
  async #within(ms: number, promise: Promise<unknown>): Promise<boolean> {
    const late = new Deferred<false>()
    const timer = this.#context.clock.setTimer(Math.max(0, ms), () => late.resolve(false))
    try {
      return await Promise.race([promise.then(() => true), late.promise])
    } finally {
      timer.cancel()
    }
  }

  /** @throws {KernelTimeoutError} when the time is over first. */
  async #inTime<T>(promise: Promise<T>, { timeoutMs }: RequestOptions, what: string): Promise<T> {
    if (timeoutMs === undefined || (await this.#within(timeoutMs, promise))) return await promise
    throw new KernelTimeoutError(
      `the kernel has not answered ${what} within ${Math.round(timeoutMs)} ms`,
    )
  }

  #received(channel: ReceivingChannel, message: Message): void {
    this.events.onMessage?.(channel, message)
    try {
      if (channel === 'iopub') this.#publishedOne(message)
      else if (channel === 'stdin') void this.#asked(message)
      else this.#replied(message)
    } catch (error) {
      if (!IparallelError.is(error)) throw error
      const { msgType } = message.header
      this.#context.logger.warn(`${msgType} of the kernel is not understood: ${messageOf(error)}`)
    }
  }

  #replied(message: Message): void {
    const msgId = message.parent?.msgId
    if (msgId === undefined) return
    const execution = this.#executions.get(msgId)
    if (execution !== undefined) execution.reply(message)
    else this.#outstanding.get(msgId)?.resolve(message)
  }

  #publishedOne(message: Message): void {
    this.#published.resolve()
    const { msgType } = message.header
    const { parent } = message
    if (msgType === 'status') this.#setState(String(message.content['execution_state']))
    if (msgType.startsWith('comm_')) this.events.onComm?.(message)
    const execution = parent === undefined ? undefined : this.#executions.get(parent.msgId)
    if (execution !== undefined) {
      execution.published(message)
      return
    }
    const output = this.events.onOutput === undefined ? undefined : readOutput(message)
    if (output === undefined) return
    this.events.onOutput?.(output, { own: parent?.session === this.session.id })
  }

  #setState(state: string): void {
    if (state === this.#state) return
    this.#state = state
    this.events.onState?.(state)
  }

  async #asked(message: Message): Promise<void> {
    if (message.header.msgType !== 'input_request') return
    const execution = this.#executions.get(message.parent?.msgId ?? '')
    const line = await execution?.handlers.onInput?.(inputRequest.decode(message.content))
    if (line === undefined || this.#closed) return
    this.send('stdin', 'input_reply', {
      content: inputReply.encode({ value: line }),
      parent: message,
    })
  }
}

/** That nobody waits for it is no reason to end the program. */
function quietly<T>(deferred: Deferred<T>): Deferred<T> {
  deferred.promise.catch(() => {})
  return deferred
}
