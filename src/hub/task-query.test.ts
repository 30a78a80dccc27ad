import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Header, JsonObject } from '../jupyter/mod.ts'
import { RequestError } from './request-error.ts'
import { parseQuery } from './task-query.ts'
import { TaskRecord } from './task-record.ts'

function header(msgId: string, second: number): Header {
  const date = `2026-01-01T00:00:0${second}.000100Z`
  return { msgId, msgType: 'apply_request', username: 'u', session: 's', date, version: '5.3' }
}

function record(msgId: string, second: number, metadata: JsonObject = {}): TaskRecord {
  const request = { header: header(msgId, second), metadata, content: {}, buffers: [] }
  return new TaskRecord(request, second % 2 === 0 ? 'task' : 'mux')
}

const records = [
  record('a', 0, { label: 'first' }),
  record('b', 1, { label: 'second' }),
  record('c', 2),
]
records[0]!.engineUuid = 'e0'
records[1]!.engineUuid = 'e1'
records[1]!.stdout = '42'

const found = (query: JsonObject) =>
  records.filter(parseQuery(query).matches).map(({ msgId }) => msgId)

const second = (n: number) => `2026-01-01T00:00:0${n}.000100Z`

const cases: [title: string, query: JsonObject, expected: string[]][] = [
  ['an empty query finds all', {}, ['a', 'b', 'c']],
  ['a value finds what is equal', { msg_id: 'b' }, ['b']],
  ['null finds what is not there', { engine_uuid: null }, ['c']],
  ['several fields all have to match (T6)', { queue: 'task', engine_uuid: 'e0' }, ['a']],
  ['an object without operators is a value', { content: {} }, ['a', 'b', 'c']],
  ['$eq', { msg_id: { $eq: 'a' } }, ['a']],
  ['$ne', { engine_uuid: { $ne: null } }, ['a', 'b']],
  ['$in', { msg_id: { $in: ['a', 'c', 'x'] } }, ['a', 'c']],
  ['$in finds null', { engine_uuid: { $in: [null] } }, ['c']],
  ['$nin', { msg_id: { $nin: ['a'] } }, ['b', 'c']],
  ['$lt on dates', { submitted: { $lt: second(1) } }, ['a']],
  ['$lte on dates', { submitted: { $lte: second(1) } }, ['a', 'b']],
  ['$gt on dates is not $lt (T6)', { submitted: { $gt: second(1) } }, ['c']],
  ['$gte on dates', { submitted: { $gte: second(1) } }, ['b', 'c']],
  [
    'dates differ by microseconds',
    { submitted: { $gt: '2026-01-01T00:00:00.000099Z' } },
    ['a', 'b', 'c'],
  ],
  [
    'dates are compared across time zones',
    { submitted: '2026-01-01T01:00:01.000100+01:00' },
    ['b'],
  ],
  ['two operators both have to hold', { submitted: { $gt: second(0), $lt: second(2) } }, ['b']],
  ['null is neither less nor greater', { engine_uuid: { $lt: 'z' } }, ['a', 'b']],
  ['$exists', { engine_uuid: { $exists: false } }, ['c']],
  ['$glob', { label: { $glob: 'f*t' } }, ['a']],
  ['$glob takes one character and classes', { msg_id: { $glob: '[!b]' } }, ['a', 'c']],
  ['$glob takes the rest literally', { msg_id: { $glob: '.' } }, []],
  ['$mod wants numbers', { stdout: { $mod: [2, 0] } }, []],
  ['$all wants lists', { stdout: { $all: ['4'] } }, []],
]

for (const [title, query, expected] of cases) {
  test(`query: ${title}`, () => assert.deepEqual(found(query), expected))
}

const bad: [query: JsonObject, ename: string, evalue: RegExp][] = [
  [{ completed: { $nope: null } }, 'KeyError', /^'\$nope'$/],
  [{ colour: 'red' }, 'KeyError', /^'colour'$/],
  [{ msg_id: { $in: 'a' } }, 'TypeError', /\$in needs a list/],
  [{ msg_id: { $mod: [0, 1] } }, 'TypeError', /divisor/],
  [{ msg_id: { $glob: 1 } }, 'TypeError', /string/],
]

for (const [query, ename, evalue] of bad) {
  test(`the query ${JSON.stringify(query)} is refused`, () => {
    assert.throws(
      () => parseQuery(query),
      (error) =>
        error instanceof RequestError && error.ename === ename && evalue.test(error.evalue),
    )
  })
}
