import { type Condition, dateFields, type TaskQuery } from '../hub/mod.ts'
import { isoDate, type JsonValue } from '../jupyter/mod.ts'
import type { SqlValue } from './sql.ts'

/** Columns that hold what the field of that name holds; null exactly where the field is null. */
const exact = new Set([
  'msg_id',
  'client_uuid',
  'engine_uuid',
  'queue',
  'resubmitted',
  'submitted',
  'completed',
  'received',
])
/** Columns that hold it where it is a string, and are null where it is anything else. */
const partial = new Set(['label', 'started'])

export interface Narrowed {
  /** An expression of SQL. */
  readonly where: string
  readonly values: readonly SqlValue[]
}

/**
 * What SQLite can decide of a query: it finds all records that the query wants, and often no
 * others. `matches` of the query has the last word.
 */
export function narrowed({ conditions }: TaskQuery): Narrowed {
  const parts: string[] = []
  const values: SqlValue[] = []
  for (const condition of conditions) {
    const part = narrowedBy(condition)
    if (part === undefined) continue
    parts.push(part.where)
    values.push(...part.values)
  }
  return { where: parts.length === 0 ? '1' : parts.join(' AND '), values }
}

const comparisons: Readonly<Record<string, string>> = { $lt: '<', $lte: '<=', $gt: '>', $gte: '>=' }

function narrowedBy({ field, operator, value }: Condition): Narrowed | undefined {
  const isExact = exact.has(field)
  if (!isExact && !partial.has(field)) return undefined
  const nullness = (isNull: boolean): Narrowed | undefined => {
    if (!isNull && !isExact) return undefined
    return { where: `${field} IS ${isNull ? '' : 'NOT '}NULL`, values: [] }
  }
  const stored = storedAs(field, value)
  // What is no text there may be a number, which dates are compared as.
  const orNull = field === 'started' ? ` OR ${field} IS NULL` : ''
  switch (operator) {
    case '$eq':
      if (value === null) return nullness(true)
      return stored === undefined
        ? undefined
        : { where: `(${field} = ?${orNull})`, values: [stored] }
    case '$ne':
      return value === null ? nullness(false) : undefined
    case '$exists':
      return nullness(value !== true)
    case '$in':
      return isIn(field, value)
    default: {
      // Text is ordered otherwise than in JavaScript; dates, all of one form, are not.
      const sign = comparisons[operator]
      if (sign === undefined || stored === undefined || !dateFields.has(field)) return undefined
      return { where: `(${field} ${sign} ?${orNull})`, values: [stored] }
    }
  }
}

function isIn(field: string, value: JsonValue): Narrowed | undefined {
  if (!Array.isArray(value)) return undefined
  const stored = value.filter((one) => one !== null).map((one) => storedAs(field, one))
  if (stored.includes(undefined)) return undefined
  const orNull = value.includes(null) || field === 'started' ? ` OR ${field} IS NULL` : ''
  return {
    where: `(${field} IN (SELECT value FROM json_each(?))${orNull})`,
    values: [JSON.stringify(stored)],
  }
}

/** How a value stands in its column; undefined when it cannot stand there. */
function storedAs(field: string, value: JsonValue): string | undefined {
  if (dateFields.has(field) && typeof value === 'number') {
    return value >= 0 && value < microsMax ? storedDate(value) : undefined
  }
  return typeof value === 'string' && !value.includes('\0') ? value : undefined
}

/** Years of four digits: others are longer, and sort elsewhere. */
const microsMax = Date.UTC(9999, 0) * 1000

/** A moment as text that sorts; the half microsecond makes up for what the division rounds off. */
export function storedDate(micros: number): string {
  if (micros < 0) return ''
  return micros < microsMax ? isoDate((micros + 0.5) / 1000) : '9999'
}
