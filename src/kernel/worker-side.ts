import { setImmediate, setTimeout } from 'node:timers'
import type { MessagePort } from 'node:worker_threads'
import { limits, messageOf, Queue, StdinNotImplementedError } from '../base/mod.ts'
import type {
  ApplyOutcome,
  ApplyRequest,
  CommLine,
  CompleteOutcome,
  CursorRequest,
  Evaluator,
  ExecuteOutcome,
  ExecuteRequest,
  Failure,
  HistoryOutcome,
  HistoryRequest,
  InspectOutcome,
  InspectRequest,
  IsCompleteOutcome,
  Output,
  Withdrawn,
} from '../engine/mod.ts'
import { SyncChildRunner } from './children/sync-child-runner.ts'
import { type FrameParcel, packFrames, unpackFrames } from './frame-parcel.ts'
import { IdleCollector } from './idle-collector.ts'
import { MainThreadStopper } from './main-thread-stopper.ts'
import { OutputBatcher } from './output-batcher.ts'
import { outputWeight } from './output-weight.ts'
import type {
  EvaluatorLine,
  InputAnswer,
  MessageFromEvaluator,
  MessageToEvaluator,
  Question,
  RequestToEvaluator,
  ServiceResult,
} from './port-messages.ts'
import { SharedControl } from './shared-control.ts'

/** What the thread that keeps the line open does for the one that runs user code. */
export interface PortEvaluatorOptions {
  /**
   * User code ends the process with this exit code; the end waits for the promise, but not more
   * than two seconds. Everything that was shown has been handed to the outputs.
   */
  readonly onExit?: (code: number) => void | Promise<void>
  /** Opens a kernel's ports for this evaluator, as user code asks for with `bindKernel()`. */
  readonly bindKernel?: (options: unknown) => Promise<unknown>
}

/** A request without its outcome. */
interface Pending {
  message: RequestToEvaluator
  /** What a call was asked for with. */
  readonly call: ApplyRequest | undefined
  transfer: ArrayBuffer[]
  readonly output: Output | undefined
  resolve(outcome: unknown): void
}

/**
 * Runs code on the main thread, for a worker thread that keeps the line open meanwhile. Several
 * requests may be under way: they run one at a time, in order.
 *
 * An interrupt first asks: what awaits something fails at once. Code that does not listen is
 * stopped after `limits.interruptGraceMs`.
 */
export class PortEvaluator implements Evaluator {
  readonly callsMax: number = limits.requestsAheadMax
  readonly #port: MessagePort
  readonly #control: SharedControl
  readonly #stopper: MainThreadStopper
  readonly #batcher = new OutputBatcher()
  readonly #children = new SyncChildRunner()
  readonly #collector = new IdleCollector()
  readonly #onExit: (code: number) => void | Promise<void>
  readonly #bindKernel: (options: unknown) => Promise<unknown>
  readonly #pending = new Map<number, Pending>()
  /** Those of `#pending` that the other thread does not have yet. */
  readonly #unsent = new Queue<Pending>()
  #sent = 0
  #lastId = 0
  /** The last request that the other thread may begin. */
  #lastOffered = 0
  /** That of the request that began last: what user code leaves running still shows something. */
  #lastOutput: Output | undefined
  #interrupted: number | undefined
  /** Of the output that has come since the event loop went round. */
  #weightTaken = 0

  constructor(line: EvaluatorLine, options: PortEvaluatorOptions = {}) {
    this.#port = line.port
    this.#control = new SharedControl(line.memory)
    this.#stopper = new MainThreadStopper(this.#control)
    this.#onExit = options.onExit ?? (() => {})
    this.#bindKernel = options.bindKernel ?? noKernel
    line.port.on('message', (message: MessageFromEvaluator) => this.#receive(message))
  }

  execute(request: ExecuteRequest, output: Output): Promise<ExecuteOutcome> {
    return this.#ask<ExecuteOutcome>(['execute', ++this.#lastId, request], output, [])
  }

  /** Large buffers that have memory of their own are taken away from `request`. */
  apply(request: ApplyRequest, output: Output): Promise<ApplyOutcome | Withdrawn> {
    const { parcel, transfer } = packFrames(request.buffers, true)
    const message = ['apply', ++this.#lastId, parcel] as const
    return this.#ask<ApplyOutcome | Withdrawn>(message, output, transfer, request)
  }

  withdraw(request: ApplyRequest): boolean {
    for (const [id, pending] of this.#pending) {
      if (pending.call !== request) continue
      if (id <= this.#lastOffered && !this.#control.claim(id)) return false
      // The other thread still counts it.
      pending.message = ['skip', id]
      pending.transfer = []
      pending.resolve({ status: 'aborted' } satisfies Withdrawn)
      return true
    }
    return false
  }

  clear(): Promise<void> {
    return this.#ask<void>(['clear', ++this.#lastId], undefined, [])
  }

  readonly comms: CommLine = {
    receive: ({ buffers, ...event }, output) => {
      const { parcel, transfer } = packFrames(buffers, true)
      const message = { ...event, buffers: [] }
      return this.#ask<void>(['comm', ++this.#lastId, message, parcel], output, transfer)
    },
    list: async () => {
      const answer = await this.#ask<object>(['listComms', ++this.#lastId], undefined, [])
      // It may have been interrupted.
      return isFailure(answer) ? {} : (answer as Record<string, string>)
    },
  }

  complete(request: CursorRequest): Promise<CompleteOutcome> {
    const { cursorPos } = request
    const none = { matches: [], cursorStart: cursorPos, cursorEnd: cursorPos, metadata: {} }
    return this.#question(['complete', request], none)
  }

  inspect(request: InspectRequest): Promise<InspectOutcome> {
    return this.#question(['inspect', request], { found: false, data: {}, metadata: {} })
  }

  isComplete(code: string): Promise<IsCompleteOutcome> {
    return this.#question(['isComplete', code], { status: 'unknown', indent: '' })
  }

  history(request: HistoryRequest): Promise<HistoryOutcome> {
    return this.#question(['history', request], { entries: [] })
  }

  interrupt(): void {
    const running = this.#running()
    if (running === undefined || running === this.#interrupted) return
    this.#interrupted = running
    this.#post(['interrupt', running])
    this.#children.interrupt()
    this.#stopLater(running)
  }

  /** The request that the other thread works on, as far as is known here. */
  #running(): number | undefined {
    for (const [id, { message }] of this.#pending) if (message[0] !== 'skip') return id
    return undefined
  }

  /** Ends the connection; what is pending never settles. */
  close(): void {
    this.#batcher.flush()
    this.#port.close()
  }

  /** When it is interrupted, whoever asks goes on with `otherwise`. */
  async #question<T>(question: Question, otherwise: T): Promise<T> {
    const answer = await this.#ask<T | Failure>(['ask', ++this.#lastId, question], undefined, [])
    return isFailure(answer) ? otherwise : answer
  }

  #stopLater(id: number): void {
    setTimeout(async () => {
      if (!this.#pending.has(id)) return
      try {
        const outcome = await this.#stopper.stop(id)
        if (outcome !== 'not now') {
          this.#post(['stopped', id, outcome === 'stopped something'])
          this.#sendAgain(id)
        }
        this.#stopLater(id)
      } catch (error) {
        this.#interrupted = undefined
        this.#lastOutput?.stream('stderr', `This code cannot be interrupted: ${error}\n`)
      }
    }, limits.interruptGraceMs).unref()
  }

  #ask<T>(
    message: RequestToEvaluator,
    output: Output | undefined,
    transfer: ArrayBuffer[],
    call?: ApplyRequest,
  ): Promise<T> {
    return new Promise<T>((resolve) => {
      const pending = { message, call, transfer, output, resolve } as Pending
      this.#pending.set(message[1], pending)
      this.#unsent.push(pending)
      this.#send()
    })
  }

  /**
   * Sends what may be sent. Memory is given away only with the first request: the others may be
   * lost, and must be sent again, when the thread is stopped.
   */
  #send(): void {
    for (let next = this.#unsent.peek(); next !== undefined; next = this.#unsent.peek()) {
      if (this.#sent > 0 && (this.#sent === limits.requestsAheadMax || next.transfer.length > 0))
        return
      this.#unsent.shift()
      this.#sent++
      this.#lastOffered = next.message[1]
      this.#control.offer(this.#lastOffered)
      this.#port.postMessage(next.message, next.transfer)
    }
  }

  /** A stop can strike where a message is received, which then is lost. */
  #sendAgain(stopped: number): void {
    this.#unsent.clear()
    for (const [id, pending] of this.#pending) if (id > stopped) this.#unsent.push(pending)
    this.#sent = this.#pending.size - this.#unsent.size
    this.#send()
  }

  #post(message: MessageToEvaluator): void {
    this.#port.postMessage(message)
  }

  #receive(message: MessageFromEvaluator): void {
    if (message[0] === 'exit') {
      void this.#exit(message[1])
      return
    }
    if (message[0] === 'serve') {
      void this.#serve(message[1], message[3])
      return
    }
    this.#taken(outputWeight(message))
    const id = message[1]
    const output = this.#pending.get(id)?.output ?? this.#lastOutput
    this.#lastOutput = output
    if (message[0] === 'stream') {
      if (output !== undefined) this.#batcher.add(output, message[2], message[3])
      return
    }
    this.#batcher.flush()
    switch (message[0]) {
      case 'executeInput':
        output?.executeInput(message[2], message[3])
        break
      case 'executeResult':
        output?.executeResult(message[2], message[3], message[4])
        break
      case 'display':
        output?.display(message[2], message[3], message[4], message[5])
        break
      case 'clearOutput':
        output?.clearOutput(message[2])
        break
      case 'comm':
        output?.comm?.({ ...message[2], buffers: unpackFrames(message[3]) })
        break
      case 'spawn':
        void this.#children.run(message[2], (name, text) => {
          if (output !== undefined) this.#batcher.add(output, name, text)
        })
        break
      case 'input':
        void this.#askUser(output, message)
        break
      default:
        this.#settle(id, outcomeOf(message))
    }
  }

  /** The other thread may write more when this one has looked at its sockets in between. */
  #taken(weight: number): void {
    if (weight === 0) return
    if (this.#weightTaken === 0) {
      setImmediate(() => {
        this.#control.removeOutput(this.#weightTaken)
        this.#weightTaken = 0
      })
    }
    this.#weightTaken += weight
  }

  async #askUser(
    output: Output | undefined,
    [, , input, prompt, password]: Extract<MessageFromEvaluator, readonly ['input', ...unknown[]]>,
  ): Promise<void> {
    let answer: InputAnswer
    try {
      if (output === undefined) throw new StdinNotImplementedError(password)
      answer = { line: await output.input(prompt, password) }
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error'
      answer = { name, message: messageOf(error) }
    }
    this.#post(['answer', input, answer])
  }

  #settle(id: number, outcome: unknown): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    this.#sent--
    this.#collector.used()
    this.#send()
    pending.resolve(outcome)
  }

  async #serve(call: number, argument: unknown): Promise<void> {
    let result: ServiceResult
    try {
      result = { value: await this.#bindKernel(argument) }
    } catch (error) {
      result = { message: messageOf(error) }
    }
    this.#post(['served', call, result])
  }

  async #exit(code: number): Promise<void> {
    this.#batcher.flush()
    try {
      await this.#onExit(code)
    } finally {
      this.#control.confirmExit()
    }
  }
}

async function noKernel(): Promise<never> {
  throw new Error('a kernel cannot be bound here')
}

function isFailure(answer: unknown): answer is Failure {
  return (answer as Partial<Failure> | undefined)?.status === 'error'
}

function withBuffers<T extends Failure>(failure: T, error: FrameParcel | undefined): T {
  return error === undefined ? failure : { ...failure, buffers: unpackFrames(error) }
}

function outcomeOf(
  message: Extract<
    MessageFromEvaluator,
    readonly ['executed' | 'applied' | 'failed' | 'cleared' | 'answered' | 'skipped', ...unknown[]]
  >,
): unknown {
  switch (message[0]) {
    case 'executed': {
      const [, , outcome, error] = message
      return outcome.status === 'ok' ? outcome : withBuffers(outcome, error)
    }
    case 'applied':
      return { status: 'ok', buffers: unpackFrames(message[2]) }
    case 'failed':
      return withBuffers(message[2], message[3])
    case 'answered':
      return message[2]
    case 'cleared':
    case 'skipped':
      return undefined
  }
}
