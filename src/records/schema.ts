import type { Sql } from './sql.ts'

/** The columns of a table of records, which are the fields of a record: people read them, too. */
const columns: Readonly<Record<string, string>> = {
  number: 'INTEGER PRIMARY KEY',
  msg_id: 'TEXT NOT NULL UNIQUE',
  client_uuid: 'TEXT',
  engine_uuid: 'TEXT',
  queue: 'TEXT',
  label: 'TEXT',
  submitted: 'TEXT',
  started: 'TEXT',
  completed: 'TEXT',
  received: 'TEXT',
  resubmitted: 'TEXT',
  header: 'TEXT',
  metadata: 'TEXT',
  content: 'TEXT',
  buffer_lengths: 'TEXT',
  buffers: 'BLOB',
  result_header: 'TEXT',
  result_metadata: 'TEXT',
  result_content: 'TEXT',
  result_buffer_lengths: 'TEXT',
  result_buffers: 'BLOB',
  execute_input: 'TEXT',
  execute_result: 'TEXT',
  error: 'TEXT',
  stdout: 'TEXT',
  stderr: 'TEXT',
}

/** Tables with the same beginning of their name: somebody else's have other columns. */
const tablesMax = 100

/** An identifier as SQL takes it, whatever is in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function columnsOf(sql: Sql, table: string): string[] {
  return [...sql.each(`PRAGMA table_info(${quoted(table)})`)].map(({ name }) => String(name))
}

/**
 * Makes the table, or finds it made. A table of this name that is not ours, such as Python's, is
 * left alone and another name is taken, as Python does.
 * @returns its name.
 */
export function prepareTable(sql: Sql, wanted: string): string {
  const ours = Object.keys(columns).join()
  for (let i = 0; i < tablesMax; i++) {
    const table = i === 0 ? wanted : `${wanted}_${i}`
    const found = columnsOf(sql, table)
    if (found.length > 0 && found.join() !== ours) continue
    if (found.length === 0) createTable(sql, table)
    return table
  }
  throw new Error(`there are ${tablesMax} tables like ${wanted}, and none has the right columns`)
}

function createTable(sql: Sql, table: string): void {
  const list = Object.entries(columns).map(([name, type]) => `${name} ${type}`)
  sql.run(`CREATE TABLE ${quoted(table)} (${list.join(', ')})`)
  for (const column of ['engine_uuid', 'submitted']) {
    sql.run(`CREATE INDEX ${quoted(`${table} ${column}`)} ON ${quoted(table)} (${column})`)
  }
  sql.run(
    `CREATE TABLE ${quoted(partsTable(table))} (number INTEGER, side INTEGER, part INTEGER, ` +
      'data BLOB, PRIMARY KEY (number, side, part))',
  )
}

/** Where the pieces of large buffers are. */
export function partsTable(table: string): string {
  return `${table} parts`
}
