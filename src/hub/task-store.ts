import type { TaskQuery } from './task-query.ts'
import type { TaskRecord } from './task-record.ts'

/**
 * The port through which the hub remembers tasks. A record is handed over once and stays the
 * hub's to change; the store is told when it did. What a store does with that it may do a moment
 * later, but it answers at once as if it had. `checkTaskStore` of `iparallel/testing` has its laws.
 */
export interface TaskStore {
  /** False when it remembers nothing, so that asking it is a mistake and not a miss. */
  readonly remembers: boolean
  /** A new task. One of the same id that a controller before this one left unfinished is replaced. */
  add(record: TaskRecord): void
  /** It has changed, and not ended. */
  changed(record: TaskRecord): void
  /** It has ended: from now on it may be dropped for space, and before now never. */
  ended(record: TaskRecord): void
  /** @throws {RequestError} when the record is there and cannot be read. */
  get(msgId: string): TaskRecord | undefined
  /** In the order in which they came. @throws {RequestError} when they cannot be read. */
  find(query: TaskQuery): Iterable<TaskRecord>
  /** The ids of all, in the order of their submission as clients dated it. @throws {RequestError} */
  ids(): Iterable<string>
  /** Those that are under way, and those that are not there, stay as they are. */
  delete(msgIds: Iterable<string>): void
  /** Calls when everything that was told before is as safe as this store makes it. */
  whenKept(callback: () => void): void
  /** Makes it so now. Never throws: what could not be kept is logged. */
  flush(): void
  /** Flushes and lets go. */
  close(): void
}
