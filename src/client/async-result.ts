import type { IparallelError } from '../base/mod.ts'
import { TimeoutError } from './errors.ts'
import type { OutputEvent } from './output-event.ts'
import type { OutputPiece, Progress, ResultSource } from './result-source.ts'
import { showAsText } from './show-as-text.ts'
import type { TaskInfo } from './task.ts'
import type { DisplayedOutput } from './task-output.ts'

/** How long to wait. */
export interface WaitOptions {
  /** Milliseconds; default: without end. */
  readonly timeoutMs?: number
  /** Ends the waiting, not the work; the promise rejects with its reason. */
  readonly signal?: AbortSignal
}

/** How long to wait for a result, and what to do with errors in it. */
export interface GetOptions extends WaitOptions {
  /** Put errors into the result, in the place of what failed, instead of rejecting. */
  readonly returnExceptions?: boolean
}

/**
 * What engines are working on. `await` it for the whole result, or iterate over it for the
 * results of the engines or items, in order, as they come.
 *
 * It rejects only for those who wait: a result that nobody looks at never ends the process.
 */
export class AsyncResult<T, Item = T> implements PromiseLike<T>, AsyncIterable<Item> {
  readonly #source: ResultSource<T, Item>
  #promise: Promise<T> | undefined

  /** Results come from views; there is no need to make one. */
  constructor(source: ResultSource<T, Item>) {
    this.#source = source
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting it is the point
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#whole().then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#whole().catch(onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.#whole().finally(onFinally)
  }

  [Symbol.asyncIterator](): AsyncIterator<Item, void, undefined> {
    return this.#source.iterate()
  }

  /** Whether the whole result is there, or has failed. */
  get ready(): boolean {
    return this.#source.isFinished
  }

  /**
   * Whether all went well.
   * @throws {TimeoutError} when it is not ready.
   */
  get successful(): boolean {
    if (!this.ready) throw new TimeoutError('the result is not ready; await it, or look at .ready')
    return this.#source.outcome().ok
  }

  /** How many results it consists of, as far as is known: engines, or items of a map. */
  get length(): number {
    return this.#source.progress.total ?? this.#source.progress.done
  }

  /** How many of them are there. */
  get progress(): number {
    return this.#source.progress.done
  }

  /** Ids of its tasks, by which any client of the cluster can ask the hub for them. */
  get msgIds(): string[] {
    return this.#source.tasks.map((task) => task.msgId)
  }

  /** What is known of each task, now. */
  get metadata(): TaskInfo[] {
    return this.#source.tasks.map((task) => task.info())
  }

  /** What the engines printed so far, engine after engine. Complete when the result is there. */
  get stdout(): string {
    return this.#source.tasks.map((task) => task.stdout).join('')
  }

  get stderr(): string {
    return this.#source.tasks.map((task) => task.stderr).join('')
  }

  /** What was displayed so far, engine after engine. */
  get outputs(): DisplayedOutput[] {
    return this.#source.tasks.flatMap((task) => task.displayed)
  }

  /** Milliseconds from the first submission until now, or until the last answer. */
  get elapsedMs(): number {
    return this.ready ? this.wallTimeMs : this.#source.link.clock.now() - this.#firstMs()
  }

  /** Milliseconds from the first submission to the last answer that is there. */
  get wallTimeMs(): number {
    const { tasks } = this.#source
    const first = this.#firstMs()
    return tasks.reduce((last, task) => Math.max(last, task.receivedMs ?? first), first) - first
  }

  /** Milliseconds that the engines worked, added up: what one engine alone would have needed. */
  get serialTimeMs(): number {
    return this.metadata.reduce((sum, { started, completed }) => {
      if (started === undefined || completed === undefined) return sum
      return sum + Math.max(0, completed.getTime() - started.getTime())
    }, 0)
  }

  /**
   * The whole result.
   * @throws {TimeoutError} after `timeoutMs`; the work goes on.
   */
  get(options?: WaitOptions & { readonly returnExceptions?: false }): Promise<T>
  get(options: GetOptions & { readonly returnExceptions: true }): Promise<(Item | IparallelError)[]>
  async get(options: GetOptions = {}): Promise<T | (Item | IparallelError)[]> {
    this.#source.wantWhole()
    if (!(await this.wait(options))) {
      throw new TimeoutError(`the result was not there within ${options.timeoutMs! / 1000} s`)
    }
    return options.returnExceptions === true ? this.#source.items() : this.#whole()
  }

  /** Waits until it is ready, in whichever way; false when that took longer than `timeoutMs`. */
  wait(options: WaitOptions = {}): Promise<boolean> {
    const { timeoutMs, signal } = options
    this.#source.wantWhole()
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      if (this.ready) {
        resolve(true)
        return
      }
      const end = (settle: () => void): void => {
        timer?.cancel()
        signal?.removeEventListener('abort', onAbort)
        forget()
        settle()
      }
      const onAbort = (): void => end(() => reject(signal?.reason))
      signal?.addEventListener('abort', onAbort, { once: true })
      const timer =
        timeoutMs === undefined
          ? undefined
          : this.#source.link.clock.setTimer(timeoutMs, () => end(() => resolve(false)))
      const forget = this.#source.whenFinished(() => end(() => resolve(true)))
    })
  }

  /**
   * Gives up tasks that have not started; they fail with `TaskAbortedError`. What runs already
   * goes on: `client.interrupt()` stops it. Resolves when the engines have taken notice.
   */
  abort(): Promise<void> {
    return this.#source.abort()
  }

  /** Calls back whenever another engine or item is done; returns a function that ends that. */
  onProgress(listener: (progress: Progress) => void): () => void {
    return this.#source.onProgress(listener)
  }

  /** The progress now and after each change, until the result is there. */
  progressUpdates(): AsyncGenerator<Progress, void, undefined> {
    return this.#source.progressUpdates()
  }

  /**
   * Calls back for everything that engines show from now on, and for each that is done: what a
   * front end shows live. Returns a function that ends that. A map does not say who is done.
   */
  onOutput(listener: (event: OutputEvent) => void): () => void {
    return this.#source.onOutput(listener)
  }

  /** What the engines print, piece by piece, until the result is there. */
  streamOutput(): AsyncGenerator<OutputPiece, void, undefined> {
    return this.#source.streamOutput()
  }

  /** `AsyncResult(2 of 4)`, `AsyncResult(done)`, `AsyncResult(failed)`. */
  toString(): string {
    const { isFinished, progress } = this.#source
    const total = progress.total ?? '?'
    const state = isFinished
      ? this.successful
        ? 'done'
        : 'failed'
      : `${progress.done} of ${total}`
    return `${this.constructor.name}(${state})`
  }

  #firstMs(): number {
    const { tasks, link } = this.#source
    return tasks.reduce((first, task) => Math.min(first, task.submittedMs), link.clock.now())
  }

  #whole(): Promise<T> {
    this.#source.wantWhole()
    this.#promise ??= new Promise<void>((resolve) => void this.#source.whenFinished(resolve)).then(
      () => {
        const outcome = this.#source.outcome()
        if (outcome.ok) return outcome.value
        throw outcome.error
      },
    )
    return this.#promise
  }
}

showAsText(AsyncResult.prototype)

/** The result of a map: its items are those of what it ran over, in their order. */
export class AsyncMapResult<Item> extends AsyncResult<Item[], Item> {}
