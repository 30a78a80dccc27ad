import { limits, Queue } from '../base/mod.ts'
import type { TaskEnd } from './dependency.ts'

/** Remembers how the latest tasks ended, for those that will depend on them. */
export class FinishedTasks {
  readonly #ends = new Map<string, TaskEnd>()
  readonly #oldestFirst = new Queue<string>()
  readonly #max: number

  constructor(max: number = limits.finishedTaskIdsMax) {
    this.#max = max
  }

  has(id: string): boolean {
    return this.#ends.has(id)
  }

  /** Undefined when it has not ended, or so long ago that it is forgotten. */
  get(id: string): TaskEnd | undefined {
    return this.#ends.get(id)
  }

  add(id: string, end: TaskEnd): void {
    this.#ends.set(id, end)
    this.#oldestFirst.push(id)
    if (this.#oldestFirst.size > this.#max) this.#ends.delete(this.#oldestFirst.shift()!)
  }
}
