import { limits } from '../base/mod.ts'
import { type Header, isObject, type JsonObject } from '../jupyter/mod.ts'
import { TaskLists } from './task-lists.ts'
import { fieldOf, type RecordedMessage, type TaskChannel, TaskRecord } from './task-record.ts'
import type { TaskStore } from './task-store.ts'

/**
 * Follows every direct and load-balanced task from its request to its reply, and says who has
 * what. Source: protocol reference §13.1, without traps T9, T10, T14.
 */
export class TaskLedger {
  readonly store: TaskStore
  readonly #pending = new Map<string, TaskRecord>()
  /** Load-balanced tasks that no engine has. */
  readonly #unassigned = new Map<string, TaskRecord>()
  readonly #lists = new Map<string, TaskLists>()

  constructor(store: TaskStore) {
    this.store = store
  }

  /** Load-balanced tasks that no engine has, by id. */
  get unassigned(): ReadonlyMap<string, TaskRecord> {
    return this.#unassigned
  }

  isPending(msgId: string): boolean {
    return this.#pending.has(msgId)
  }

  /** What an engine has and had to do; empty for one that was never given anything. */
  listsOf(engineUuid: string): TaskLists {
    return this.#lists.get(engineUuid) ?? new TaskLists()
  }

  /** A client has asked for a task; a direct one goes to its engine at once. */
  submitted(request: RecordedMessage, channel: TaskChannel, engineUuid?: string): void {
    const record = new TaskRecord(request, channel)
    // Sent again by a client that does not know whether it arrived: what is known stays.
    if (this.isPending(record.msgId) || this.#hasEnded(record.msgId)) return
    this.#pending.set(record.msgId, record)
    if (engineUuid === undefined) {
      this.#unassigned.set(record.msgId, record)
    } else {
      record.engineUuid = engineUuid
      this.#listsFor(engineUuid).direct.set(record.msgId, record)
    }
    this.store.add(record)
  }

  /** A load-balanced task was sent to an engine. */
  assigned(msgId: string, engineUuid: string): void {
    const record = this.#pending.get(msgId)
    if (record === undefined) return
    this.#unassigned.delete(msgId)
    record.engineUuid = engineUuid
    this.#listsFor(engineUuid).balanced.set(msgId, record)
    this.store.changed(record)
  }

  /** It has come back from its engine and will run again. */
  returned(msgId: string): void {
    const record = this.#pending.get(msgId)
    if (record === undefined) return
    this.#takeFromEngine(record)
    record.engineUuid = null
    this.#unassigned.set(msgId, record)
    this.store.changed(record)
  }

  /** The task has ended; the first reply counts. `receivedMs`: since 1970. */
  ended(msgId: string, reply: RecordedMessage, receivedMs: number): void {
    const record = this.#pending.get(msgId)
    if (record === undefined) return
    this.#pending.delete(msgId)
    this.#unassigned.delete(msgId)
    this.#takeFromEngine(record)
    record.reply = reply
    record.receivedMs = receivedMs
    const content = fieldOf(record, 'result_content')
    const isAborted = isObject(content) && content['status'] === 'aborted'
    if (record.engineUuid === null) record.engineUuid = ''
    else if (!isAborted) this.#lists.get(record.engineUuid)?.complete(msgId)
    this.store.ended(record)
  }

  /**
   * A task has ended that was sent through the controller whose place this one took: its client
   * will ask for it. What that controller has recorded of it stays.
   * @throws {ContentError} when the reply cannot be read; then nothing has changed.
   */
  endedUnseen(request: Header, reply: RecordedMessage, channel: TaskChannel, atMs: number): void {
    if (this.isPending(request.msgId)) return
    let record = this.store.get(request.msgId)
    if (record?.isCompleted === true) return
    const { header, content } = reply
    // Its client, or that controller's wish, may still want another attempt at it.
    const isFinal = content['status'] === 'ok' || record?.request.metadata['retries'] === 0
    if (channel === 'task' && !isFinal) return
    if (record === undefined) {
      const parts = { metadata: {}, content: {}, buffers: [] }
      record = new TaskRecord({ header: request, ...parts }, channel)
      this.store.add(record)
    }
    record.engineUuid = header.session
    record.reply = reply
    record.receivedMs = atMs
    this.store.ended(record)
  }

  /** Notes down on a second task that it is the first one's next life. */
  resubmitted(msgId: string, newId: string): void {
    const record = this.store.get(msgId)
    if (record === undefined) return
    record.resubmitted = newId
    this.store.changed(record)
  }

  /** An engine has left: its direct tasks, which nobody will answer, and its lists go. */
  engineLeft(engineUuid: string): TaskRecord[] {
    const lists = this.#lists.get(engineUuid)
    this.#lists.delete(engineUuid)
    return lists === undefined ? [] : [...lists.direct.values()]
  }

  /** A task has shown something on iopub. */
  shown(parentId: string, msgType: string, content: JsonObject): void {
    const record = this.#pending.get(parentId) ?? this.store.get(parentId)
    if (record === undefined) return
    switch (msgType) {
      case 'stream': {
        const { name, text } = content
        if (typeof text !== 'string') return
        if (name === 'stdout') record.stdout = appended(record.stdout, text)
        else if (name === 'stderr') record.stderr = appended(record.stderr, text)
        break
      }
      case 'error':
        record.error = content
        break
      case 'execute_input':
        record.executeInput = content['code'] ?? null
        break
      case 'execute_result':
        record.executeResult = content
        break
      default:
        return
    }
    this.store.changed(record)
  }

  #hasEnded(msgId: string): boolean {
    return this.store.get(msgId)?.isCompleted === true
  }

  #takeFromEngine(record: TaskRecord): void {
    if (record.engineUuid === null) return
    const lists = this.#lists.get(record.engineUuid)
    lists?.direct.delete(record.msgId)
    lists?.balanced.delete(record.msgId)
  }

  #listsFor(engineUuid: string): TaskLists {
    let lists = this.#lists.get(engineUuid)
    if (lists === undefined) {
      lists = new TaskLists()
      this.#lists.set(engineUuid, lists)
    }
    return lists
  }
}

/** Old output gives way to new; cut rarely, because cutting copies. */
function appended(shown: string, text: string): string {
  const all = shown + text
  const max = limits.outputBytesMax
  return all.length > max * 1.25 ? all.slice(-max) : all
}
