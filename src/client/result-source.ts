import { type IparallelError, limits, Queue } from '../base/mod.ts'
import type { Message } from '../jupyter/mod.ts'
import { Changes } from './changes.ts'
import type { ClusterLink } from './cluster-link.ts'
import { type OutputEvent, readOutputEvent } from './output-event.ts'
import type { StreamName } from './ports.ts'
import type { Task, TaskOwner } from './task.ts'

/** How far something is, in engines or items. `total` is undefined while nobody knows. */
export interface Progress {
  readonly done: number
  readonly total: number | undefined
}

/** A piece of what an engine printed. */
export interface OutputPiece {
  readonly engineId: number | undefined
  readonly stream: StreamName
  readonly text: string
}

export type SourceOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: IparallelError }

type PieceListener = (task: Task, stream: StreamName, text: string) => void

/** What stands behind an `AsyncResult`: tasks on their way, and what came of them. */
export abstract class ResultSource<T, Item> implements TaskOwner {
  readonly link: ClusterLink
  protected readonly changes: Changes = new Changes()
  readonly #listeners = new Set<PieceListener>()
  #progressListeners: Set<(progress: Progress) => void> | undefined
  #finishedListeners: Set<() => void> | undefined
  #outputListeners: Set<(event: OutputEvent) => void> | undefined

  constructor(link: ClusterLink) {
    this.link = link
  }

  /** The tasks that were sent and are remembered, in order. */
  abstract readonly tasks: readonly Task[]
  abstract readonly progress: Progress
  abstract readonly isFinished: boolean

  /** What came of it. Only when it is finished. */
  abstract outcome(): SourceOutcome<T>

  /** Item by item, the error in the place of an item that failed. Only when it is finished. */
  abstract items(): (Item | IparallelError)[]

  /** The items in order, each when it is there. */
  abstract iterate(): AsyncIterator<Item, void, undefined>

  /** Gives up what has not started yet. Resolves when every engine has taken notice. */
  abstract abort(): Promise<void>

  abstract taskSettled(task: Task): void

  /** Somebody wants the whole result, so all of it must be kept. */
  wantWhole(): void {}

  taskStreamed(task: Task, stream: StreamName, text: string): void {
    for (const listener of this.#listeners) listener(task, stream, text)
    this.#tell(() => ({ type: 'stream', engineId: task.engineId, stream, text }))
  }

  taskShowed(task: Task, message: Message): void {
    this.#tell(() => readOutputEvent(task.engineId, message))
  }

  /** Calls back for what is shown from now on, and when a task is done; returns what ends that. */
  onOutput(listener: (event: OutputEvent) => void): () => void {
    this.#outputListeners ??= new Set()
    this.#outputListeners.add(listener)
    return () => void this.#outputListeners?.delete(listener)
  }

  /** Calls back once, when it is finished: at once if it is already. Returns what ends that. */
  whenFinished(callback: () => void): () => void {
    if (this.isFinished) {
      callback()
    } else {
      this.#finishedListeners ??= new Set()
      this.#finishedListeners.add(callback)
    }
    return () => void this.#finishedListeners?.delete(callback)
  }

  onProgress(listener: (progress: Progress) => void): () => void {
    this.#progressListeners ??= new Set()
    this.#progressListeners.add(listener)
    return () => void this.#progressListeners?.delete(listener)
  }

  async *progressUpdates(): AsyncGenerator<Progress, void, undefined> {
    let last = -1
    for (;;) {
      const { progress, isFinished } = this
      if (progress.done === last && !isFinished) {
        await this.changes.next()
        continue
      }
      last = progress.done
      yield progress
      if (isFinished) return
    }
  }

  /** What was printed already, then what is printed until the result is there. */
  async *streamOutput(): AsyncGenerator<OutputPiece, void, undefined> {
    const pieces = new Queue<OutputPiece>()
    let length = 0
    const take = (task: Task, stream: StreamName, text: string): void => {
      if (text === '') return
      pieces.push({ engineId: task.engineId, stream, text })
      length += text.length
      while (length > limits.outputBytesMax && pieces.size > 1) {
        length -= pieces.shift()!.text.length
      }
      this.changes.notify()
    }
    for (const task of this.tasks) {
      take(task, 'stdout', task.stdout)
      take(task, 'stderr', task.stderr)
    }
    this.#listeners.add(take)
    try {
      for (;;) {
        for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
          length -= piece.text.length
          yield piece
        }
        if (this.isFinished) return
        await this.changes.next()
      }
    } finally {
      this.#listeners.delete(take)
    }
  }

  /** To be called when a task is settled. */
  protected ended(task: Task): void {
    this.#tell(() => ({ type: 'settled', engineId: task.engineId, task: task.info() }))
  }

  #tell(make: () => OutputEvent | undefined): void {
    if (this.#outputListeners === undefined || this.#outputListeners.size === 0) return
    try {
      const event = make()
      if (event !== undefined) for (const listener of this.#outputListeners) listener(event)
    } catch (error) {
      this.link.ports.context.logger.error(`a listener to output threw: ${String(error)}`)
    }
  }

  /** To be called after each change; the last time when it is finished. */
  protected changed(): void {
    this.changes.notify()
    if (this.#progressListeners !== undefined) this.#tellProgress(this.#progressListeners)
    if (!this.isFinished) return
    const callbacks = this.#finishedListeners ?? []
    this.#finishedListeners = undefined
    for (const callback of callbacks) callback()
  }

  #tellProgress(listeners: ReadonlySet<(progress: Progress) => void>): void {
    const { progress } = this
    for (const listener of listeners) {
      try {
        listener(progress)
      } catch (error) {
        this.link.ports.context.logger.error(`a progress listener threw: ${String(error)}`)
      }
    }
  }
}
