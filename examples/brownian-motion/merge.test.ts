import assert from 'node:assert/strict'
import { test } from 'node:test'
import { merge } from './merge.ts'
import { simulate } from './simulate.ts'
import { smallJob } from './testing.ts'

const segments = [0, 1, 2, 3].map((id) => simulate(smallJob, id))

test('joins the ids in time, in whatever order they come', () => {
  const merged = merge(smallJob, segments)
  assert.deepEqual(merge(smallJob, segments.toReversed()), merged)
  assert.deepEqual(
    merged.timestamps.subarray(0, segments[0]!.timestamps.length),
    segments[0]!.timestamps,
  )
  assert.ok(merged.timestamps.every((tick, i) => tick >= (merged.timestamps[i - 1] ?? 0)))
})

test('shifts each id by the time of those before it', () => {
  const { timestamps } = merge(smallJob, segments)
  const last = segments[3]!.timestamps
  const ticksPerId = smallJob.stepsPerId * smallJob.ticksPerStep
  assert.equal(timestamps.at(-1), 3 * ticksPerId + last.at(-1)!)
})

test('keeps every photon and every bin of the trace', () => {
  const { timestamps, trace } = merge(smallJob, segments)
  assert.equal(
    timestamps.length,
    segments.reduce((sum, segment) => sum + segment.timestamps.length, 0),
  )
  assert.equal(trace.emission.length, 4 * segments[0]!.trace.emission.length)
})

test('a missing id and one that is there twice are refused', () => {
  assert.throws(() => merge(smallJob, segments.slice(1)), /expected the ids 0 to 3.*got 1, 2, 3/)
  assert.throws(() => merge(smallJob, [...segments.slice(1), segments[1]!]), RangeError)
})
