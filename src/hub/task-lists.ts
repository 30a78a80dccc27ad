import { limits, Queue } from '../base/mod.ts'
import type { TaskRecord } from './task-record.ts'

/** The tasks of one engine, as `queue_request` counts them. */
export class TaskLists {
  /** Direct tasks at the engine. */
  readonly direct: Map<string, TaskRecord> = new Map()
  /** Load-balanced tasks at the engine. */
  readonly balanced: Map<string, TaskRecord> = new Map()
  readonly #completedIds = new Queue<string>()
  #completed = 0

  get completed(): number {
    return this.#completed
  }

  /** The latest of them: their number is not bounded, this list is. */
  get completedIds(): string[] {
    return [...this.#completedIds]
  }

  complete(msgId: string): void {
    this.#completed++
    this.#completedIds.push(msgId)
    if (this.#completedIds.size > limits.taskRecordsMax) this.#completedIds.shift()
  }
}
