import type { Task } from './task.ts'

/** The tasks that are not settled yet, by message id, and the direct ones also by engine. */
export class Outstanding {
  readonly #tasks = new Map<string, Task>()
  readonly #byEngine = new Map<string, Set<Task>>()

  get size(): number {
    return this.#tasks.size
  }

  add(task: Task): void {
    this.#tasks.set(task.msgId, task)
    const uuid = task.request.target?.uuid
    if (uuid === undefined) return
    const tasks = this.#byEngine.get(uuid)
    if (tasks === undefined) this.#byEngine.set(uuid, new Set([task]))
    else tasks.add(task)
  }

  get(msgId: string): Task | undefined {
    return this.#tasks.get(msgId)
  }

  /** False when it was removed before. */
  remove(task: Task): boolean {
    if (!this.#tasks.delete(task.msgId)) return false
    const uuid = task.request.target?.uuid
    if (uuid === undefined) return true
    const tasks = this.#byEngine.get(uuid)
    tasks?.delete(task)
    if (tasks?.size === 0) this.#byEngine.delete(uuid)
    return true
  }

  ofEngine(uuid: string): Task[] {
    return [...(this.#byEngine.get(uuid) ?? [])]
  }

  all(): Task[] {
    return [...this.#tasks.values()]
  }
}
