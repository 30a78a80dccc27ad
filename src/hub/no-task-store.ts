import type { TaskRecord } from './task-record.ts'
import type { TaskStore } from './task-store.ts'

/** Remembers nothing. */
export class NoTaskStore implements TaskStore {
  readonly remembers = false

  add(): void {}
  changed(): void {}
  ended(): void {}
  delete(): void {}
  flush(): void {}
  close(): void {}

  get(): TaskRecord | undefined {
    return undefined
  }

  find(): Iterable<TaskRecord> {
    return []
  }

  ids(): Iterable<string> {
    return []
  }

  whenKept(callback: () => void): void {
    callback()
  }
}
