import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeTargets, readTargets, resolveTargets } from './targets.ts'

const ids = [0, 2, 5, 7]
const targets = (text: string): unknown => resolveTargets(readTargets(text), ids)

test('engines are named as Python names them', () => {
  assert.equal(targets('all'), 'all')
  assert.equal(targets('5'), 5)
  assert.equal(targets('-1'), -1)
  assert.deepEqual(targets('0,2'), [0, 2])
  assert.deepEqual(targets('[0, 2]'), [0, 2])
  assert.deepEqual(targets('(7,)'), [7])
})

test('a slice is one of the ids, in their order', () => {
  assert.deepEqual(targets('::2'), [0, 5])
  assert.deepEqual(targets('1:'), [2, 5, 7])
  assert.deepEqual(targets(':-1'), [0, 2, 5])
  assert.deepEqual(targets('::-1'), [7, 5, 2, 0])
  assert.deepEqual(targets('2:99'), [5, 7])
})

test('what names no engines is refused with examples', () => {
  for (const text of ['', 'some', '1;2', '0,,1', '::0']) {
    assert.throws(() => targets(text), { name: 'UsageError' }, text)
  }
})

test('a long list is shortened in its middle', () => {
  assert.equal(describeTargets([0, 1]), '[0, 1]')
  const many = Array.from({ length: 20 }, (_, i) => i)
  assert.equal(describeTargets(many), '[0, 1, 2, 3, ..., 16, 17, 18, 19]')
})
