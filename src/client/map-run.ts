import { ArgumentError, IparallelError, limits, messageOf } from '../base/mod.ts'
import { ContentError } from '../jupyter/mod.ts'
import type { Chunk, ChunkSource } from './chunk-source.ts'
import type { ClusterLink } from './cluster-link.ts'
import { abortTasks } from './engine-control.ts'
import { TaskAbortedError, together } from './errors.ts'
import { type Progress, ResultSource, type SourceOutcome } from './result-source.ts'
import type { Task, TaskOwner } from './task.ts'

export interface MapRunOptions {
  readonly source: ChunkSource
  /** Sends one chunk; `index` counts them from 0. */
  readonly send: (chunk: Chunk, index: number, owner: TaskOwner) => Task
  /** A task's value is the list of its items' results, rather than the one result. */
  readonly isChunked: boolean
  /** Tasks that may be under way at once. */
  readonly outstandingMax: () => number
  /** Iteration gives results in the order of the items, not in that in which they come. */
  readonly ordered: boolean
  /** An error takes the place of its items, instead of failing the whole. */
  readonly returnExceptions: boolean
  /** The first error ends the map: nothing more is sent, what waits is aborted. */
  readonly stopOnError: boolean
  /** Keep all results from the start; otherwise only go as far ahead as somebody reads. */
  readonly collects: boolean
}

/** A map in progress: takes chunks from its source, has them worked on, keeps what comes. */
export class MapRun<Item> extends ResultSource<Item[], Item> {
  readonly #options: MapRunOptions
  readonly #sentTasks = new Map<number, Task>()
  /** Position among the arrivals → chunk, for iteration in that order. */
  readonly #arrived = new Map<number, number>()
  readonly #underWay = new Set<Task>()
  #collects: boolean
  #sent = 0
  #arrivals = 0
  #released = 0
  #itemsSent = 0
  #itemsDone = 0
  #bytesUnderWay = 0
  #isReading = false
  #sourceEnded = false
  #failure: IparallelError | undefined

  constructor(link: ClusterLink, options: MapRunOptions) {
    super(link)
    this.#options = options
    this.#collects = options.collects
  }

  /** Sends what may be under way at once. @throws when already the first chunk cannot be sent. */
  start(): this {
    this.#pump()
    if (this.#failure !== undefined && this.#sent === 0) throw this.#failure
    return this
  }

  override get tasks(): readonly Task[] {
    return [...this.#sentTasks.values()]
  }

  override get progress(): Progress {
    const seen = this.#sourceEnded ? this.#itemsSent : undefined
    return { done: this.#itemsDone, total: this.#options.source.total ?? seen }
  }

  override get isFinished(): boolean {
    if (this.#failure !== undefined) return true
    return this.#sourceEnded && this.#underWay.size === 0
  }

  override wantWhole(): void {
    if (this.#collects) return
    if (this.#released > 0) throw alreadyRead()
    this.#collects = true
    this.#pump()
  }

  override taskSettled(task: Task): void {
    if (!this.#underWay.delete(task)) return
    this.#bytesUnderWay -= task.requestBytes
    this.#itemsDone += task.request.items
    if (!this.#options.ordered) this.#arrived.set(this.#arrivals++, task.request.index)
    const { returnExceptions, stopOnError } = this.#options
    if (task.error !== undefined && stopOnError && !returnExceptions) {
      this.#fail(task.error)
    } else {
      this.#pump()
      this.changed()
    }
  }

  override outcome(): SourceOutcome<Item[]> {
    if (this.#failure !== undefined) return { ok: false, error: this.#failure }
    if (!this.#options.returnExceptions) {
      const errors = this.tasks.flatMap((task) => task.error ?? [])
      if (errors.length > 0) return { ok: false, error: together(errors, this.#sent) }
    }
    return { ok: true, value: this.items() as Item[] }
  }

  override items(): (Item | IparallelError)[] {
    const all: (Item | IparallelError)[] = []
    for (const task of this.#sentTasks.values()) {
      if (!task.settled) continue
      for (const item of this.#itemsOf(task)) all.push(item)
    }
    return all
  }

  override async *iterate(): AsyncGenerator<Item, void, undefined> {
    if (this.#released > 0) throw alreadyRead()
    this.#pump()
    let isOver = false
    try {
      for (let position = 0; ; position++) {
        let task = this.#arrivedAt(position)
        while (task === undefined) {
          isOver = this.isFinished
          if (this.#failure !== undefined) throw this.#failure
          if (isOver && position >= this.#sent) return
          await this.changes.next()
          task = this.#arrivedAt(position)
        }
        this.#release(position, task)
        if (task.error !== undefined && !this.#options.returnExceptions) throw task.error
        yield* this.#itemsOf(task) as Item[]
      }
    } finally {
      if (!isOver && !this.#collects) this.#fail(abandoned('the loop over its results was left'))
    }
  }

  override async abort(): Promise<void> {
    const tasks = [...this.#underWay]
    if (!this.#sourceEnded) this.#stop(abandoned('it was aborted'))
    await abortTasks(this.link, tasks)
  }

  #pump(): void {
    while (!this.#isReading && !this.#sourceEnded && this.#hasRoom()) {
      try {
        const chunk = this.#options.source.next()
        if (chunk instanceof Promise) this.#await(chunk)
        else this.#send(chunk)
      } catch (error) {
        this.#fail(error)
      }
    }
  }

  #await(chunk: Promise<Chunk | undefined>): void {
    this.#isReading = true
    chunk
      .then((read) => {
        this.#isReading = false
        if (!this.#sourceEnded) this.#send(read)
        this.#pump()
      })
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.changed())
  }

  #hasRoom(): boolean {
    const under = this.#collects ? this.#underWay.size : this.#sent - this.#released
    if (under === 0) return true
    return under < this.#options.outstandingMax() && this.#bytesUnderWay < limits.mapBytesMax
  }

  #send(chunk: Chunk | undefined): void {
    if (chunk === undefined) {
      this.#sourceEnded = true
      return
    }
    const index = this.#sent
    const task = this.#options.send(chunk, index, this)
    this.#sent++
    this.#itemsSent += chunk.size
    this.#bytesUnderWay += task.requestBytes
    this.#sentTasks.set(index, task)
    this.#underWay.add(task)
  }

  /** Ends it, and has what was sent dropped, without waiting for that. */
  #fail(thrown: unknown): void {
    if (this.#failure !== undefined) return
    const tasks = [...this.#underWay]
    this.#stop(IparallelError.is(thrown) ? thrown : sourceFailed(thrown))
    if (this.link.status === 'closed') return
    abortTasks(this.link, tasks).catch((error: unknown) => {
      this.link.ports.context.logger.debug(`could not abort a map's tasks: ${messageOf(error)}`)
    })
  }

  #stop(error: IparallelError): void {
    this.#failure = error
    this.#sourceEnded = true
    this.#options.source.close()
    this.#underWay.clear()
    this.changed()
  }

  /** The task whose results come at this position of an iteration, once it is settled. */
  #arrivedAt(position: number): Task | undefined {
    const index = this.#options.ordered ? position : this.#arrived.get(position)
    const task = index === undefined ? undefined : this.#sentTasks.get(index)
    return task?.settled === true ? task : undefined
  }

  /** A reader has it: unless all is kept, it makes room for another one. */
  #release(position: number, task: Task): void {
    if (this.#collects) return
    this.#released++
    this.#sentTasks.delete(task.request.index)
    this.#arrived.delete(position)
    this.#pump()
  }

  #itemsOf(task: Task): readonly (Item | IparallelError)[] {
    const { outcome, request } = task
    if (outcome?.status !== 'ok') return new Array(request.items).fill(task.error)
    if (!this.#options.isChunked) return [outcome.value as Item]
    if (Array.isArray(outcome.value) && outcome.value.length === request.items) return outcome.value
    throw new ContentError(`an engine answered ${request.items} items with something else`)
  }
}

function alreadyRead(): ArgumentError {
  return new ArgumentError(
    'the results of this map were handed to a loop and are not kept: ' +
      'await it before you iterate, or map over an array',
  )
}

function abandoned(why: string): TaskAbortedError {
  return new TaskAbortedError(undefined, undefined, `the map ended early: ${why}`)
}

function sourceFailed(cause: unknown): ArgumentError {
  return new ArgumentError(`what was mapped over failed: ${messageOf(cause)}`, { cause })
}
