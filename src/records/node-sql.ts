import { type Sql, type SqlRow, type SqlValue, StatementCache } from './sql.ts'

/** As much of `node:sqlite` as is used. The types of the oldest Node that has to do lack it. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => DatabaseSync
}
interface DatabaseSync {
  prepare(sql: string): StatementSync
  close(): void
}
interface StatementSync {
  run(...values: readonly SqlValue[]): unknown
  all(...values: readonly SqlValue[]): SqlRow[]
  iterate(...values: readonly SqlValue[]): Iterable<SqlRow>
}

/** The SQLite of this Node, which has one from 22.13 on. */
export function nodeSqlite(): NodeSqlite | undefined {
  const { emitWarning } = process
  // Its API is called experimental, and those who only want their records need not hear of it.
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule('node:sqlite' as 'node:fs') as unknown as NodeSqlite | undefined
  } finally {
    process.emitWarning = emitWarning
  }
}

/** The SQLite that comes with Node: others may read the file meanwhile. */
export class NodeSql implements Sql {
  readonly settings: readonly string[] = ['busy_timeout = 100', 'wal_autocheckpoint = 4000']
  readonly lostLog = false
  readonly #database: DatabaseSync
  readonly #statements: StatementCache

  constructor(sqlite: NodeSqlite, path: string) {
    this.#database = new sqlite.DatabaseSync(path)
    this.#statements = new StatementCache((sql) => {
      const statement = this.#database.prepare(sql)
      return {
        run: (values) => void statement.run(...values.map(bindable)),
        all: (values) => statement.all(...values.map(bindable)),
        finalize: () => {},
      }
    })
  }

  run(sql: string, ...values: SqlValue[]): void {
    this.#statements.use(sql, (statement) => statement.run(values))
  }

  first(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.#statements.use(sql, (statement) => statement.all(values))[0]
  }

  each(sql: string, ...values: SqlValue[]): Iterable<SqlRow> {
    return this.#database.prepare(sql).iterate(...values.map(bindable))
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }
}

/** Node binds an empty array of bytes as null; an empty text stands for the same. */
function bindable(value: SqlValue): SqlValue {
  return value instanceof Uint8Array && value.length === 0 ? '' : value
}
