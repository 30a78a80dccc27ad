import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../../base/mod.ts'
import { htmlTable } from './record-table.ts'

function rowsOf(html: string | undefined): string[] {
  return [...(html ?? '').matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) =>
    row!.replaceAll(/<\/t[dh]>/g, '|').replaceAll(/<[^>]*>/g, ''),
  )
}

test('records are a table, with a column for every key of any of them', () => {
  const html = htmlTable([
    { a: 1, b: 'x' },
    { c: true, a: 2 },
  ])
  assert.deepEqual(rowsOf(html), ['|a|b|c|', '0|1|x||', '1|2||true|'])
})

test('columns are a table, whatever kind of array they are', () => {
  const html = htmlTable({ a: [1, 2], b: new Float64Array([0.5, 1.5]) })
  assert.deepEqual(rowsOf(html), ['|a|b|', '0|1|0.5|', '1|2|1.5|'])
})

for (const [what, value] of [
  ['an empty array', []],
  ['numbers', [1, 2]],
  ['records among other things', [{ a: 1 }, 2]],
  ['objects without keys', [{}]],
  ['instances of a class', [new (class A {})()]],
  ['an object of one array', { a: [1, 2] }],
  ['columns of different lengths', { a: [1], b: [1, 2] }],
  ['empty columns', { a: [], b: [] }],
  ['an object of other things', { a: 1, b: 2 }],
  ['null', null],
  ['a map', new Map([['a', 1]])],
] as const) {
  test(`${what}: no table`, () => {
    assert.equal(htmlTable(value), undefined)
  })
}

test('a getter is not run to make a table', () => {
  let runs = 0
  const record = {
    get a() {
      return ++runs
    },
  }
  assert.equal(htmlTable([record]), undefined)
  assert.equal(
    htmlTable({ b: [1], ...Object.defineProperty({}, 'x', {}), c: [1] }) === undefined,
    false,
  )
  assert.equal(runs, 0)
})

test('what looks like HTML is shown as text', () => {
  const html = htmlTable([{ '<i>': '<script>alert("1")</script> & co' }]) ?? ''
  assert.match(html, /&lt;i&gt;/)
  assert.match(html, /&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt; &amp; co/)
  assert.doesNotMatch(html, /<script>/)
})

test('of many rows the first and the last are shown, with a gap and the number', () => {
  const rows = rowsOf(htmlTable(Array.from({ length: 1000 }, (_, i) => ({ i }))))
  const half = limits.tableRowsMax / 2
  assert.equal(rows.length, 1 + limits.tableRowsMax + 1)
  assert.equal(rows[half], `${half - 1}|${half - 1}|`)
  assert.equal(rows[half + 1], '⋮|⋮|')
  assert.equal(rows[half + 2], `${1000 - half}|${1000 - half}|`)
  assert.match(
    htmlTable(Array.from({ length: 1000 }, (_, i) => ({ i }))) ?? '',
    /1000 rows × 1 col/,
  )
})

test('of many columns and long texts the beginning is shown', () => {
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`c${i}`, i]))
  const [head] = rowsOf(htmlTable([wide]))
  assert.equal(head?.split('|').length, limits.tableColumnsMax + 3)
  const html = htmlTable([{ a: 'x'.repeat(100_000) }]) ?? ''
  assert.ok(html.length < 1_000)
})

test('a nested value is shown in short', () => {
  const [, row] = rowsOf(htmlTable([{ a: { b: { c: { d: 1 } } }, e: [1, 2] }]))
  assert.equal(row, '0|{ b: { c: [Object] } }|[ 1, 2 ]|')
})
