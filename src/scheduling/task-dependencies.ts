import type { DependencyContent, TaskMetadata } from '../jupyter/mod.ts'
import { Dependency, type TaskEnd } from './dependency.ts'
import type { Task } from './task.ts'
import type { TaskDirectory } from './task-directory.ts'
import type { TaskOrder } from './task-order.ts'

/** Which task waits for which. Source: protocol reference §11.2. */
export class TaskDependencies<Order extends TaskOrder> {
  readonly #tasks: TaskDirectory<Order>
  /** The tasks that wait for another one, by its id. */
  readonly #dependents = new Map<string, Set<Task<Order>>>()

  constructor(tasks: TaskDirectory<Order>) {
    this.#tasks = tasks
  }

  /** Says what is wrong with the wishes of a task that is not in the directory yet. */
  fault(id: string, { after, follow }: TaskMetadata): string | undefined {
    if (after === undefined && follow === undefined) return undefined
    return this.#fault(id, after) ?? this.#fault(id, follow)
  }

  /** A wish as far as it is fulfilled now. */
  begin(wish: DependencyContent | undefined): Dependency | undefined {
    if (wish === undefined) return undefined
    const dependency = new Dependency(wish)
    for (const id of wish.ids) {
      const end = this.#tasks.end(id)
      if (end !== undefined) dependency.settle(id, end)
    }
    return dependency
  }

  /** From now on the task hears of those that it waits for. */
  watch(task: Task<Order>): void {
    for (const id of awaitedBy(task)) {
      const dependents = this.#dependents.get(id)
      if (dependents === undefined) this.#dependents.set(id, new Set([task]))
      else dependents.add(task)
    }
  }

  /** The task has ended; it waits for nobody. */
  unwatch(task: Task<Order>): void {
    for (const id of awaitedBy(task)) {
      const dependents = this.#dependents.get(id)
      if (dependents?.delete(task) && dependents.size === 0) this.#dependents.delete(id)
    }
  }

  hasDependents(id: string): boolean {
    return this.#dependents.has(id)
  }

  /** Those that waited for a task, in the order of submission, once they know how it ended. */
  settle(id: string, end: TaskEnd): Iterable<Task<Order>> {
    const dependents = this.#dependents.get(id)
    if (dependents === undefined) return []
    this.#dependents.delete(id)
    for (const { after, follow } of dependents) {
      after?.settle(id, end)
      follow?.settle(id, end)
    }
    return dependents
  }

  #fault(id: string, wish: DependencyContent | undefined): string | undefined {
    if (wish === undefined) return undefined
    if (!wish.success && !wish.failure) return 'it counts neither success nor failure'
    for (const other of wish.ids) {
      if (other === id) return 'a task cannot depend on itself'
      if (!this.#tasks.has(other)) return `no load-balanced task with the id '${other}' is known`
    }
    return undefined
  }
}

function* awaitedBy<Order extends TaskOrder>({ after, follow }: Task<Order>): Iterable<string> {
  if (after !== undefined) yield* after.openIds
  if (follow !== undefined) yield* follow.openIds
}
