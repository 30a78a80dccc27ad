import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countDistribution, countSorted, niceWidth } from './histogram.ts'

test('values are counted in the bin that begins at or before them', () => {
  const bars = countSorted(Float64Array.of(0, 1, 9, 10, 10, 19, 20, 25), 0, 25, 10)
  assert.deepEqual(bars, [
    { from: 0, to: 10, count: 3 },
    { from: 10, to: 20, count: 3 },
    { from: 20, to: 25, count: 1 },
  ])
})

test('values outside of the range are left out', () => {
  assert.deepEqual(
    countSorted(Float64Array.of(1, 5, 6, 30), 5, 15, 5).map((bar) => bar.count),
    [2, 0],
  )
})

test('a distribution tells how many bars have each count', () => {
  const bars = [2, 0, 2, 1].map((count) => ({ from: 0, to: 1, count }))
  assert.deepEqual(countDistribution(bars), [1, 1, 2])
})

test('widths are 1, 2 or 5 times a power of ten, and just wide enough', () => {
  assert.equal(niceWidth(10, 10), 1)
  assert.equal(niceWidth(11, 10), 2)
  assert.equal(niceWidth(45, 10), 5)
  assert.equal(niceWidth(60, 10), 10)
  assert.ok(Math.abs(niceWidth(0.016, 500) - 5e-5) < 1e-12)
})
