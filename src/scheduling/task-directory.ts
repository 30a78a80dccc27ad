import { limits } from '../base/mod.ts'
import type { TaskEnd } from './dependency.ts'
import { EndedTasks } from './ended-tasks.ts'
import type { Task } from './task.ts'
import type { TaskOrder } from './task-order.ts'

/**
 * Every task by its id: those that live, and how the latest of the others ended, for the sake of
 * tasks that will depend on them.
 */
export class TaskDirectory<Order extends TaskOrder> {
  readonly #living = new Map<string, Task<Order>>()
  readonly #ended: EndedTasks

  /** @param endedMax How many ended tasks to remember; at least half as many are. */
  constructor(endedMax: number = limits.finishedTaskIdsMax) {
    this.#ended = new EndedTasks(endedMax)
  }

  /** How many tasks live. */
  get size(): number {
    return this.#living.size
  }

  has(id: string): boolean {
    return this.#living.has(id) || this.#ended.has(id)
  }

  living(id: string): Task<Order> | undefined {
    return this.#living.get(id)
  }

  /** How the task ended; undefined for one that lives, never was, or is forgotten. */
  end(id: string): TaskEnd | undefined {
    return this.#ended.get(id)
  }

  add(task: Task<Order>): void {
    this.#living.set(task.id, task)
  }

  /** From now on the task counts as ended. */
  bury(id: string, end: TaskEnd): void {
    this.#living.delete(id)
    this.#ended.add(id, end)
  }
}
