import { limits, Queue } from '../base/mod.ts'
import type { TaskEnd } from './dependency.ts'
import { Task } from './task.ts'
import type { TaskOrder } from './task-order.ts'

/**
 * Every task by its id: those that live, and how the latest of the others ended, for the sake of
 * tasks that will depend on them. One map for both, because this is looked at the most.
 */
export class TaskDirectory<Order extends TaskOrder> {
  readonly #entries = new Map<string, Task<Order> | TaskEnd>()
  readonly #endedFirst = new Queue<string>()
  readonly #endedMax: number

  /** @param endedMax How many ended tasks to remember. */
  constructor(endedMax: number = limits.finishedTaskIdsMax) {
    this.#endedMax = endedMax
  }

  /** How many tasks live. */
  get size(): number {
    return this.#entries.size - this.#endedFirst.size
  }

  has(id: string): boolean {
    return this.#entries.has(id)
  }

  /** The living task, or how it ended; undefined for one that never was or is forgotten. */
  get(id: string): Task<Order> | TaskEnd | undefined {
    return this.#entries.get(id)
  }

  living(id: string): Task<Order> | undefined {
    const entry = this.#entries.get(id)
    return entry instanceof Task ? entry : undefined
  }

  add(task: Task<Order>): void {
    this.#entries.set(task.id, task)
  }

  /** From now on the task counts as ended. */
  end(id: string, end: TaskEnd): void {
    this.#entries.set(id, end)
    this.#endedFirst.push(id)
    if (this.#endedFirst.size > this.#endedMax) this.#entries.delete(this.#endedFirst.shift()!)
  }
}
