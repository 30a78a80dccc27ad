import { delay, limits, messageOf } from '../base/mod.ts'
import {
  type AbortContent,
  type ApplyReply,
  applyReply,
  ContentError,
  type ExecuteReply,
  executeReply,
  executeRequest,
  type JsonObject,
  type Message,
  type Session,
  SignatureError,
  shutdownRequest,
} from '../jupyter/mod.ts'
import type { Router, SocketContext } from '../sockets/mod.ts'
import { AnsweredRequests } from './answered-requests.ts'
import { ApplyQueue } from './apply-queue.ts'
import { CallPace, type Moment } from './call-pace.ts'
import { isCommMessage, receiveComm } from './comm-messages.ts'
import type { Desk } from './desk.ts'
import type { ApplyRequest, Evaluator, Failure } from './evaluator.ts'
import { type IoPub, RequestOutput } from './iopub.ts'
import { answerReflection } from './reflection.ts'
import { Refusals } from './refusals.ts'
import type { Stdin } from './stdin.ts'

export interface ShellOptions {
  readonly context: SocketContext
  readonly session: Session
  readonly socket: Router
  readonly iopub: IoPub
  /** -1 in a kernel that is no engine. */
  readonly engineId: number
  readonly evaluator: Evaluator
  readonly desk: Desk
  /** Where to ask for input; default: nowhere. */
  readonly stdin?: Stdin
  /**
   * A cell that fails drops those that wait behind it, unless its request says otherwise, as front
   * ends expect; default false: an engine's requests come from anybody.
   */
  readonly stopsOnError?: boolean
  /** Called after the answer to a shutdown request, which old front ends send here. */
  readonly onShutdown?: (restart: boolean) => void
}

/** Empty where they cannot be read: the request is answered all the same, and those behind it. */
function metadataOf(request: Message): JsonObject {
  try {
    return request.metadata
  } catch (error) {
    if (error instanceof ContentError) return {}
    throw error
  }
}

/** What the sender of a request may ask for in its metadata; see `output_count` in the reply. */
function countsOutput(request: Message): boolean {
  return metadataOf(request)['output_count'] === true
}

type Outcome =
  | {
      readonly content: JsonObject
      readonly status: 'ok' | 'aborted'
      readonly buffers: readonly Uint8Array[]
    }
  | {
      readonly content: JsonObject
      readonly status: 'error'
      readonly buffers: readonly Uint8Array[]
      readonly failure: Failure
      /** Cells that wait behind this one shall not run. */
      readonly stops: boolean
    }

/**
 * The engine's execution channel: takes requests in order, has them evaluated, and answers on the
 * route on which each came.
 */
export class Shell {
  readonly #options: ShellOptions
  readonly #queue: ApplyQueue
  readonly #calls = new Map<Message, { readonly call: ApplyRequest; isRecalled: boolean }>()
  readonly #pace: CallPace
  readonly #answered = new AnsweredRequests()
  readonly #refusals: Refusals
  #running: { readonly request: Message; readonly output: RequestOutput } | undefined

  constructor(options: ShellOptions) {
    this.#options = options
    this.#refusals = new Refusals(options.context.logger)
    this.#pace = new CallPace(options.evaluator.callsMax)
    this.#queue = new ApplyQueue({
      run: (request) => this.#perform(request),
      abort: (request, isRecalled) => this.#answerAborted(request, isRecalled),
      // Others are announced when they begin, which is known only if they are given one at a time.
      togetherMax: (request) =>
        isCall(request) && countsOutput(request) ? this.#pace.togetherMax : 1,
      withdraw: (request, isRecalled) => this.#withdraw(request, isRecalled),
      proceed: (resume, isBusy) => this.#proceed(resume, isBusy),
    })
    options.socket.onMessage = (frames) => this.#receive(frames)
  }

  abort({ msgIds, recall }: AbortContent): void {
    if (recall) this.#queue.giveBack(msgIds)
    else if (msgIds.length === 0) this.#queue.abortAll()
    else this.#queue.abort(msgIds)
  }

  /**
   * Answers for a cell that ends the process: it did as it should, and the front end is asked to
   * end, too, as after IPython's `exit()`, and told the code. Only for a kernel: an engine's end
   * has a cause to tell.
   * @returns whether a cell was running.
   */
  answerExit(exitCode: number): boolean {
    const running = this.#running
    if (running === undefined || !isExecute(running.request)) return false
    const { request, output } = running
    const payload = [{ source: 'ask_exit', keepkernel: false, exit_code: exitCode }]
    const { executionCount } = output
    const reply = { status: 'ok', executionCount, userExpressions: {}, payload } as const
    this.#answer(request, { status: 'ok', content: executeReply.encode(reply), buffers: [] }, {})
    output.state('idle')
    return true
  }

  #receive(frames: readonly Uint8Array[]): void {
    try {
      const request = this.#options.session.unpack(frames)
      // A task that was given back comes again, and what was said of it then is no answer now.
      this.#answered.forget(request.header.msgId)
      this.#queue.push(request)
    } catch (error) {
      const again = error instanceof SignatureError ? error.replayed : undefined
      if (again !== undefined && this.#answerAgain(again)) return
      this.#refusals.report('a request', error)
    }
  }

  /** True for a request of which the controller does not know what became of it. */
  #answerAgain(request: Message): boolean {
    const { socket } = this.#options
    if (isCommMessage(request)) return false
    const { msgId } = request.header
    if (this.#queue.has(msgId)) return false
    const answer = this.#answered.get(msgId)
    if (answer !== undefined) return socket.trySend(answer)
    const evalue = 'the result was lost with a connection that broke, and is not kept any more'
    const failure = { status: 'error', ename: 'EngineError', evalue, traceback: [] } as const
    this.#answer(request, this.#failed(request, failure), {})
    return true
  }

  /** `facts`: what the metadata say of how it went, besides what the outcome does. */
  #answer(request: Message, outcome: Outcome, facts: JsonObject): void {
    const { session, socket } = this.#options
    const frames = session.pack(replyType(request), {
      idents: request.idents,
      parent: request,
      content: outcome.content,
      metadata: { started: session.date(), ...facts, ...this.#metadata(request, outcome) },
      buffers: outcome.buffers,
    })
    this.#answered.remember(request.header.msgId, frames)
    socket.trySend(frames)
  }

  #withdraw(request: Message, isRecalled: boolean): boolean {
    const given = this.#calls.get(request)
    if (given === undefined || this.#options.evaluator.withdraw?.(given.call) !== true) return false
    given.isRecalled = isRecalled
    return true
  }

  /**
   * The next request may end this process: what there is of the last one is out by then. While
   * others are with the thread that runs them, all that end in one turn are written together.
   */
  #proceed(resume: () => void, isBusy: boolean): void {
    const { iopub, socket, context } = this.#options
    const flushAndResume = () => {
      iopub.flush()
      socket.flush()
      resume()
    }
    if (isBusy) context.clock.afterTurn(flushAndResume)
    else flushAndResume()
  }

  async #perform(request: Message): Promise<void> {
    const { iopub, stdin, onShutdown } = this.#options
    const given = this.#now()
    const output = new RequestOutput(iopub, request, stdin?.ask)
    this.#running = { request, output }
    let announce = true
    let outcome: Outcome | undefined
    try {
      announce = !countsOutput(request)
      if (announce) output.state('busy')
      outcome = await this.#evaluate(request, output)
    } catch (error) {
      outcome = this.#refused(request, error)
    }
    this.#running = undefined
    stdin?.release()
    if (outcome !== undefined) {
      const others = this.#calls.size
      await this.#finish(request, outcome, output, {
        ...(outcome.status === 'aborted' ? {} : this.#pace.ended(given, this.#now(), others)),
        ...(announce ? {} : { output_count: output.count }),
      })
    }
    if (announce) output.state('idle')
    if (request.header.msgType === shutdownRequest.msgType && outcome?.status === 'ok') {
      onShutdown?.(outcome.content['restart'] === true)
    }
  }

  async #finish(
    request: Message,
    outcome: Outcome,
    output: RequestOutput,
    facts: JsonObject,
  ): Promise<void> {
    if (outcome.status === 'error') output.error(outcome.failure)
    const stops = outcome.status === 'error' && outcome.stops
    // Cells that were sent in one go with this one may still be on their way.
    if (stops) await delay(this.#options.context.clock, limits.stopOnErrorMs)
    this.#answer(request, outcome, facts)
    if (stops) this.#queue.abortAll(isExecute)
  }

  /** A request that could not even be begun; a comm message has no reply to say so. */
  #refused(request: Message, error: unknown): Outcome | undefined {
    const evalue = messageOf(error)
    if (isCommMessage(request)) {
      this.#options.context.logger.warn(`a comm message was refused: ${evalue}`)
      return undefined
    }
    const ename = error instanceof Error ? error.name : 'Error'
    return this.#failed(request, { status: 'error', ename, evalue, traceback: [] })
  }

  /** Undefined when the request is one without a reply. */
  async #evaluate(request: Message, output: RequestOutput): Promise<Outcome | undefined> {
    const { evaluator } = this.#options
    if (isCommMessage(request)) {
      await receiveComm(evaluator.comms, request, output)
      return undefined
    }
    switch (request.header.msgType) {
      case 'execute_request': {
        const cell = executeRequest.decode(request.content)
        const outcome = await evaluator.execute(cell, output)
        if (outcome.status === 'error') return this.#failed(request, outcome, cell.stopOnError)
        const reply: ExecuteReply = {
          ...outcome,
          userExpressions: outcome.userExpressions as JsonObject,
          payload: (outcome.payload ?? []) as JsonObject[],
        }
        return { status: 'ok', content: executeReply.encode(reply), buffers: [] }
      }
      case 'apply_request': {
        const given = { call: { buffers: request.buffers }, isRecalled: false }
        this.#calls.set(request, given)
        const outcome = await evaluator.apply(given.call, output)
        this.#calls.delete(request)
        if (outcome.status === 'aborted') return given.isRecalled ? returned : aborted
        if (outcome.status === 'error') return this.#failed(request, outcome)
        return {
          status: 'ok',
          content: applyReply.encode({ status: 'ok' }),
          buffers: outcome.buffers,
        }
      }
      default:
        return { status: 'ok', content: await this.#contentFor(request), buffers: [] }
    }
  }

  /** @throws {ContentError} when it is not known what is asked. */
  async #contentFor(request: Message): Promise<JsonObject> {
    const { desk, evaluator, onShutdown } = this.#options
    const { msgType } = request.header
    if (msgType === shutdownRequest.msgType && onShutdown !== undefined) {
      return { status: 'ok', ...shutdownRequest.decode(request.content) }
    }
    const content = (await desk.answer(request)) ?? (await answerReflection(evaluator, request))
    if (content !== undefined) return content
    throw new ContentError(`a TypeScript engine does not answer '${msgType}'`)
  }

  #failed(
    request: Message,
    failure: Failure & { readonly executionCount?: number },
    stops = false,
  ): Outcome {
    const { session, engineId, stopsOnError = false } = this.#options
    const method = request.header.msgType.replace(/_request$/, '')
    const reply = {
      ...failure,
      engineInfo: { engineUuid: session.id, engineId, method },
      executionCount: failure.executionCount ?? 0,
    } satisfies ApplyReply & ExecuteReply
    const content = method === 'execute' ? executeReply.encode(reply) : applyReply.encode(reply)
    const buffers = failure.buffers ?? []
    return { status: 'error', content, failure, buffers, stops: stops && stopsOnError }
  }

  #metadata(request: Message, outcome: Outcome): JsonObject {
    const { session, engineId } = this.#options
    const { is_broadcast, is_coalescing, original_msg_id, label } = metadataOf(request)
    return {
      dependencies_met: outcome.status !== 'error' || outcome.failure.ename !== 'UnmetDependency',
      engine: session.id,
      is_broadcast: is_broadcast ?? false,
      is_coalescing: is_coalescing ?? false,
      original_msg_id: original_msg_id ?? '',
      ...(label === undefined ? {} : { label }),
      status: outcome.status,
      ...(outcome === returned ? { recalled: true } : {}),
      ...(outcome.status === 'error'
        ? { engine_info: { engine_uuid: session.id, engine_id: engineId } }
        : {}),
    }
  }

  #answerAborted(request: Message, isRecalled: boolean): void {
    const output = new RequestOutput(this.#options.iopub, request)
    output.state('busy')
    this.#answer(request, isRecalled ? returned : aborted, { output_count: 0 })
    output.state('idle')
  }

  #now(): Moment {
    const { session, context } = this.#options
    return { ms: context.clock.monotonicMs(), date: session.date() }
  }
}

/** Of requests that did not run: given up, or given back to be run elsewhere. */
const aborted: Outcome = { status: 'aborted', content: { status: 'aborted' }, buffers: [] }
const returned: Outcome = { ...aborted }

function isCall(request: Message): boolean {
  return request.header.msgType === 'apply_request'
}

function isExecute(request: Message): boolean {
  return request.header.msgType === executeRequest.msgType
}

function replyType(request: Message): string {
  return `${request.header.msgType.replace(/_request$/, '')}_reply`
}
