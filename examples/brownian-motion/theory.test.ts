import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { blockSteps } from './blocks.ts'
import type { Parameters } from './parameters.ts'
import { simulate } from './simulate.ts'
import { smallJob } from './testing.ts'
import { erf, meanEmission, meanEmissionError } from './theory.ts'

describe('erf', () => {
  // From Abramowitz and Stegun, table 7.1, with more digits.
  for (const [x, expected] of [
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [1.9, 0.9927904292352575],
    [2.5, 0.999593047982555],
    [3.5, 0.9999992569016276],
    [8, 1],
    [-1, -0.8427007929497149],
  ] as const) {
    test(`of ${x} is ${expected}`, () => {
      assert.ok(Math.abs(erf(x) - expected) < 1e-14, `${erf(x)}`)
    })
  }
})

describe('meanEmission', () => {
  test('is the volume of PSF² over that of the box when the focus lies well inside', () => {
    const volume = 0.2 * 0.2 * 0.8 * Math.PI ** 1.5
    const expected = (smallJob.particles * volume) / (8 * 8 * 12)
    assert.ok(Math.abs(meanEmission(smallJob) / expected - 1) < 1e-12)
  })

  test('is the integral over the box when the walls cut the focus off', () => {
    const parameters: Parameters = { ...smallJob, box: [0.4, 1, 0.9], particles: 3 }
    const axis = (edge: number, sigma: number) => {
      let sum = 0
      const n = 20_000
      for (let i = 0; i < n; i++) sum += Math.exp(-((((i + 0.5) / n - 0.5) * (edge / sigma)) ** 2))
      return sum / n
    }
    const expected = 3 * axis(0.4, 0.2) * axis(1, 0.2) * axis(0.9, 0.8)
    assert.ok(Math.abs(meanEmission(parameters) / expected - 1) < 1e-8)
  })
})

describe('meanEmissionError', () => {
  test('falls with the square root of ids and grows with that of particles', () => {
    const one = meanEmissionError(smallJob)
    assert.ok(Math.abs(meanEmissionError({ ...smallJob, ids: 16 }) / one - 0.5) < 1e-12)
    assert.ok(Math.abs(meanEmissionError({ ...smallJob, particles: 80 }) / one - 2) < 1e-12)
  })

  test('of an instant is the spread of the emission itself', () => {
    const parameters = { ...smallJob, ids: 1, particles: 1, stepsPerId: 1, stepS: 1e-12 }
    const mean = meanEmission(parameters)
    const meanSquare = mean / 2 ** 1.5
    const expected = Math.sqrt(meanSquare - mean ** 2)
    assert.ok(Math.abs(meanEmissionError(parameters) / expected - 1) < 1e-6)
  })

  test('approaches the known limit of a long run of a particle that crosses a wide focus', () => {
    // So thin a box leaves one axis; of a long run, each mode keeps 2 / (its decay rate x time).
    const parameters: Parameters = {
      ...smallJob,
      box: [1, 1e-3, 1e-3],
      sigma: [1, 1, 1],
      diffusion: 2,
      particles: 1,
      ids: 1,
      stepS: 1e-3,
      stepsPerId: 1e6,
    }
    let sum = 0
    for (let m = 1; m < 200; m++) {
      const wave = 2 * Math.PI * m
      let amplitude = 0
      const n = 4000
      for (let i = 0; i < n; i++) {
        const x = (i + 0.5) / n - 0.5
        amplitude += (Math.exp(-x * x) * Math.cos(wave * x)) / n
      }
      const rate = 2 * wave ** 2
      sum += (2 * amplitude ** 2 * 2) / (rate * 1000)
    }
    assert.ok(Math.abs(meanEmissionError(parameters) / Math.sqrt(sum) - 1) < 1e-3)
  })

  for (const walls of ['mirror', 'periodic'] as const) {
    test(`is the scatter that 400 simulations really show (${walls})`, () => {
      const base: Parameters = {
        ...smallJob,
        walls,
        box: [1, 1, 2],
        sigma: [0.25, 0.25, 0.6],
        particles: 8,
        ids: 400,
        seed: 31,
      }
      const parameters = { ...base, stepsPerId: 80 * blockSteps(base) }
      const theory = meanEmission(parameters)
      const error = meanEmissionError({ ...parameters, ids: 1 })
      const deviations = Array.from({ length: parameters.ids }, (_, id) => {
        return (simulate(parameters, id).meanEmission - theory) / error
      })
      const mean = deviations.reduce((sum, z) => sum + z, 0) / deviations.length
      const variance = deviations.reduce((sum, z) => sum + z * z, 0) / deviations.length
      assert.ok(Math.abs(mean) < 3.5 / Math.sqrt(parameters.ids), `mean ${mean}`)
      assert.ok(Math.abs(variance - 1) < 0.3, `variance ${variance}`)
    })
  }
})
