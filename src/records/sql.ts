import { createRequire } from 'node:module'
import type { Database, Statement } from 'node-sqlite3-wasm'
import { LimitError, limits } from '../base/mod.ts'

export type SqlValue = string | number | Uint8Array | null
export type SqlRow = Readonly<Record<string, SqlValue>>

/** As much of a database as the store needs: what a test can put something else in the place of. */
export interface Sql {
  /** @throws whatever SQLite says. */
  run(sql: string, ...values: SqlValue[]): void
  first(sql: string, ...values: SqlValue[]): SqlRow | undefined
  /** Row by row; other statements may run meanwhile. */
  each(sql: string, ...values: SqlValue[]): Iterable<SqlRow>
  close(): void
}

/** A file of SQLite's, through SQLite in WebAssembly: nothing to compile, the same on every system. */
export class SqlFile implements Sql {
  readonly #database: Database
  /** By their text: compiling one takes longer than running it. */
  readonly #statements = new Map<string, Statement>()

  constructor(path: string) {
    const load = createRequire(import.meta.url)
    const { Database } = load('node-sqlite3-wasm') as typeof import('node-sqlite3-wasm')
    this.#database = new Database(path)
  }

  run(sql: string, ...values: SqlValue[]): void {
    refuseWhatIsTooLarge(values)
    this.#prepared(sql, (statement) => statement.run(values))
  }

  first(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    // All of them: a statement that has not come to its end holds its transaction open.
    return this.#prepared(sql, (statement) => statement.all(values) as SqlRow[])[0]
  }

  *each(sql: string, ...values: SqlValue[]): Iterable<SqlRow> {
    const statement = this.#database.prepare(sql)
    try {
      yield* statement.iterate(values) as Iterable<SqlRow>
    } finally {
      statement.finalize()
    }
  }

  close(): void {
    for (const sql of [...this.#statements.keys()]) this.#forget(sql)
    this.#database.close()
  }

  #prepared<T>(sql: string, use: (statement: Statement) => T): T {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    try {
      return use(statement)
    } catch (error) {
      // It would fail with the same error once more, whatever it is given.
      this.#forget(sql)
      throw error
    }
  }

  #forget(sql: string): void {
    const statement = this.#statements.get(sql)
    this.#statements.delete(sql)
    try {
      statement?.finalize()
    } catch {
      // It reports once more what its last run has reported.
    }
  }
}

/** SQLite's memory ends somewhere, and what is there is written over when it cannot grow. */
function refuseWhatIsTooLarge(values: readonly SqlValue[]): void {
  let bytes = 0
  for (const value of values) if (value instanceof Uint8Array) bytes += value.length
  if (bytes <= limits.storedRecordBytesMax) return
  throw new LimitError(`${bytes} bytes are more than a record may have`)
}
