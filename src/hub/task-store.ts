import type { TaskQuery } from './task-query.ts'
import type { TaskRecord } from './task-record.ts'

/**
 * The port through which the hub remembers tasks. A record is handed over once and stays the
 * hub's to change; the store is told when it did.
 */
export interface TaskStore {
  /** False when it remembers nothing, so that asking it is a mistake and not a miss. */
  readonly remembers: boolean
  add(record: TaskRecord): void
  /** It has changed, and not ended. */
  changed(record: TaskRecord): void
  /** It has ended: from now on it may be dropped for space, and before now never. */
  ended(record: TaskRecord): void
  get(msgId: string): TaskRecord | undefined
  /** In the order of submission. */
  find(query: TaskQuery): Iterable<TaskRecord>
  delete(msgId: string): void
}
