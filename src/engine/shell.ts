import { messageOf } from '../base/mod.ts'
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
} from '../jupyter/mod.ts'
import type { Router, SocketContext } from '../sockets/mod.ts'
import { AnsweredRequests } from './answered-requests.ts'
import { ApplyQueue } from './apply-queue.ts'
import type { Evaluator, Failure } from './evaluator.ts'
import { type IoPub, RequestOutput } from './iopub.ts'

export interface ShellOptions {
  readonly context: SocketContext
  readonly session: Session
  readonly socket: Router
  readonly iopub: IoPub
  readonly engineId: number
  readonly evaluator: Evaluator
}

/** What the sender of a request may ask for in its metadata; see `output_count` in the reply. */
function countsOutput(request: Message): boolean {
  return request.metadata['output_count'] === true
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
    }

/**
 * The engine's execution channel: takes requests in order, has them evaluated, and answers on the
 * route on which each came.
 */
export class Shell {
  readonly #options: ShellOptions
  readonly #queue: ApplyQueue
  readonly #answered = new AnsweredRequests()

  constructor(options: ShellOptions) {
    this.#options = options
    this.#queue = new ApplyQueue(
      (request) => this.#perform(request),
      (request) => this.#answerAborted(request),
    )
    options.socket.onMessage = (frames) => this.#receive(frames)
  }

  abort({ msgIds, recall }: AbortContent): void {
    if (recall) this.#queue.giveBack(msgIds)
    else if (msgIds.length === 0) this.#queue.abortAll()
    else this.#queue.abort(msgIds)
  }

  #receive(frames: readonly Uint8Array[]): void {
    try {
      this.#queue.push(this.#options.session.unpack(frames))
    } catch (error) {
      const again = error instanceof SignatureError ? error.replayed : undefined
      if (again !== undefined && this.#answerAgain(again)) return
      this.#options.context.logger.warn(`a request was refused: ${messageOf(error)}`)
    }
  }

  /** True for a request of which the controller does not know what became of it. */
  #answerAgain(request: Message): boolean {
    const { socket } = this.#options
    const answer = this.#answered.get(request.header.msgId)
    if (answer === undefined) return false
    if (answer !== 'lost') return socket.trySend(answer)
    const evalue = 'the result was lost with a connection that broke, and was too large to be kept'
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

  async #perform(request: Message): Promise<void> {
    const { session, iopub, socket, context } = this.#options
    const { clock } = context
    const started = session.date()
    const startedMs = clock.monotonicMs()
    const output = new RequestOutput(iopub, request)
    let announce = true
    let outcome: Outcome
    try {
      announce = !countsOutput(request)
      if (announce) output.state('busy')
      outcome = await this.#evaluate(request, output)
    } catch (error) {
      outcome = this.#failed(request, {
        status: 'error',
        ename: error instanceof Error ? error.name : 'Error',
        evalue: messageOf(error),
        traceback: [],
      })
    }
    if (outcome.status === 'error') output.error(outcome.failure)
    this.#answer(request, outcome, {
      started,
      run_ms: clock.monotonicMs() - startedMs,
      ...(announce ? {} : { output_count: output.count }),
    })
    if (announce) output.state('idle')
    // The next request may end this process: what there is of this one is out by then.
    if (announce || output.count > 0) iopub.flush()
    socket.flush()
  }

  async #evaluate(request: Message, output: RequestOutput): Promise<Outcome> {
    const { evaluator } = this.#options
    switch (request.header.msgType) {
      case 'execute_request': {
        const outcome = await evaluator.execute(executeRequest.decode(request.content), output)
        if (outcome.status === 'error') return this.#failed(request, outcome)
        const reply: ExecuteReply = {
          ...outcome,
          userExpressions: outcome.userExpressions as JsonObject,
        }
        return { status: 'ok', content: executeReply.encode(reply), buffers: [] }
      }
      case 'apply_request': {
        const outcome = await evaluator.apply({ buffers: request.buffers }, output)
        if (outcome.status === 'error') return this.#failed(request, outcome)
        return {
          status: 'ok',
          content: applyReply.encode({ status: 'ok' }),
          buffers: outcome.buffers,
        }
      }
      default:
        throw new ContentError(`a TypeScript engine does not answer '${request.header.msgType}'`)
    }
  }

  #failed(request: Message, failure: Failure & { readonly executionCount?: number }): Outcome {
    const { session, engineId } = this.#options
    const method = request.header.msgType.replace(/_request$/, '')
    const reply = {
      ...failure,
      engineInfo: { engineUuid: session.id, engineId, method },
      executionCount: failure.executionCount ?? 0,
    } satisfies ApplyReply & ExecuteReply
    const content = method === 'execute' ? executeReply.encode(reply) : applyReply.encode(reply)
    return { status: 'error', content, failure, buffers: failure.buffers ?? [] }
  }

  #metadata(request: Message, outcome: Outcome): JsonObject {
    const { session, engineId } = this.#options
    const { is_broadcast, is_coalescing, original_msg_id, label } = request.metadata
    return {
      dependencies_met: outcome.status !== 'error' || outcome.failure.ename !== 'UnmetDependency',
      engine: session.id,
      is_broadcast: is_broadcast ?? false,
      is_coalescing: is_coalescing ?? false,
      original_msg_id: original_msg_id ?? '',
      ...(label === undefined ? {} : { label }),
      status: outcome.status,
      ...(outcome.status === 'error'
        ? { engine_info: { engine_uuid: session.id, engine_id: engineId } }
        : {}),
    }
  }

  #answerAborted(request: Message): void {
    const output = new RequestOutput(this.#options.iopub, request)
    output.state('busy')
    const outcome: Outcome = { status: 'aborted', content: { status: 'aborted' }, buffers: [] }
    this.#answer(request, outcome, { output_count: 0 })
    output.state('idle')
  }
}

function replyType(request: Message): string {
  return `${request.header.msgType.replace(/_request$/, '')}_reply`
}
