import { chmodSync, closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs'
import { type Logger, messageOf } from '../base/mod.ts'
import { RecordTable } from './record-table.ts'
import { prepareTable } from './schema.ts'
import type { Sql } from './sql.ts'

/** How SQLite says that the file is no database, or not a whole one. */
const damage = /malformed|not a database|corrupt/i

/** What comes with a database besides its main file. */
const companions = ['-wal', '-shm', '-journal']

export interface RecordFileOptions {
  readonly path: string
  readonly table: string
  readonly logger: Logger
  readonly open: (path: string) => Sql
}

/** A database with a table of records. A damaged one is set aside and begun anew. */
export class RecordFile {
  readonly path: string
  readonly #options: RecordFileOptions
  #sql!: Sql
  #table!: RecordTable

  /** @throws whatever the file system or SQLite says, but never for damage. */
  constructor(options: RecordFileOptions) {
    this.path = options.path
    this.#options = options
    try {
      this.#open()
    } catch (error) {
      if (!this.#setAside(error)) throw error
    }
  }

  get table(): RecordTable {
    return this.#table
  }

  /** All or nothing. @throws whatever SQLite says. */
  write(work: (table: RecordTable) => void): void {
    if (this.#sql.lostLog) {
      this.close()
      this.#open()
    }
    this.#sql.run('BEGIN IMMEDIATE')
    try {
      work(this.#table)
      this.#sql.run('COMMIT')
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  /** @returns whether the error was damage, and the file is a new, empty one now. */
  replaceIfDamaged(error: unknown): boolean {
    try {
      return this.#setAside(error)
    } catch {
      return false
    }
  }

  /** Gives space that nothing needs any more back, of a moderate amount at a time. */
  shrink(): void {
    this.#sql.first('PRAGMA incremental_vacuum(10000)')
  }

  /** Leaves one plain file, which any tool can open. */
  close(): void {
    this.#sql.first('PRAGMA journal_mode = DELETE')
    this.#sql.close()
  }

  #open(): void {
    const { path, table, open } = this.#options
    // Records hold what people compute, so nobody else gets to read the file.
    closeSync(openSync(path, 'a', 0o600))
    const sql = open(path)
    try {
      prepare(sql)
      this.#table = new RecordTable(sql, prepareTable(sql, table))
    } catch (error) {
      closeQuietly(sql)
      throw error
    }
    this.#sql = sql
    // Windows has no such modes, and may refuse to touch what SQLite has open.
    for (const companion of process.platform === 'win32' ? [] : companions) {
      if (existsSync(path + companion)) chmodSync(path + companion, 0o600)
    }
  }

  #setAside(error: unknown): boolean {
    const reason = messageOf(error)
    if (!damage.test(reason)) return false
    const { path, logger } = this.#options
    if (this.#sql !== undefined) closeQuietly(this.#sql)
    const aside = unusedName(path)
    renameSync(path, aside)
    for (const companion of companions) {
      if (existsSync(path + companion)) renameSync(path + companion, aside + companion)
    }
    rmSync(`${path}.lock`, { recursive: true, force: true })
    logger.error(
      `the records of tasks in ${path} are damaged (${reason}): they are kept as ${aside}, and a ` +
        'new file is begun',
    )
    this.#open()
    return true
  }

  #rollBack(): void {
    try {
      this.#sql.run('ROLLBACK')
    } catch {
      // SQLite has done so by itself, as it does when the disk is full.
    }
  }
}

/**
 * Killing the process loses nothing that was committed; a power cut may lose the last of it, and
 * does not damage the file.
 */
function prepare(sql: Sql): void {
  for (const setting of [
    ...sql.settings,
    'auto_vacuum = INCREMENTAL',
    'journal_mode = WAL',
    'synchronous = NORMAL',
    'temp_store = MEMORY',
  ]) {
    sql.first(`PRAGMA ${setting}`)
  }
  const verdict = sql.first('PRAGMA quick_check(1)')?.['quick_check']
  if (verdict === 'ok') return
  throw new Error(`the file is malformed: ${String(verdict).replaceAll(/\s+/g, ' ')}`)
}

function closeQuietly(sql: Sql): void {
  try {
    sql.close()
  } catch {
    // A damaged one may not close in good order.
  }
}

function unusedName(path: string): string {
  for (let i = 1; ; i++) {
    const name = `${path}.damaged-${i}`
    if (!existsSync(name)) return name
  }
}
