import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PhotonProcess } from './photons.ts'
import { RandomStream } from './random-stream.ts'

/** Timestamps for an emission that repeats `pattern` once per call of `advance`. */
function run(
  pattern: readonly number[],
  rounds: number,
  rates: { perEmission: number; background: number },
  ticksPerStep = 10,
): Float64Array {
  const process = new PhotonProcess(new RandomStream(21), ticksPerStep)
  const emission = Float64Array.from(pattern)
  for (let i = 0; i < rounds; i++) process.advance(emission, rates.perEmission, rates.background)
  return process.timestamps()
}

/** How many timestamps fall in each of `intervals` equal intervals. */
function countsPerInterval(timestamps: Float64Array, ticks: number, intervals: number): number[] {
  const counts = new Array<number>(intervals).fill(0)
  for (const tick of timestamps) counts[Math.floor(tick / ticks)]!++
  return counts
}

test('timestamps are whole ticks in rising order', () => {
  const timestamps = run([0.3, 0, 1], 50_000, { perEmission: 0.5, background: 0.1 })
  assert.ok(timestamps.length > 10_000)
  assert.ok(
    timestamps.every((tick, i) => Number.isInteger(tick) && tick >= (timestamps[i - 1] ?? 0)),
  )
})

test('counts in equal intervals have the mean, the variance and the third moment of Poisson', () => {
  const intervals = 200_000
  const mean = 3
  const timestamps = run([0, 0, 0], intervals, { perEmission: 1, background: mean / 3 })
  const counts = countsPerInterval(timestamps, 30, intervals)
  const central = (power: number) =>
    counts.reduce((sum, count) => sum + (count - mean) ** power, 0) / intervals
  // Standard errors of the sample moments of a Poisson distribution with this mean.
  assert.ok(Math.abs(central(1)) < 4 * Math.sqrt(mean / intervals))
  assert.ok(Math.abs(central(2) - mean) < 4 * Math.sqrt((mean + 2 * mean ** 2) / intervals))
  const sixth = mean + 25 * mean ** 2 + 15 * mean ** 3
  assert.ok(Math.abs(central(3) - mean) < 4 * Math.sqrt((sixth - mean ** 2) / intervals))
})

test('counts follow the Poisson distribution in each class', () => {
  const intervals = 100_000
  const mean = 2
  const timestamps = run([0.5, 0.5], intervals, { perEmission: 2, background: 0 })
  const counts = countsPerInterval(timestamps, 20, intervals)
  let probability = Math.exp(-mean)
  let chiSquare = 0
  for (let n = 0; n <= 8; n++) {
    const expected = probability * intervals
    const found = counts.filter((count) => count === n).length
    chiSquare += (found - expected) ** 2 / expected
    probability *= mean / (n + 1)
  }
  // 9 classes: mean 9, standard deviation 4.2.
  assert.ok(chiSquare < 9 + 4 * Math.sqrt(18), `chi-square ${chiSquare}`)
})

test('steps get photons in proportion to emission x rate + background', () => {
  const rounds = 100_000
  const rates = { perEmission: 0.4, background: 0.05 }
  const pattern = [0, 0.1, 1, 0.5]
  const counts = new Array<number>(4).fill(0)
  for (const tick of run(pattern, rounds, rates)) counts[Math.floor(tick / 10) % 4]!++
  for (const [i, emission] of pattern.entries()) {
    const expected = rounds * (emission * rates.perEmission + rates.background)
    assert.ok(Math.abs(counts[i]! - expected) < 4 * Math.sqrt(expected), `step ${i}`)
  }
})

test('arrivals are spread evenly over the ticks of a step', () => {
  const counts = new Array<number>(10).fill(0)
  const timestamps = run([1], 200_000, { perEmission: 0.3, background: 0.2 })
  for (const tick of timestamps) counts[tick % 10]!++
  const expected = timestamps.length / 10
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  assert.ok(chiSquare < 9 + 4 * Math.sqrt(18), `chi-square ${chiSquare}`)
})

test('numbers in separate intervals are uncorrelated, also across calls', () => {
  const intervals = 100_000
  const timestamps = run([1], intervals, { perEmission: 1, background: 0 })
  const counts = countsPerInterval(timestamps, 10, intervals)
  const sum = counts.slice(1).reduce((total, count, i) => total + (count - 1) * (counts[i]! - 1), 0)
  assert.ok(Math.abs(sum) < 4 * Math.sqrt(intervals))
})

test('a step may hold many photons', () => {
  const timestamps = run([1], 100, { perEmission: 500, background: 0 })
  assert.ok(Math.abs(timestamps.length - 50_000) < 4 * Math.sqrt(50_000))
  assert.ok(timestamps.every((tick) => tick >= 0 && tick < 1000))
})

test('without emission and background there are none', () => {
  assert.equal(run([0, 0], 1000, { perEmission: 1, background: 0 }).length, 0)
})

test('how the steps are cut into calls changes nothing', () => {
  const rates = { perEmission: 0.2, background: 0.01 }
  const pattern = Array.from({ length: 50 }, (_, i) => i / 50)
  const whole = run([...pattern, ...pattern], 50, rates)
  assert.deepEqual(run(pattern, 100, rates), whole)
})
