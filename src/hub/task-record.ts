import {
  ContentError,
  type Header,
  headerObject,
  isoDate,
  type JsonObject,
  type JsonValue,
} from '../jupyter/mod.ts'

/** A request or a reply as it is remembered; a received `Message` is one. Reading it may parse it. */
export interface RecordedMessage {
  readonly header: Header
  readonly metadata: JsonObject
  readonly content: JsonObject
  readonly buffers: readonly Uint8Array[]
}

/** By which channel a task came. */
export type TaskChannel = 'mux' | 'task'

/** What the hub knows of one task. Nothing in here is copied or parsed before it is asked for. */
export class TaskRecord {
  readonly msgId: string
  request: RecordedMessage
  readonly channel: TaskChannel
  /** Null while no engine has it; empty when it ended without one. */
  engineUuid: string | null = null
  /** Set once it has ended. */
  reply: RecordedMessage | undefined
  /** When the reply came, in milliseconds since 1970. */
  receivedMs: number | undefined
  /** The id of its second life. */
  resubmitted: string | null = null
  executeInput: JsonValue = null
  executeResult: JsonValue = null
  error: JsonValue = null
  stdout = ''
  stderr = ''

  constructor(request: RecordedMessage, channel: TaskChannel) {
    this.msgId = request.header.msgId
    this.request = request
    this.channel = channel
  }

  get isCompleted(): boolean {
    return this.reply !== undefined
  }
}

type Reader = (record: TaskRecord) => JsonValue

/** The fields of a record under the names that queries use. Source: protocol reference §13.1. */
const readers: Readonly<Record<string, Reader>> = {
  msg_id: (record) => record.msgId,
  header: (record) => headerObject(record.request.header),
  content: (record) => record.request.content,
  metadata: (record) => record.request.metadata,
  submitted: (record) => record.request.header.date || null,
  client_uuid: (record) => record.request.header.session,
  engine_uuid: (record) => record.engineUuid,
  started: (record) => record.reply?.metadata['started'] ?? null,
  completed: (record) => (record.reply === undefined ? null : record.reply.header.date),
  resubmitted: (record) => record.resubmitted,
  received: (record) => receivedAt(record),
  result_header: (record) =>
    record.reply === undefined ? null : headerObject(record.reply.header),
  result_metadata: (record) => record.reply?.metadata ?? null,
  result_content: (record) => record.reply?.content ?? null,
  queue: (record) => record.channel,
  execute_input: (record) => record.executeInput,
  execute_result: (record) => record.executeResult,
  error: (record) => record.error,
  stdout: (record) => record.stdout,
  stderr: (record) => record.stderr,
  label: (record) => record.request.metadata['label'] ?? null,
}

/** When the reply came, as ISO 8601; null when it has not. */
export function receivedAt({ receivedMs }: TaskRecord): string | null {
  return receivedMs === undefined ? null : isoDate(receivedMs)
}

/** The fields that travel as buffers of their own. */
export const bufferFields: readonly string[] = ['buffers', 'result_buffers']

/** Every field that JSON can hold. */
export const fieldNames: readonly string[] = Object.keys(readers)

/** The fields that hold a moment, as ISO 8601. */
export const dateFields: ReadonlySet<string> = new Set([
  'submitted',
  'started',
  'completed',
  'received',
])

export function isField(name: string): boolean {
  return Object.hasOwn(readers, name) || bufferFields.includes(name)
}

/** The value of a field; null for buffers, for what there is not, and for what cannot be read. */
export function fieldOf(record: TaskRecord, name: string): JsonValue {
  if (!Object.hasOwn(readers, name)) return null
  try {
    return readers[name]!(record)
  } catch (error) {
    // Signed by a peer that has the key, relayed unread, and no JSON.
    if (error instanceof ContentError) return null
    throw error
  }
}
