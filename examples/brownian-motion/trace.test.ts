import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TraceRecorder } from './trace.ts'

test('a short trace has a bin for each block', () => {
  const recorder = new TraceRecorder(3, 0.5)
  for (const value of [1, 2, 4]) recorder.add(value)
  assert.deepEqual(recorder.trace(), { emission: Float32Array.of(1, 2, 4), binS: 0.5 })
})

test('a long trace averages blocks, so that its size is bounded', () => {
  const blocks = 50_001
  const recorder = new TraceRecorder(blocks, 0.5)
  for (let block = 0; block < blocks; block++) recorder.add(block)
  const { emission, binS } = recorder.trace()
  assert.equal(binS, 1.5)
  assert.equal(emission.length, 16_667)
  assert.equal(emission[0], 1)
  assert.equal(emission[1], 4)
})

test('the last bin is the mean of the blocks that are left', () => {
  const recorder = new TraceRecorder(20_003, 1)
  for (let block = 0; block < 20_003; block++) recorder.add(block < 20_002 ? 0 : 6)
  assert.equal(recorder.trace().emission.at(-1), 6)
})
