import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PathRecorder } from './path.ts'

test('a short path has the start and every block of the first particle', () => {
  const positions = Float64Array.of(1, 2, 3, 7, 7, 7)
  const recorder = new PathRecorder(2, 0.5, positions)
  positions.set([4, 5, 6])
  recorder.add(1, positions)
  positions.set([7, 8, 9])
  recorder.add(2, positions)
  const { points, intervalS } = recorder.path()
  assert.deepEqual([...points], [1, 2, 3, 4, 5, 6, 7, 8, 9])
  assert.equal(intervalS, 0.5)
})

test('a long path skips blocks, so that its size is bounded', () => {
  const blocks = 5000
  const positions = new Float64Array(3)
  const recorder = new PathRecorder(blocks, 1, positions)
  for (let block = 1; block <= blocks; block++) {
    positions.fill(block)
    recorder.add(block, positions)
  }
  const { points, intervalS } = recorder.path()
  assert.equal(intervalS, 3)
  assert.equal(points.length, 3 * (1 + Math.floor(blocks / 3)))
  assert.deepEqual([...points.subarray(0, 9)], [0, 0, 0, 3, 3, 3, 6, 6, 6])
})
