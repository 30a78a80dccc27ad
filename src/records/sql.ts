import { createRequire } from 'node:module'
import type { Database, Statement } from 'node-sqlite3-wasm'

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
    this.#statement(sql).run(values)
  }

  first(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    const statement = this.#statement(sql)
    const [row] = statement.all(values) as SqlRow[]
    return row
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
    for (const statement of this.#statements.values()) {
      try {
        statement.finalize()
      } catch {
        // It reports once more what its last run has already reported.
      }
    }
    this.#database.close()
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}
