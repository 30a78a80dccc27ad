import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Database } from 'node-sqlite3-wasm'
import { type Sql, type SqlRow, type SqlValue, StatementCache } from './sql.ts'

/**
 * SQLite in WebAssembly, for Nodes that do not bring their own: nothing to compile, the same on
 * every system. It has no locks that other processes would see, and no memory shared with them.
 */
export class WasmSql implements Sql {
  readonly settings: readonly string[] = [
    // Without shared memory, the log of changes is for one process.
    'locking_mode = EXCLUSIVE',
    // A log that only grows does no harm to those who read it unasked.
    'wal_autocheckpoint = 16384',
  ]
  readonly #log: string
  readonly #database: Database
  readonly #statements: StatementCache
  #hasLog = false

  constructor(path: string) {
    const load = createRequire(import.meta.url)
    const { Database } = load('node-sqlite3-wasm') as typeof import('node-sqlite3-wasm')
    this.#log = `${path}-wal`
    this.#database = new Database(path)
    this.#statements = new StatementCache((sql) => {
      const statement = this.#database.prepare(sql)
      return {
        run: (values) => void statement.run([...values]),
        all: (values) => statement.all([...values]) as SqlRow[],
        finalize: () => statement.finalize(),
      }
    })
  }

  get lostLog(): boolean {
    const isThere = existsSync(this.#log)
    this.#hasLog ||= isThere
    return this.#hasLog && !isThere
  }

  run(sql: string, ...values: SqlValue[]): void {
    this.#statements.use(sql, (statement) => statement.run(values))
  }

  first(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    // All of them: a statement that has not come to its end holds its transaction open.
    return this.#statements.use(sql, (statement) => statement.all(values))[0]
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
    this.#statements.clear()
    this.#database.close()
  }
}
