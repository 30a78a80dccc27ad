import { LimitError, type Logger, limits, messageOf } from '../base/mod.ts'
import { RequestError, type TaskQuery, type TaskRecord, type TaskStore } from '../hub/mod.ts'
import type { RecordFile } from './record-file.ts'
import { type DatedId, datedId, type NumberedRecord, type RecordTable } from './record-table.ts'
import { StoredMessage } from './stored-message.ts'

/** Milliseconds for which changes of tasks that have not ended are collected. */
const changesMs = 100
/** Milliseconds between two attempts to write to a file that cannot be written. */
const retryMs = 1_000

/** A record that is in memory, because it is under way or not all of it is in the file yet. */
interface LiveRecord extends NumberedRecord {
  /** What of it stands in the file. */
  stored: 'nothing' | 'request' | 'all'
}

/**
 * Remembers in a file of SQLite's. The end of a task is written, with all others that ended in the
 * same turn of the event loop, before `whenKept` calls back; what happens on the way to it within
 * a tenth of a second. A file that cannot be written costs records, and nothing else.
 */
export class SqliteTaskStore implements TaskStore {
  readonly remembers = true
  readonly #file: RecordFile
  readonly #logger: Logger
  readonly #owner: { release(): void }
  readonly #live = new Map<string, LiveRecord>()
  /** Those of them that have changed since they were written. */
  readonly #dirty = new Set<LiveRecord>()
  /** Of records that have ended and were handed out again: output may still come. */
  readonly #numbers = new WeakMap<TaskRecord, number>()
  #lastNumber: number
  #soon: NodeJS.Immediate | undefined
  #later: NodeJS.Timeout | undefined
  #waiting: (() => void)[] = []
  /** Why the file cannot be written, and since when records are lost over it. */
  #fault: { retryAtMs: number; lost: number } | undefined

  /** `owner` is released with the file. */
  constructor(file: RecordFile, logger: Logger, owner: { release(): void }) {
    this.#file = file
    this.#owner = owner
    this.#logger = logger
    this.#lastNumber = file.table.lastNumber
  }

  add(record: TaskRecord): void {
    const live: LiveRecord = { number: ++this.#lastNumber, record, stored: 'nothing' }
    this.#live.set(record.msgId, live)
    this.#dirty.add(live)
    this.#writeLater()
  }

  changed(record: TaskRecord): void {
    const live = this.#liveOf(record)
    if (live === undefined) return
    this.#dirty.add(live)
    this.#writeLater()
  }

  ended(record: TaskRecord): void {
    const live = this.#liveOf(record)
    if (live === undefined) return
    this.#dirty.add(live)
    this.#soon ??= setImmediate(() => this.flush())
  }

  get(msgId: string): TaskRecord | undefined {
    const live = this.#live.get(msgId)
    if (live !== undefined) return live.record
    const found = this.#orFresh(() => this.#file.table.get(msgId))
    if (found !== undefined) this.#numbers.set(found.record, found.number)
    return found?.record
  }

  *find(query: TaskQuery): Iterable<TaskRecord> {
    for (const { record } of this.#merged(() => this.#file.table.find(query))) {
      if (query.matches(record)) yield record
    }
  }

  ids(): Iterable<string> {
    this.flush()
    const all = [...this.#readable(() => this.#file.table.ids())].filter(
      ({ msgId }) => !this.#live.has(msgId),
    )
    for (const live of this.#live.values()) all.push(datedId(live))
    return all.sort(bySubmission).map(({ msgId }) => msgId)
  }

  delete(msgIds: Iterable<string>): void {
    this.flush()
    const ids = [...msgIds].filter((id) => this.#live.get(id)?.record.isCompleted !== false)
    for (const id of ids) this.#forget(this.#live.get(id))
    this.#orFresh(() => {
      this.#file.write((table) => table.delete(ids))
      this.#file.shrink()
    })
  }

  whenKept(callback: () => void): void {
    if (this.#soon === undefined) callback()
    else this.#waiting.push(callback)
  }

  flush(): void {
    if (this.#soon !== undefined) clearImmediate(this.#soon)
    clearTimeout(this.#later)
    this.#soon = undefined
    this.#later = undefined
    if (this.#fault === undefined || performance.now() >= this.#fault.retryAtMs) this.#write()
    if (this.#fault !== undefined) this.#writeLater(retryMs)
    const waiting = this.#waiting
    this.#waiting = []
    for (const callback of waiting) callback()
  }

  close(): void {
    this.flush()
    clearTimeout(this.#later)
    this.#later = undefined
    try {
      this.#file.close()
    } catch (error) {
      this.#logger.warn(`${this.#file.path} was not closed in good order: ${messageOf(error)}`)
    }
    this.#owner.release()
  }

  #writeLater(afterMs = changesMs): void {
    this.#later ??= setTimeout(() => this.flush(), afterMs).unref()
  }

  /** A record that had ended and left the memory comes back when something more is heard of it. */
  #liveOf(record: TaskRecord): LiveRecord | undefined {
    const live = this.#live.get(record.msgId)
    if (live !== undefined) return live
    const number = this.#numbers.get(record)
    if (number === undefined) return undefined
    const stored = record.reply instanceof StoredMessage ? 'all' : 'request'
    const again: LiveRecord = { number, record, stored }
    this.#live.set(record.msgId, again)
    return again
  }

  #write(): void {
    if (this.#dirty.size === 0 && this.#fault === undefined) return
    try {
      this.#writeDirty()
    } catch (error) {
      if (!this.#file.replaceIfDamaged(error)) this.#failed(error)
      else this.#beginAnew()
    }
  }

  #writeDirty(): void {
    this.#file.write((table) => {
      for (const live of this.#dirty) this.#writeOne(table, live)
    })
    for (const live of this.#dirty) {
      const { isCompleted } = live.record
      live.stored = isCompleted ? 'all' : 'request'
      if (isCompleted) this.#forget(live)
    }
    this.#dirty.clear()
    if (this.#fault === undefined) return
    const { lost } = this.#fault
    this.#fault = undefined
    const what = lost === 0 ? 'none is lost' : `${lost} are lost`
    this.#logger.info(`records of tasks are written to ${this.#file.path} again; ${what}`)
  }

  #writeOne(table: RecordTable, live: LiveRecord): void {
    try {
      if (live.stored === 'nothing') {
        table.insert(live)
        return
      }
      table.update(live)
      if (live.record.isCompleted && live.stored !== 'all') table.updateReply(live)
    } catch (error) {
      if (!(error instanceof LimitError)) throw error
      table.delete([live.record.msgId])
      this.#logger.warn(`the task ${live.record.msgId} is not recorded: ${error.message}`)
    }
  }

  #forget(live: LiveRecord | undefined): void {
    if (live === undefined) return
    this.#live.delete(live.record.msgId)
    this.#dirty.delete(live)
  }

  /** The file is a new one: what memory has goes into it, as far as it is not in the old one. */
  #beginAnew(): void {
    for (const live of [...this.#live.values()]) {
      live.stored = 'nothing'
      this.#dirty.add(live)
      if (live.record.request instanceof StoredMessage) this.#forget(live)
    }
    try {
      this.#writeDirty()
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    const retryAtMs = performance.now() + retryMs
    if (this.#fault === undefined) {
      this.#fault = { retryAtMs, lost: 0 }
      this.#logger.error(
        `records of tasks cannot be written to ${this.#file.path}: ${messageOf(error)} (is the ` +
          `disk full?). Tasks go on; the latest ${limits.taskRecordsMax} records wait in memory until it can be written`,
      )
    }
    this.#fault.retryAtMs = retryAtMs
    this.#fault.lost += this.#dropOldest()
  }

  /** What cannot be written must not fill the memory. @returns how many it dropped. */
  #dropOldest(): number {
    const ended = [...this.#live.values()].filter(({ record }) => record.isCompleted).reverse()
    let count = 0
    let bytes = 0
    let dropped = 0
    for (const live of ended) {
      count++
      bytes += bytesOf(live.record)
      if (count <= limits.taskRecordsMax && bytes <= limits.taskRecordBytesMax) continue
      this.#forget(live)
      dropped++
    }
    return dropped
  }

  /** Rows of the file and what is in memory, in the order of their numbers. */
  *#merged(rows: () => Iterable<NumberedRecord>): Iterable<NumberedRecord> {
    this.flush()
    const live = [...this.#live.values()].sort((a, b) => a.number - b.number)
    let at = 0
    for (const row of this.#readable(rows)) {
      let isLive = false
      for (; at < live.length && live[at]!.number <= row.number; at++) {
        isLive = live[at]!.number === row.number
        yield live[at]!
      }
      if (!isLive) yield row
    }
    yield* live.slice(at)
  }

  *#readable<T>(rows: () => Iterable<T>): Iterable<T> {
    try {
      yield* rows()
    } catch (error) {
      this.#refuseUnlessDamaged(error)
    }
  }

  #orFresh<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      this.#refuseUnlessDamaged(error)
      return undefined
    }
  }

  /** @throws {RequestError} */
  #refuseUnlessDamaged(error: unknown): void {
    if (this.#file.replaceIfDamaged(error)) {
      this.#beginAnew()
      return
    }
    const evalue = `the records of tasks in ${this.#file.path} cannot be used: ${messageOf(error)}`
    throw new RequestError('OSError', evalue)
  }
}

function bySubmission(a: DatedId, b: DatedId): number {
  if (a.submitted === b.submitted) return a.number - b.number
  return a.submitted < b.submitted ? -1 : 1
}

function bytesOf({ request, reply }: TaskRecord): number {
  let bytes = 0
  if (request instanceof StoredMessage) return bytes
  for (const { length } of request.buffers) bytes += length
  for (const { length } of reply?.buffers ?? []) bytes += length
  return bytes
}
