import type { ChildProcess } from 'node:child_process'
import process from 'node:process'
import { limits } from '../base/mod.ts'
import { signalTree } from '../node/process-tree.ts'
import type { AwaitGuard } from './cell/cell-scope.ts'
import type { KeyboardInterrupt } from './keyboard-interrupt.ts'

/** Cells may give the name another meaning. */
const { AbortController: NativeAbortController } = globalThis

/** `node:perf_hooks` takes long to load. */
const nowMs = (): number => process.uptime() * 1_000

/** Microtasks that an interrupted cell has for its `finally` blocks before the request ends. */
const cleanupTurns = 100

/** A request that is being worked on. */
export class Run {
  /** Nobody waits for its outcome any more. */
  isOver = false
  /** Made when there is something to keep: most requests show nothing and start nothing. */
  #children: Set<ChildProcess> | undefined
  #shown: Set<Promise<unknown>> | undefined
  #abort: AbortController | undefined
  #interruptedMs: number | undefined
  /** Ends what the cell awaits; and what stands for the whole request. */
  #rejectAwait: ((reason: unknown) => void) | undefined
  #rejectRequest: ((reason: unknown) => void) | undefined

  /** Tells user code that it should stop. */
  get signal(): AbortSignal {
    this.#abort ??= new NativeAbortController()
    if (this.#interruptedMs !== undefined) this.#abort.abort()
    return this.#abort.signal
  }

  /** Rejects when the request is interrupted. */
  interruption(): Promise<never> {
    return new Promise<never>((_, reject) => {
      this.#rejectRequest = reject
    })
  }

  /**
   * What the awaits of a cell wait for: an interrupt makes the one that is waiting throw, so that
   * `finally` blocks run. A cell that goes on awaiting long after that is left waiting for ever.
   */
  readonly guard: AwaitGuard = (awaited) => {
    const since = this.#interruptedMs
    if (since !== undefined && nowMs() - since > limits.interruptCleanupMs) {
      return new Promise(() => {})
    }
    return new Promise((resolve, reject) => {
      this.#rejectAwait = reject
      // Node follows the functions of a promise itself, and nothing else, in asynchronous stacks.
      Promise.resolve(awaited).then(resolve, reject)
    })
  }

  /** The request waits for it before it ends. */
  track(shown: Promise<unknown>): void {
    this.#shown ??= new Set()
    this.#shown.add(shown)
    shown.catch(() => {})
  }

  /** As Ctrl-C in a terminal, an interrupt ends what the request has started and left running. */
  adopt(child: ChildProcess): void {
    this.#children ??= new Set()
    const children = this.#children
    children.add(child)
    child.once('exit', () => children.delete(child))
  }

  get isShowing(): boolean {
    return this.#shown !== undefined && this.#shown.size > 0
  }

  /** Resolves when everything that was to be shown has been. @throws what went wrong with it. */
  async untilShown(): Promise<void> {
    for (const shown of this.#shown ?? []) {
      await shown
      this.#shown?.delete(shown)
    }
  }

  interrupt(reason: KeyboardInterrupt): void {
    this.stop(reason)
    this.#rejectAwait?.(reason)
    void this.#endRequest(reason)
  }

  /**
   * What the cell does about the interrupt comes first, as long as it awaits nothing. No timer
   * can be relied on: code that was stopped may have left those of Node in disorder.
   */
  async #endRequest(reason: KeyboardInterrupt): Promise<void> {
    for (let turn = 0; turn < cleanupTurns; turn++) await undefined
    this.#rejectRequest?.(reason)
  }

  /** Only tells user code: that which was awaited will not settle any more. */
  stop(reason: KeyboardInterrupt): void {
    this.#interruptedMs ??= nowMs()
    this.#abort?.abort(reason)
    for (const { pid } of this.#children ?? []) if (pid !== undefined) signalTree(pid, 'SIGINT')
  }
}
