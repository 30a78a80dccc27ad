import { basename, dirname, extname, join } from 'node:path'
import { ArgumentError, type Logger, messageOf } from '../base/mod.ts'
import type { TaskStore } from '../hub/mod.ts'
import { FileOwner } from './file-owner.ts'
import { NodeSql, nodeSqlite } from './node-sql.ts'
import { RecordFile } from './record-file.ts'
import type { Sql } from './sql.ts'
import { SqliteTaskStore } from './sqlite-task-store.ts'
import { WasmSql } from './wasm-sql.ts'

export interface SqliteTaskStoreOptions {
  /** The file, which is made if it is not there, as its folder is. */
  readonly path: string
  readonly table: string
  readonly logger: Logger
  /** Whether a process of this machine runs: one that has the file and does not run has lost it. */
  readonly isAlive: (pid: number) => boolean
  /** Default: the SQLite of this Node, or one in WebAssembly. */
  readonly open?: (path: string) => Sql
}

/** Controllers that may want the same file at a time. */
const sharersMax = 100

/**
 * Opens the records of tasks of earlier controllers, to go on with them. When another controller
 * has the file, the next free one beside it is taken; a damaged file is set aside.
 * @throws {ArgumentError} when there can be no such file there.
 */
export function openSqliteTaskStore(options: SqliteTaskStoreOptions): TaskStore {
  const { table, logger, isAlive, open = openSql } = options
  for (let i = 1; i <= sharersMax; i++) {
    const path = i === 1 ? options.path : numbered(options.path, i)
    let owner: FileOwner | undefined
    try {
      owner = FileOwner.of(path, isAlive)
      if (owner === undefined) continue
      const file = new RecordFile({ path, table, logger, open })
      if (i > 1) logger.warn(`another controller has ${options.path}: records go to ${path}`)
      return new SqliteTaskStore(file, logger, owner)
    } catch (cause) {
      owner?.release()
      const text = `records of tasks cannot be kept in ${path}: ${messageOf(cause)}`
      throw new ArgumentError(`${text}; choose another place with SQLiteDB.location`, { cause })
    }
  }
  throw new ArgumentError(`${sharersMax} controllers have ${options.path} and the files beside it`)
}

/** `tasks-2.db` */
function numbered(path: string, number: number): string {
  const extension = extname(path)
  return join(dirname(path), `${basename(path, extension)}-${number}${extension}`)
}

function openSql(path: string): Sql {
  const sqlite = nodeSqlite()
  return sqlite === undefined ? new WasmSql(path) : new NodeSql(sqlite, path)
}
