import { setTimeout } from 'node:timers'
import type { MessagePort, TransferListItem } from 'node:worker_threads'
import { limits } from '../base/mod.ts'
import type {
  ApplyOutcome,
  ApplyRequest,
  Evaluator,
  ExecuteOutcome,
  ExecuteRequest,
  Failure,
  Output,
} from '../engine/mod.ts'
import { type FrameParcel, packFrames, unpackFrames } from './frame-parcel.ts'
import { MainThreadStopper } from './main-thread-stopper.ts'
import { OutputBatcher } from './output-batcher.ts'
import type { EvaluatorLine, MessageFromEvaluator, MessageToEvaluator } from './port-messages.ts'
import { SharedControl } from './shared-control.ts'

export interface PortEvaluatorOptions {
  /**
   * User code ends the process with this exit code; the end waits for the promise, but not more
   * than two seconds. Everything that was shown has been handed to the outputs.
   */
  readonly onExit?: (code: number) => void | Promise<void>
}

/** A request without its outcome. */
interface Pending {
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
  readonly #port: MessagePort
  readonly #control: SharedControl
  readonly #stopper: MainThreadStopper
  readonly #batcher: OutputBatcher
  readonly #onExit: (code: number) => void | Promise<void>
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  /** That of the request that began last: what user code leaves running still shows something. */
  #lastOutput: Output | undefined
  #interrupted: number | undefined

  constructor(line: EvaluatorLine, options: PortEvaluatorOptions = {}) {
    this.#port = line.port
    this.#control = new SharedControl(line.memory)
    this.#stopper = new MainThreadStopper(this.#control)
    this.#batcher = new OutputBatcher((chars) => this.#control.removeOutput(chars))
    this.#onExit = options.onExit ?? (() => {})
    line.port.on('message', (message: MessageFromEvaluator) => this.#receive(message))
  }

  execute(request: ExecuteRequest, output: Output): Promise<ExecuteOutcome> {
    const id = ++this.#lastId
    return this.#ask<ExecuteOutcome>(['execute', id, request], output, [])
  }

  /** Large buffers that have memory of their own are taken away from `request`. */
  apply(request: ApplyRequest, output: Output): Promise<ApplyOutcome> {
    const { parcel, transfer } = packFrames(request.buffers, true)
    return this.#ask<ApplyOutcome>(['apply', ++this.#lastId, parcel], output, transfer)
  }

  clear(): Promise<void> {
    return this.#ask<void>(['clear', ++this.#lastId], undefined, [])
  }

  interrupt(): void {
    const [running] = this.#pending.keys()
    if (running === undefined || running === this.#interrupted) return
    this.#interrupted = running
    this.#post(['interrupt', running])
    this.#stopLater(running)
  }

  /** Ends the connection; what is pending never settles. */
  close(): void {
    this.#batcher.flush()
    this.#port.close()
  }

  #stopLater(id: number): void {
    setTimeout(async () => {
      if (!this.#pending.has(id)) return
      try {
        if (await this.#stopper.stop()) this.#post(['stopped', id])
        this.#stopLater(id)
      } catch (error) {
        this.#interrupted = undefined
        this.#lastOutput?.stream('stderr', `This code cannot be interrupted: ${error}\n`)
      }
    }, limits.interruptGraceMs).unref()
  }

  #ask<T>(
    message: MessageToEvaluator,
    output: Output | undefined,
    transfer: TransferListItem[],
  ): Promise<T> {
    return new Promise<T>((resolve) => {
      this.#pending.set(message[1], { output, resolve: resolve as (outcome: unknown) => void })
      this.#post(message, transfer)
    })
  }

  #post(message: MessageToEvaluator, transfer: TransferListItem[] = []): void {
    this.#port.postMessage(message, transfer)
  }

  #receive(message: MessageFromEvaluator): void {
    if (message[0] === 'exit') {
      void this.#exit(message[1])
      return
    }
    const id = message[1]
    const output = this.#pending.get(id)?.output ?? this.#lastOutput
    this.#lastOutput = output
    if (message[0] === 'stream') {
      if (output === undefined) this.#control.removeOutput(message[3].length)
      else this.#batcher.add(output, message[2], message[3])
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
      default:
        this.#settle(id, outcomeOf(message))
    }
  }

  #settle(id: number, outcome: unknown): void {
    for (const [earlier, pending] of this.#pending) {
      if (earlier > id) break
      this.#pending.delete(earlier)
      // Requests end in order: one before this was lost when the thread was stopped.
      pending.resolve(earlier === id ? outcome : lostFailure)
    }
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

const lostFailure: Failure & { readonly executionCount: number } = {
  status: 'error',
  ename: 'KeyboardInterrupt',
  evalue: 'The request was interrupted before it began.',
  traceback: [],
  executionCount: 0,
}

function withBuffers<T extends Failure>(failure: T, error: FrameParcel | undefined): T {
  return error === undefined ? failure : { ...failure, buffers: unpackFrames(error) }
}

function outcomeOf(
  message: Extract<
    MessageFromEvaluator,
    readonly ['executed' | 'applied' | 'failed' | 'cleared', ...unknown[]]
  >,
): ExecuteOutcome | ApplyOutcome | undefined {
  switch (message[0]) {
    case 'executed': {
      const [, , outcome, error] = message
      return outcome.status === 'ok' ? outcome : withBuffers(outcome, error)
    }
    case 'applied':
      return { status: 'ok', buffers: unpackFrames(message[2]) }
    case 'failed':
      return withBuffers(message[2], message[3])
    case 'cleared':
      return undefined
  }
}
