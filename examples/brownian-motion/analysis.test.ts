import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { analyse } from './analysis.ts'
import { type Measurement, merge } from './merge.ts'
import type { Parameters } from './parameters.ts'
import { simulate } from './simulate.ts'
import { smallJob } from './testing.ts'

function measure(parameters: Parameters): Measurement {
  const ids = Array.from({ length: parameters.ids }, (_, id) => id)
  return merge(
    parameters,
    ids.map((id) => simulate(parameters, id)),
  )
}

for (const walls of ['mirror', 'periodic'] as const) {
  describe(`a simulation with ${walls} walls`, () => {
    // Half a second in a small box with a wide focus: a particle sees all of it many times.
    const parameters: Parameters = {
      ...smallJob,
      walls,
      seed: 17,
      box: [1.5, 1.5, 2],
      sigma: [0.2, 0.2, 0.4],
      ids: 10,
      stepsPerId: 100_000,
    }
    const measurement = measure(parameters)
    const result = analyse(parameters, measurement)

    test('shows the diffusion coefficient in every lag', () => {
      assert.ok(result.diffusion.length >= 3)
      for (const { deviation, lagS } of result.diffusion) {
        assert.ok(Math.abs(deviation) < 3, `${deviation} standard errors at ${lagS} s`)
      }
    })

    test('knows the diffusion coefficient to 1 % or better', () => {
      assert.ok(result.diffusion[0]!.error / parameters.diffusion < 0.01)
    })

    test('shows the mean emission', () => {
      assert.ok(Math.abs(result.emission.deviation) < 3, `${result.emission.deviation}`)
      assert.ok(result.emission.error / result.emission.theory < 0.1)
    })

    test('scatters between its ids as theory says', () => {
      const ratio = result.emissionScatter / result.emission.error
      assert.ok(ratio > 0.4 && ratio < 1.8, `${ratio}`)
    })

    test('shows as many photons as were to be expected', () => {
      assert.ok(Math.abs(result.photons.deviation) < 3)
      assert.ok(result.photons.error / result.photons.theory < 0.01)
    })

    test('would not pass with a diffusion coefficient that is 3 % off', () => {
      const wrong = { ...parameters, diffusion: 1.03 * parameters.diffusion }
      assert.ok(analyse(wrong, measurement).diffusion[0]!.deviation < -5)
    })

    // Fast molecules see the whole box often in the same time, which makes the mean precise.
    const fast: Parameters = { ...parameters, diffusion: 400, stepsPerId: 99_999 }
    const fastMeasurement = measure(fast)

    test('shows the mean emission of fast molecules to 2 %', () => {
      const { emission } = analyse(fast, fastMeasurement)
      assert.ok(Math.abs(emission.deviation) < 3, `${emission.deviation}`)
      assert.ok(emission.error / emission.theory < 0.02)
    })

    test('would not pass with a focus that is 5 % wider', () => {
      const sigma = [0.21, 0.21, 0.42] as const
      assert.ok(analyse({ ...fast, sigma }, fastMeasurement).emission.deviation < -5)
    })
  })
}

test('the main job, in small, agrees with theory', () => {
  const result = analyse(smallJob, measure(smallJob))
  assert.equal(result.diffusion.length, 7)
  for (const { deviation } of result.diffusion) assert.ok(Math.abs(deviation) < 3.5)
  assert.ok(Math.abs(result.emission.deviation) < 3)
  assert.ok(Math.abs(result.photons.deviation) < 3)
})

test('a run of one block without photons gives no numbers that are none', () => {
  const tiny = { ...smallJob, particles: 1, ids: 2, stepsPerId: 50, maxRate: 0, backgroundRate: 0 }
  const { diffusion, photons, emission } = analyse(tiny, measure(tiny))
  for (const { deviation } of [...diffusion, photons, emission])
    assert.ok(Number.isFinite(deviation))
})
