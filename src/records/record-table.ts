import { LimitError, limits, messageOf, text, utf8 } from '../base/mod.ts'
import { asDate, fieldOf, RequestError, type TaskQuery, TaskRecord } from '../hub/mod.ts'
import type { JsonValue } from '../jupyter/mod.ts'
import { BufferTable, type Side } from './buffer-table.ts'
import { narrowed, storedDate } from './narrow-query.ts'
import { partsTable, quoted } from './schema.ts'
import type { Sql, SqlRow, SqlValue } from './sql.ts'
import { type MessageParts, partsOf, StoredMessage } from './stored-message.ts'

export interface NumberedRecord {
  /** Its place in the order of submission. */
  readonly number: number
  readonly record: TaskRecord
}

/** The id of a task with what its place depends on. */
export interface DatedId {
  readonly msgId: string
  /** As text that sorts. */
  readonly submitted: string
  readonly number: number
}

export function datedId({ number, record }: NumberedRecord): DatedId {
  const submitted = dateColumn(fieldOf(record, 'submitted')) ?? ''
  return { msgId: record.msgId, submitted, number }
}

/** Columns of text that may hold anything, a zero byte too, which SQLite's strings end at. */
const byteColumns = [
  'msg_id',
  'client_uuid',
  'engine_uuid',
  'label',
  'resubmitted',
  'header',
  'metadata',
  'content',
  'result_header',
  'result_metadata',
  'result_content',
  'execute_input',
  'execute_result',
  'error',
  'stdout',
  'stderr',
]
const selected = [
  'number, queue, received',
  ...byteColumns.map((name) => `CAST(${name} AS BLOB) AS ${name}`),
].join(', ')

/** Columns that are written together. */
type Group = 'request' | 'shown' | 'reply'

const groups: Readonly<Record<Group, readonly string[]>> = {
  /** What does not change any more. */
  request: [
    'msg_id',
    'client_uuid',
    'queue',
    'label',
    'submitted',
    'buffer_lengths',
    'buffers',
    'header',
    'metadata',
    'content',
  ],
  /** What changes on the way and after the end. */
  shown: [
    'engine_uuid',
    'resubmitted',
    'execute_input',
    'execute_result',
    'error',
    'stdout',
    'stderr',
  ],
  /** What the end brings. */
  reply: [
    'started',
    'completed',
    'received',
    'result_buffer_lengths',
    'result_buffers',
    'result_header',
    'result_metadata',
    'result_content',
  ],
}

const place = (column: string) => (byteColumns.includes(column) ? 'CAST(? AS TEXT)' : '?')

function insertion(table: string, ...written: Group[]): string {
  const columns = written.flatMap((group) => groups[group])
  return (
    `INSERT OR REPLACE INTO ${table} (number, ${columns.join(', ')}) ` +
    `VALUES (?, ${columns.map(place).join(', ')})`
  )
}

function updating(table: string, group: Group): string {
  const list = groups[group].map((column) => `${column} = ${place(column)}`)
  return `UPDATE ${table} SET ${list.join(', ')} WHERE number = ?`
}

/** The records of tasks as rows of one table. Throws what SQLite throws. */
export class RecordTable {
  readonly #sql: Sql
  readonly #table: string
  readonly #parts: string
  readonly #buffers: BufferTable
  readonly #insertBegun: string
  readonly #insertEnded: string
  readonly #updates: Readonly<Record<'shown' | 'reply', string>>

  constructor(sql: Sql, table: string) {
    this.#sql = sql
    this.#table = quoted(table)
    this.#parts = quoted(partsTable(table))
    this.#buffers = new BufferTable(sql, table)
    this.#buffers.sweep()
    this.#insertBegun = insertion(this.#table, 'request', 'shown')
    this.#insertEnded = insertion(this.#table, 'request', 'shown', 'reply')
    this.#updates = {
      shown: updating(this.#table, 'shown'),
      reply: updating(this.#table, 'reply'),
    }
  }

  get lastNumber(): number {
    const row = this.#sql.first(`SELECT max(number) AS last FROM ${this.#table}`)
    return Number(row?.['last'] ?? 0)
  }

  /** Writes all of a record that the table does not have, or that it has half of. */
  insert(numbered: NumberedRecord): void {
    const { number, record } = numbered
    const { isCompleted } = record
    this.#write(
      isCompleted ? this.#insertEnded : this.#insertBegun,
      number,
      ...this.#valuesOf('request', numbered),
      ...this.#valuesOf('shown', numbered),
      ...(isCompleted ? this.#valuesOf('reply', numbered) : []),
    )
  }

  /** Writes what may have changed. */
  update(numbered: NumberedRecord): void {
    this.#update('shown', numbered)
  }

  /** Writes the reply of a task that has ended. */
  updateReply(numbered: NumberedRecord): void {
    this.#update('reply', numbered)
  }

  get(msgId: string): NumberedRecord | undefined {
    const row = this.#sql.first(
      `SELECT ${selected} FROM ${this.#table} WHERE msg_id = CAST(? AS TEXT)`,
      utf8(msgId),
    )
    return row === undefined ? undefined : this.#read(row)
  }

  /** All that a query may want, in their order; some that it does not want may be among them. */
  *find(query: TaskQuery): Iterable<NumberedRecord> {
    const { where, values } = narrowed(query)
    const sql = `SELECT ${selected} FROM ${this.#table} WHERE ${where} ORDER BY number`
    for (const row of this.#sql.each(sql, ...values)) yield this.#read(row)
  }

  *ids(): Iterable<DatedId> {
    const sql = `SELECT number, msg_id, submitted FROM ${this.#table} ORDER BY submitted, number`
    for (const { number, msg_id, submitted } of this.#sql.each(sql)) {
      yield { number: Number(number), msgId: String(msg_id), submitted: String(submitted ?? '') }
    }
  }

  delete(msgIds: readonly string[]): void {
    const which = `(SELECT value FROM json_each(?))`
    const list = JSON.stringify(msgIds)
    this.#sql.run(
      `DELETE FROM ${this.#parts} WHERE number IN ` +
        `(SELECT number FROM ${this.#table} WHERE msg_id IN ${which})`,
      list,
    )
    this.#sql.run(`DELETE FROM ${this.#table} WHERE msg_id IN ${which}`, list)
  }

  #update(group: 'shown' | 'reply', numbered: NumberedRecord): void {
    this.#write(this.#updates[group], ...this.#valuesOf(group, numbered), numbered.number)
  }

  /** @throws {LimitError} for more than SQLite can be trusted with: it ends when memory does. */
  #write(sql: string, ...values: SqlValue[]): void {
    let bytes = 0
    for (const value of values) if (value instanceof Uint8Array) bytes += value.length
    if (bytes > limits.storedRecordBytesMax) {
      throw new LimitError(`${bytes} bytes are more than a record may have`)
    }
    this.#sql.run(sql, ...values)
  }

  /** In the order of `groups`. */
  #valuesOf(group: Group, { number, record }: NumberedRecord): SqlValue[] {
    switch (group) {
      case 'request': {
        const { request } = record
        const label = fieldOf(record, 'label')
        const { lengths, bytes } = this.#buffers.write(number, 'request', request.buffers)
        const { header, metadata, content } = partsOf(request)
        return [
          utf8(record.msgId),
          utf8(request.header.session),
          record.channel,
          textColumn(label),
          dateColumn(fieldOf(record, 'submitted')),
          lengths,
          bytes,
          header,
          metadata,
          content,
        ]
      }
      case 'shown':
        return [
          textColumn(record.engineUuid),
          textColumn(record.resubmitted),
          jsonColumn(record.executeInput),
          jsonColumn(record.executeResult),
          jsonColumn(record.error),
          utf8(record.stdout),
          utf8(record.stderr),
        ]
      case 'reply': {
        const { reply, receivedMs } = record
        const { lengths, bytes } = this.#buffers.write(number, 'result', reply!.buffers)
        const { header, metadata, content } = partsOf(reply!)
        return [
          dateColumn(fieldOf(record, 'started')),
          dateColumn(fieldOf(record, 'completed')),
          receivedMs === undefined ? null : storedDate(Math.round(receivedMs * 1000)),
          lengths,
          bytes,
          header,
          metadata,
          content,
        ]
      }
    }
  }

  #read(row: SqlRow): NumberedRecord {
    const number = Number(row['number'])
    const request = new StoredMessage(partsIn(row, ''), () => this.#buffersOf(number, 'request'))
    const record = new TaskRecord(request, row['queue'] === 'mux' ? 'mux' : 'task')
    record.engineUuid = textIn(row['engine_uuid'])
    record.resubmitted = textIn(row['resubmitted'])
    record.executeInput = jsonIn(row['execute_input'])
    record.executeResult = jsonIn(row['execute_result'])
    record.error = jsonIn(row['error'])
    record.stdout = text(bytesIn(row['stdout']))
    record.stderr = text(bytesIn(row['stderr']))
    if (row['result_header'] !== null) {
      const readBuffers = () => this.#buffersOf(number, 'result')
      record.reply = new StoredMessage(partsIn(row, 'result_'), readBuffers)
      const micros = asDate(String(row['received']))
      if (typeof micros === 'number') record.receivedMs = (micros + 0.5) / 1000
    }
    return { number, record }
  }

  /** They are read when a client wants them, which is to hear when that does not work. */
  #buffersOf(number: number, side: Side): readonly Uint8Array[] {
    try {
      return this.#buffers.read(number, side)
    } catch (error) {
      throw new RequestError('OSError', `the buffers cannot be read: ${messageOf(error)}`)
    }
  }
}

function bytesIn(value: SqlValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0)
}

function partsIn(row: SqlRow, prefix: '' | 'result_'): MessageParts {
  return {
    header: bytesIn(row[`${prefix}header`]),
    metadata: bytesIn(row[`${prefix}metadata`]),
    content: bytesIn(row[`${prefix}content`]),
  }
}

function textIn(value: SqlValue | undefined): string | null {
  return value instanceof Uint8Array ? text(value) : null
}

function textColumn(value: JsonValue): Uint8Array | null {
  return typeof value === 'string' ? utf8(value) : null
}

function jsonColumn(value: JsonValue): Uint8Array | null {
  return value === null ? null : utf8(JSON.stringify(value))
}

function jsonIn(value: SqlValue | undefined): JsonValue {
  return value instanceof Uint8Array ? (JSON.parse(text(value)) as JsonValue) : null
}

/** Dates in one form sort as text; what is none is kept as it is. */
function dateColumn(value: JsonValue): string | null {
  if (typeof value !== 'string') return null
  const micros = asDate(value)
  return typeof micros === 'number' ? storedDate(micros) : value
}
