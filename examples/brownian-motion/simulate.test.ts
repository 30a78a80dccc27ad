import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulate } from './simulate.ts'
import { smallJob } from './testing.ts'

test('the same seed and id give the same segment', () => {
  assert.deepEqual(simulate(smallJob, 2), simulate(smallJob, 2))
})

test('an id does not depend on the number of ids', () => {
  assert.deepEqual(simulate({ ...smallJob, ids: 100 }, 2), simulate(smallJob, 2))
})

test('other ids and other seeds give other photons', () => {
  const photons = simulate(smallJob, 0).timestamps
  assert.notDeepEqual(simulate(smallJob, 1).timestamps, photons)
  assert.notDeepEqual(simulate({ ...smallJob, seed: 2 }, 0).timestamps, photons)
})

test('particles go the same ways whatever the detector is like', () => {
  const other = { ...smallJob, maxRate: 5e5, backgroundRate: 0, ticksPerStep: 40 }
  assert.deepEqual(simulate(other, 1).trace, simulate(smallJob, 1).trace)
})

test('the trace, the close-up and the mean tell of the same emission', () => {
  const { closeUp, meanEmission, ...segment } = simulate(smallJob, 3)
  const trace = segment.trace.emission
  const mean = trace.reduce((sum, value) => sum + value, 0) / trace.length
  assert.ok(Math.abs(mean / meanEmission - 1) < 1e-5)
  const blockSteps = smallJob.stepsPerId / trace.length
  const firstBlock = closeUp.firstStep / blockSteps
  const blocks = closeUp.emission.length / blockSteps
  const part = trace.subarray(firstBlock, firstBlock + blocks)
  const inTrace = part.reduce((sum, value) => sum + value, 0) * blockSteps
  assert.ok(Math.abs(inTrace / closeUp.brightness - 1) < 1e-5)
})

test('the close-up is the brightest stretch of its length', () => {
  const { closeUp, ...segment } = simulate(smallJob, 3)
  const trace = segment.trace.emission
  const blocks = closeUp.emission.length / (smallJob.stepsPerId / trace.length)
  for (let from = 0; from < trace.length; from += blocks) {
    const stretch = trace.subarray(from, from + blocks).reduce((sum, value) => sum + value, 0)
    assert.ok(stretch * 50 <= closeUp.brightness * (1 + 1e-5))
  }
})

test('expected photons are the integral of the rate', () => {
  const { expectedPhotons, meanEmission } = simulate(smallJob, 0)
  const timeS = smallJob.stepsPerId * smallJob.stepS
  const integral = (meanEmission * smallJob.maxRate + smallJob.backgroundRate) * timeS
  assert.ok(Math.abs(expectedPhotons / integral - 1) < 1e-12)
})

test('the path stays within the box and moves on', () => {
  const { points } = simulate(smallJob, 0).path
  assert.ok(points.length > 300)
  assert.ok(points.every((value, i) => Math.abs(value) <= smallJob.box[i % 3]! / 2))
  assert.equal(new Set(points).size, points.length)
})

test('a number of steps that is no number of blocks is refused', () => {
  assert.throws(() => simulate({ ...smallJob, stepsPerId: 49_999 }, 0), RangeError)
})
