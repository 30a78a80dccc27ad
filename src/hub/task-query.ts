import { isObject, type JsonObject, type JsonValue } from '../jupyter/mod.ts'
import { quoted, RequestError } from './request-error.ts'
import { dateFields, fieldOf, isField, type TaskRecord } from './task-record.ts'

type Comparable = JsonValue
type Test = (found: Comparable) => boolean

/** One thing that has to hold. */
export interface Condition {
  readonly field: string
  /** `$eq`, `$in`, …: one of those that `parseQuery` knows. */
  readonly operator: string
  /** In a field with a date: microseconds since 1970, or whatever was no date. */
  readonly value: JsonValue
}

/** Which records are wanted. */
export interface TaskQuery {
  /** All have to hold. A store may use them to look in fewer places; `matches` decides. */
  readonly conditions: readonly Condition[]
  matches(record: TaskRecord): boolean
}

/**
 * Reads a query of the Mongo-like language: field → value, or field → `{ $operator: value }`;
 * all have to hold. Source: protocol reference §13.3, without trap T6.
 * @throws {RequestError} naming the field or operator that is not known.
 */
export function parseQuery(query: JsonObject): TaskQuery {
  const tests: { name: string; test: Test; isDate: boolean }[] = []
  const conditions: Condition[] = []
  for (const [name, wanted] of Object.entries(query)) {
    if (wanted === undefined) continue
    if (!isField(name)) throw RequestError.key(name)
    const isDate = dateFields.has(name)
    const operations = isObject(wanted) && isOperations(wanted) ? wanted : { $eq: wanted }
    for (const [operator, given] of Object.entries(operations)) {
      if (given === undefined) continue
      const value = isDate ? asDate(given) : given
      tests.push({ name, isDate, test: makeTest(operator, value) })
      conditions.push({ field: name, operator, value })
    }
  }
  const matches = (record: TaskRecord) =>
    tests.every(({ name, isDate, test }) => {
      const found = fieldOf(record, name)
      return test(isDate ? asDate(found) : found)
    })
  return { conditions, matches }
}

/** An object all of whose keys start with `$`; any other is a value to compare with. */
function isOperations(value: JsonObject): boolean {
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => key.startsWith('$'))
}

function makeTest(operator: string, value: Comparable): Test {
  switch (operator) {
    case '$eq':
      return (found) => same(found, value)
    case '$ne':
      return (found) => !same(found, value)
    case '$lt':
      return (found) => compare(found, value) < 0
    case '$lte':
      return (found) => compare(found, value) <= 0
    case '$gt':
      return (found) => compare(found, value) > 0
    case '$gte':
      return (found) => compare(found, value) >= 0
    case '$in': {
      const list = listOf(operator, value)
      return (found) => list.some((one) => same(found, one))
    }
    case '$nin': {
      const list = listOf(operator, value)
      return (found) => !list.some((one) => same(found, one))
    }
    case '$all': {
      const list = listOf(operator, value)
      return (found) => Array.isArray(found) && list.every((one) => found.some((f) => same(f, one)))
    }
    case '$exists':
      return (found) => (found !== null) === (value === true)
    case '$mod':
      return modulo(value)
    case '$glob':
      return glob(value)
    default:
      throw RequestError.key(operator)
  }
}

/** Nothing is less or greater than null: such a record does not match. */
function compare(found: Comparable, value: Comparable): number {
  if (typeof found === 'number' && typeof value === 'number') return found - value
  if (typeof found === 'string' && typeof value === 'string') {
    return found < value ? -1 : found > value ? 1 : 0
  }
  return Number.NaN
}

function same(a: Comparable | undefined, b: Comparable | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  }
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => same(a[key], b[key]))
}

function listOf(operator: string, value: Comparable): JsonValue[] {
  if (Array.isArray(value)) return value
  throw new RequestError('TypeError', `${operator} needs a list`)
}

function modulo(value: Comparable): Test {
  const [divisor, remainder] = listOf('$mod', value)
  if (typeof divisor !== 'number' || typeof remainder !== 'number' || divisor === 0) {
    throw new RequestError('TypeError', '$mod needs a list of a divisor and a remainder')
  }
  return (found) => typeof found === 'number' && found % divisor === remainder
}

/** `*`, `?` and `[…]` as in the names of files; case matters. */
function glob(value: Comparable): Test {
  if (typeof value !== 'string') throw new RequestError('TypeError', '$glob needs a string')
  const pattern = value.replace(/\[[!^]?[^\]]+\]|[\\^$.|?*+()[\]{}]/g, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (part.length === 1) return `\\${part}`
    const body = part.slice(1, -1).replace(/\\/g, '\\\\')
    return body.startsWith('!') ? `[^${body.slice(1)}]` : `[${body}]`
  })
  let matcher: RegExp
  try {
    matcher = new RegExp(`^${pattern}$`, 's')
  } catch {
    throw new RequestError('ValueError', `${quoted(value)} is not a pattern`)
  }
  return (found) => typeof found === 'string' && matcher.test(found)
}

/** ISO dates become microseconds since the epoch, alone or in lists; what is no date stays. */
export function asDate(value: Comparable): Comparable {
  if (Array.isArray(value)) return value.map(asDate)
  if (typeof value !== 'string') return value
  const ms = Date.parse(value)
  if (Number.isNaN(ms)) return value
  const beyondMs = /\.\d{3}(\d{1,3})/.exec(value)?.[1] ?? ''
  return Math.floor(ms) * 1000 + Number(beyondMs.padEnd(3, '0'))
}
