import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RecentTable } from './mod.ts'

test('a key that was never set has no value', () => {
  assert.equal(new RecentTable(10).get(1, 2), 0)
})

test('a key has its latest value', () => {
  const table = new RecentTable(10)
  table.set(1, 2, 5)
  table.set(1, 2, 6)
  assert.equal(table.get(1, 2), 6)
})

test('keys that differ in either half differ', () => {
  const table = new RecentTable(10)
  table.set(1, 2, 1)
  table.set(2, 1, 2)
  assert.deepEqual(
    [table.get(1, 2), table.get(2, 1), table.get(1, 1), table.get(2, 2)],
    [1, 2, 0, 0],
  )
})

test('it remembers at least half of its bound, and at most all', () => {
  const table = new RecentTable(1000)
  for (let i = 1; i <= 10_000; i++) {
    table.set(0, i, i)
    for (const age of [0, 1, 100, 499]) if (age < i) assert.equal(table.get(0, i - age), i - age)
    assert.equal(table.get(0, i - 1000), 0)
  }
})

test('it is a map, as far as it remembers', () => {
  const key = fc.integer({ min: 0, max: 0xffff_ffff })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(key, key, fc.integer({ min: 1, max: 9 })), { maxLength: 50 }),
      (entries) => {
        const table = new RecentTable(100)
        const map = new Map<string, number>()
        for (const [high, low, value] of entries) {
          table.set(high, low, value)
          map.set(`${high} ${low}`, value)
        }
        for (const [high, low] of entries)
          assert.equal(table.get(high, low), map.get(`${high} ${low}`))
      },
    ),
  )
})
