import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentSet } from './mod.ts'

test('a recent set has the last that were added, and no others', () => {
  const set = new RecentSet(3)
  for (const value of ['a', 'b', 'c', 'd']) assert.ok(set.add(value))
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((value) => set.has(value)),
    [false, true, true, true],
  )
  assert.equal(set.size, 3)
})

test('adding what is there says so, and changes nothing', () => {
  const set = new RecentSet(2)
  set.add('a')
  assert.equal(set.add('a'), false)
  set.add('b')
  assert.ok(set.has('a'))
})

test('what was deleted can be added again', () => {
  const set = new RecentSet(2)
  set.add('a')
  assert.ok(set.delete('a'))
  assert.ok(!set.delete('a'))
  assert.ok(set.add('a'))
  assert.ok(set.has('a'))
})
