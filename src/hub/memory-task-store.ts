import { limits, Queue } from '../base/mod.ts'
import { Message } from '../jupyter/mod.ts'
import { RecordArchive } from './record-archive.ts'
import { asDate, type TaskQuery } from './task-query.ts'
import { fieldOf, type RecordedMessage, type TaskRecord } from './task-record.ts'
import type { TaskStore } from './task-store.ts'

export interface MemoryTaskStoreOptions {
  /** Ended tasks to remember; default `limits.taskRecordsMax`. */
  readonly recordsMax?: number
  /** Bytes of their buffers and their output; default `limits.taskRecordBytesMax`. */
  readonly bytesMax?: number
  /** The part of the ended tasks, oldest first, that goes when there are too many. Default 0.1. */
  readonly cullFraction?: number
  /** Whose buffers to keep: without a request's, it cannot be submitted again. Default: both. */
  readonly keepBuffers?: 'both' | 'results' | 'none'
}

interface Entry {
  /** Undefined once it is dropped, so that a place in the queue keeps no buffers alive. */
  record: TaskRecord | undefined
  /** Of its buffers and its output, once it has ended. */
  bytes: number
  /** Characters of its output among them. */
  outputChars: number
}

/** Remembers in memory: all that has not ended, and the latest of what has. */
export class MemoryTaskStore implements TaskStore {
  readonly remembers = true
  readonly #recordsMax: number
  readonly #bytesMax: number
  readonly #cullFraction: number
  readonly #keep: 'both' | 'results' | 'none'
  /** In the order of submission. */
  readonly #entries = new Map<string, Entry>()
  /** In the order in which they ended. */
  readonly #ended = new Queue<Entry>()
  readonly #archive = new RecordArchive()
  #endedCount = 0
  #endedBytes = 0

  constructor(options: MemoryTaskStoreOptions = {}) {
    this.#recordsMax = options.recordsMax ?? limits.taskRecordsMax
    this.#bytesMax = options.bytesMax ?? limits.taskRecordBytesMax
    this.#cullFraction = options.cullFraction ?? 0.1
    this.#keep = options.keepBuffers ?? 'both'
  }

  add(record: TaskRecord): void {
    this.#entries.set(record.msgId, { record, bytes: 0, outputChars: 0 })
    if (this.#keep !== 'both') record.request = withoutBuffers(record.request)
  }

  changed(record: TaskRecord): void {
    // The record in the map is the one that has changed.
    const entry = record.isCompleted ? this.#entries.get(record.msgId) : undefined
    if (entry !== undefined) this.#weighOutput(entry, record)
  }

  ended(record: TaskRecord): void {
    const entry = this.#entries.get(record.msgId)
    if (entry === undefined) return
    if (this.#keep === 'none' && record.reply !== undefined) {
      record.reply = withoutBuffers(record.reply)
    }
    entry.bytes = bytesOf(record.request) + bytesOf(record.reply)
    record.request = this.#archive.keep(record.request)
    if (record.reply !== undefined) record.reply = this.#archive.keep(record.reply)
    this.#ended.push(entry)
    this.#endedCount++
    this.#endedBytes += entry.bytes
    this.#weighOutput(entry, record)
  }

  get(msgId: string): TaskRecord | undefined {
    return this.#entries.get(msgId)?.record
  }

  *find(query: TaskQuery): Iterable<TaskRecord> {
    for (const { record } of this.#entries.values()) {
      if (record !== undefined && query.matches(record)) yield record
    }
  }

  ids(): Iterable<string> {
    const dated: { msgId: string; atMicros: number }[] = []
    for (const { record } of this.#entries.values()) {
      if (record === undefined) continue
      const micros = asDate(fieldOf(record, 'submitted'))
      dated.push({ msgId: record.msgId, atMicros: typeof micros === 'number' ? micros : 0 })
    }
    return dated.sort((a, b) => a.atMicros - b.atMicros).map(({ msgId }) => msgId)
  }

  delete(msgIds: Iterable<string>): void {
    for (const id of msgIds) {
      const entry = this.#entries.get(id)
      if (entry?.record?.isCompleted === true) this.#drop(entry, id)
    }
    // Who always purges never has enough to be culled.
    if (this.#ended.size > 2 * this.#endedCount) this.#sweep()
  }

  whenKept(callback: () => void): void {
    callback()
  }

  flush(): void {}
  close(): void {}

  /** What a task has printed may come after its reply. */
  #weighOutput(entry: Entry, { stdout, stderr }: TaskRecord): void {
    const more = stdout.length + stderr.length - entry.outputChars
    entry.outputChars += more
    entry.bytes += more
    this.#endedBytes += more
    if (this.#endedCount > this.#recordsMax || this.#endedBytes > this.#bytesMax) this.#cull()
  }

  /** A part goes at once, as in Python, so that a full store does not pay for every new record. */
  #cull(): void {
    const part = Math.ceil(this.#endedCount * this.#cullFraction)
    const keep = Math.min(this.#endedCount - part, this.#recordsMax)
    while (this.#endedCount > keep || this.#endedBytes > this.#bytesMax) {
      const oldest = this.#ended.shift()!
      if (oldest.record !== undefined) this.#drop(oldest, oldest.record.msgId)
    }
  }

  /** Takes places out of the queue that belong to nobody any more. */
  #sweep(): void {
    const kept = [...this.#ended].filter(({ record }) => record !== undefined)
    this.#ended.clear()
    for (const entry of kept) this.#ended.push(entry)
  }

  #drop(entry: Entry, msgId: string): void {
    this.#entries.delete(msgId)
    this.#endedCount--
    this.#endedBytes -= entry.bytes
    entry.record = undefined
  }
}

function bytesOf(message: RecordedMessage | undefined): number {
  let bytes = 0
  for (const buffer of message?.buffers ?? []) bytes += buffer.length
  return bytes
}

function withoutBuffers(message: RecordedMessage): RecordedMessage {
  if (message.buffers.length === 0) return message
  if (message instanceof Message) return new Message([], message.frames, [])
  const { header, metadata, content } = message
  return { header, metadata, content, buffers: [] }
}
