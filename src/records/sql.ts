export type SqlValue = string | number | Uint8Array | null
export type SqlRow = Readonly<Record<string, SqlValue>>

/** As much of an open database as the store needs. Throws whatever SQLite says. */
export interface Sql {
  /** What this one has to be told besides what all are, as `PRAGMA`s. */
  readonly settings: readonly string[]
  run(sql: string, ...values: SqlValue[]): void
  first(sql: string, ...values: SqlValue[]): SqlRow | undefined
  /** Row by row; other statements may run meanwhile. */
  each(sql: string, ...values: SqlValue[]): Iterable<SqlRow>
  /** Whether a process that opened the file beside this one has taken the log of changes away. */
  readonly lostLog: boolean
  close(): void
}

/** One statement, compiled. Both SQLites have these. */
export interface SqlStatement {
  run(values: readonly SqlValue[]): void
  all(values: readonly SqlValue[]): SqlRow[]
  /** Frees it, which reports once more what its last run has reported. */
  finalize(): void
}

/** Statements by their text: compiling one takes longer than running it. */
export class StatementCache {
  readonly #prepare: (sql: string) => SqlStatement
  readonly #statements = new Map<string, SqlStatement>()

  constructor(prepare: (sql: string) => SqlStatement) {
    this.#prepare = prepare
  }

  use<T>(sql: string, work: (statement: SqlStatement) => T): T {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#prepare(sql)
      this.#statements.set(sql, statement)
    }
    try {
      return work(statement)
    } catch (error) {
      // It would fail with the same error once more, whatever it is given.
      this.#forget(sql)
      throw error
    }
  }

  clear(): void {
    for (const sql of [...this.#statements.keys()]) this.#forget(sql)
  }

  #forget(sql: string): void {
    const statement = this.#statements.get(sql)
    this.#statements.delete(sql)
    try {
      statement?.finalize()
    } catch {
      // Known already.
    }
  }
}
