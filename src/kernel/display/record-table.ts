import { inspect } from 'node:util'
import { limits } from '../../base/mod.ts'

/** Rows and columns of a value, without copying it. */
interface Table {
  readonly columns: readonly string[]
  readonly rowCount: number
  cell(row: number, column: string): unknown
  /** Whether the row has the column at all. */
  has(row: number, column: string): boolean
}

type PlainObject = Readonly<Record<string, unknown>>

function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** Whether reading the object's properties runs code of the user. */
function hasAccessor(value: PlainObject): boolean {
  return Object.values(Object.getOwnPropertyDescriptors(value)).some(({ get }) => get !== undefined)
}

/** `[{ a: 1 }, { a: 2 }]`. Only the rows that are shown are looked at, and the first ones. */
function recordTable(value: readonly unknown[]): Table | undefined {
  const columns = new Set<string>()
  for (const row of shownRows(value.length)) {
    const record = value[row]
    if (!isPlainObject(record) || hasAccessor(record)) return undefined
    for (const key of Object.keys(record)) columns.add(key)
  }
  if (columns.size === 0) return undefined
  return {
    columns: [...columns],
    rowCount: value.length,
    cell: (row, column) => (value[row] as PlainObject)[column],
    has: (row, column) => Object.hasOwn(value[row] as PlainObject, column),
  }
}

function isColumn(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
}

/** `{ a: [1, 2], b: [3, 4] }`: at least two columns, all of one length. */
function columnTable(value: PlainObject): Table | undefined {
  const columns = Object.keys(value)
  if (columns.length < 2 || hasAccessor(value)) return undefined
  const lists = Object.values(value)
  if (!lists.every(isColumn)) return undefined
  const rowCount = lists[0]!.length
  if (rowCount === 0 || lists.some(({ length }) => length !== rowCount)) return undefined
  const cell = (row: number, column: string) => (value[column] as ArrayLike<unknown>)[row]
  return { columns, rowCount, cell, has: () => true }
}

/** The numbers of the rows to show: all, or the first and the last. */
function shownRows(count: number): number[] {
  const max = limits.tableRowsMax
  if (count <= max) return Array.from({ length: count }, (_, row) => row)
  const half = max / 2
  return Array.from({ length: max }, (_, i) => (i < half ? i : count - max + i))
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function cellText(value: unknown): string {
  const text =
    typeof value === 'string'
      ? value
      : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 10 })
  const max = limits.tableCellCharsMax
  return text.length <= max ? text : `${text.slice(0, max)}…`
}

function cellHtml(table: Table, row: number, column: string): string {
  if (!table.has(row, column)) return '<td></td>'
  const value = table.cell(row, column)
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  const align = isNumber ? '' : ' style="text-align: left"'
  return `<td${align}>${escapeHtml(cellText(value))}</td>`
}

function tableHtml(table: Table): string {
  const surplus = table.columns.length - limits.tableColumnsMax
  const columns = table.columns.slice(0, limits.tableColumnsMax)
  const dots = surplus > 0 ? '<td>…</td>' : ''
  const rows = shownRows(table.rowCount)
  const lines = rows.flatMap((row, i) => {
    const cells = columns.map((column) => cellHtml(table, row, column)).join('')
    const line = `<tr><th>${row}</th>${cells}${dots}</tr>`
    const isAfterGap = i > 0 && row !== rows[i - 1]! + 1
    const gap = `<tr><th>⋮</th>${columns.map(() => '<td>⋮</td>').join('')}${dots}</tr>`
    return isAfterGap ? [gap, line] : [line]
  })
  const heads = columns.map((column) => `<th>${escapeHtml(cellText(column))}</th>`).join('')
  const isCut = surplus > 0 || rows.length < table.rowCount
  const size = `<p>${table.rowCount} rows × ${table.columns.length} columns</p>`
  return (
    `<table class="dataframe">\n<thead><tr><th></th>${heads}${dots}</tr></thead>\n` +
    `<tbody>\n${lines.join('\n')}\n</tbody>\n</table>${isCut ? `\n${size}` : ''}`
  )
}

/**
 * An array of records, or an object of columns, as an HTML table: `limits.tableRowsMax` rows and
 * `limits.tableColumnsMax` columns at most. Undefined when the value is neither, or could run user
 * code when it is read.
 */
export function htmlTable(value: unknown): string | undefined {
  const table = Array.isArray(value)
    ? value.length === 0
      ? undefined
      : recordTable(value)
    : isPlainObject(value)
      ? columnTable(value)
      : undefined
  return table && tableHtml(table)
}
