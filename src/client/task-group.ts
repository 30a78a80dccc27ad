import { assert, type IparallelError } from '../base/mod.ts'
import type { ClusterLink } from './cluster-link.ts'
import { abortTasks } from './engine-control.ts'
import { together } from './errors.ts'
import { type Progress, ResultSource, type SourceOutcome } from './result-source.ts'
import type { Task } from './task.ts'

/** Makes the whole of what each engine answered. */
export type Combine<T, Item> = (values: Item[]) => T

/** The tasks of one call: one for each engine that it went to. */
export class TaskGroup<T, Item> extends ResultSource<T, Item> {
  override readonly tasks: Task[] = []
  readonly #isSingle: boolean
  readonly #combine: Combine<T, Item>
  readonly #size: number
  #done = 0

  /** `isSingle`: one engine was asked by itself, so its error comes as it is. */
  constructor(link: ClusterLink, size: number, isSingle: boolean, combine: Combine<T, Item>) {
    super(link)
    this.#size = size
    this.#isSingle = isSingle
    this.#combine = combine
  }

  override get progress(): Progress {
    return { done: this.#done, total: this.#size }
  }

  override get isFinished(): boolean {
    return this.#done === this.#size
  }

  override taskSettled(task: Task): void {
    this.#done++
    this.ended(task)
    this.changed()
  }

  override outcome(): SourceOutcome<T> {
    assert(this.isFinished, 'the outcome was asked for before all tasks were settled')
    const errors = this.tasks.flatMap((task) => task.error ?? [])
    if (errors.length > 0) {
      const error = this.#isSingle ? errors[0]! : together(errors, this.#size)
      return { ok: false, error }
    }
    return { ok: true, value: this.#combine(this.tasks.map(resultOf<Item>)) }
  }

  override items(): (Item | IparallelError)[] {
    return this.tasks.map((task) => task.error ?? resultOf<Item>(task))
  }

  override async *iterate(): AsyncGenerator<Item, void, undefined> {
    for (let i = 0; i < this.#size; i++) {
      while (this.tasks[i]?.settled !== true) await this.changes.next()
      const task = this.tasks[i]!
      if (task.error !== undefined) throw task.error
      yield resultOf<Item>(task)
    }
  }

  override abort(): Promise<void> {
    return abortTasks(this.link, this.tasks)
  }
}

function resultOf<Item>(task: Task): Item {
  assert(task.outcome?.status === 'ok', 'the value of a failed task was asked for')
  return task.outcome.value as Item
}
