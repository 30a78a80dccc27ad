import { concat } from '../base/mod.ts'
import { partsTable, quoted } from './schema.ts'
import type { Sql, SqlValue } from './sql.ts'

/** Bytes that stand in a record's own row; a row that is much larger makes all reading slow. */
const inlineMax = 16_384
/** Bytes of one piece: SQLite, which has its own memory, holds one or two at a time. */
const partBytes = 1_048_576

/** Whose buffers: in the columns `buffers` and `result_buffers`. */
export type Side = 'request' | 'result'

/** Buffers as two columns of a record's row: their lengths, and all of them as one, if short. */
export interface InlineBuffers {
  readonly lengths: SqlValue
  readonly bytes: SqlValue
}

/** The buffers of records: short ones in the record's row, long ones in pieces beside it. */
export class BufferTable {
  readonly #sql: Sql
  readonly #table: string
  readonly #parts: string

  constructor(sql: Sql, table: string) {
    this.#sql = sql
    this.#table = quoted(table)
    this.#parts = quoted(partsTable(table))
  }

  /** Removes pieces without a record: those of one that has been replaced. */
  sweep(): void {
    this.#sql.run(
      `DELETE FROM ${this.#parts} WHERE number NOT IN (SELECT number FROM ${this.#table})`,
    )
  }

  /** Writes the pieces, if there are to be some; the rest is for the record's row. */
  write(number: number, side: Side, buffers: readonly Uint8Array[]): InlineBuffers {
    let bytes = 0
    for (const { length } of buffers) bytes += length
    const lengths = JSON.stringify(buffers.map(({ length }) => length))
    if (bytes <= inlineMax) return { lengths, bytes: concat(buffers) }
    let part = 0
    for (const buffer of buffers) {
      for (let at = 0; at < buffer.length; at += partBytes) {
        this.#sql.run(
          `INSERT OR REPLACE INTO ${this.#parts} VALUES (?, ?, ?, ?)`,
          number,
          sideNumber(side),
          part++,
          buffer.subarray(at, at + partBytes),
        )
      }
    }
    return { lengths, bytes: null }
  }

  read(number: number, side: Side): Uint8Array[] {
    const prefix = side === 'request' ? '' : 'result_'
    const row = this.#sql.first(
      `SELECT ${prefix}buffer_lengths AS lengths, ${prefix}buffers AS bytes ` +
        `FROM ${this.#table} WHERE number = ?`,
      number,
    )
    if (typeof row?.['lengths'] !== 'string') return []
    const lengths = JSON.parse(row['lengths']) as number[]
    const whole = row['bytes'] instanceof Uint8Array ? row['bytes'] : this.#readParts(number, side)
    let at = 0
    return lengths.map((length) => {
      at += length
      return whole.subarray(at - length, at)
    })
  }

  #readParts(number: number, side: Side): Uint8Array {
    const rows = this.#sql.each(
      `SELECT data FROM ${this.#parts} WHERE number = ? AND side = ? ORDER BY part`,
      number,
      sideNumber(side),
    )
    return concat([...rows].map(({ data }) => data as Uint8Array))
  }
}

function sideNumber(side: Side): number {
  return side === 'request' ? 0 : 1
}
