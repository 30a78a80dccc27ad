import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Parameters, Walls } from './parameters.ts'
import { negligibleExponent } from './psf.ts'
import { RandomStream } from './random-stream.ts'
import { smallJob } from './testing.ts'
import { foldIntoBox, mediumOf, walk } from './walk.ts'

/** Coordinates after each block of `steps` steps of one particle. */
function places(parameters: Parameters, blocks: number, steps: number): Float64Array {
  const random = new RandomStream(parameters.seed)
  const positions = new Float64Array(3)
  const medium = mediumOf(parameters)
  const words = new Int32Array(3 * steps)
  const emission = new Float64Array(steps)
  const all = new Float64Array(3 * blocks)
  for (let block = 0; block < blocks; block++) {
    walk(random, words, positions, 0, medium, emission)
    all.set(positions, 3 * block)
  }
  return all
}

describe('foldIntoBox', () => {
  test('mirrors a coordinate at the wall that it crossed', () => {
    assert.equal(foldIntoBox(4.25, 8, -1), 3.75)
    assert.equal(foldIntoBox(-4.25, 8, -1), -3.75)
  })

  test('lets a coordinate in at the opposite wall of a periodic box', () => {
    assert.equal(foldIntoBox(4.25, 8, 1), -3.75)
    assert.equal(foldIntoBox(-4.25, 8, 1), 3.75)
  })
})

describe('walk', () => {
  test('takes independent normal steps of the width sqrt(2 D dt) along each axis', () => {
    const parameters = { ...smallJob, box: [1000, 1000, 1000] as const }
    const blocks = 200_000
    const x = places(parameters, blocks, 1)
    const variance = 2 * parameters.diffusion * parameters.stepS
    for (let axis = 0; axis < 3; axis++) {
      let squares = 0
      let cross = 0
      for (let i = 3 + axis; i < x.length; i += 3) {
        const step = x[i]! - x[i - 3]!
        squares += step * step
        cross += step * (x[i - axis + ((axis + 1) % 3)]! - x[i - axis - 3 + ((axis + 1) % 3)]!)
      }
      const error = variance * Math.sqrt(2 / blocks)
      assert.ok(Math.abs(squares / blocks - variance) < 4 * error)
      assert.ok(Math.abs(cross / blocks) < 4 * (variance / Math.sqrt(blocks)))
    }
  })

  for (const walls of ['mirror', 'periodic'] satisfies Walls[]) {
    test(`keeps a particle in the box and everywhere in it equally often (${walls})`, () => {
      const box = [0.1, 0.2, 0.3] as const
      const blocks = 40_000
      const x = places({ ...smallJob, box, walls, seed: 3 }, blocks, 500)
      for (const [axis, edge] of box.entries()) {
        const counts = new Array<number>(10).fill(0)
        for (let i = axis; i < x.length; i += 3) {
          assert.ok(Math.abs(x[i]!) <= edge / 2)
          counts[Math.min(9, Math.floor((x[i]! / edge + 0.5) * 10))]!++
        }
        // Successive places are correlated by exp(-D t (π/L)²), which inflates chi-square.
        const wave = (walls === 'mirror' ? Math.PI : 2 * Math.PI) / edge
        const memory = Math.exp(-smallJob.diffusion * 500 * 5e-7 * wave ** 2)
        const inflation = (1 + memory) / (1 - memory)
        const expected = blocks / 10
        const chiSquare = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
        assert.ok(chiSquare < inflation * (9 + 4 * Math.sqrt(18)), `${chiSquare} on axis ${axis}`)
      }
    })
  }

  test('adds the square of the Gaussian at each place to the emission', () => {
    const random = new RandomStream(4)
    const medium = mediumOf(smallJob)
    const [sx, sy, sz] = smallJob.sigma
    for (let i = 0; i < 20_000; i++) {
      const positions = Float64Array.from({ length: 3 }, () => 4 * (random.uniform() - 0.5))
      const emission = Float64Array.of(0.25)
      const light = walk(random, new Int32Array(3), positions, 0, medium, emission)
      const [x, y, z] = positions as unknown as [number, number, number]
      const psf = Math.exp(-0.5 * ((x / sx) ** 2 + (y / sy) ** 2 + (z / sz) ** 2))
      assert.ok(Math.abs(light - psf ** 2) <= Math.exp(-negligibleExponent) + 1e-14)
      assert.equal(emission[0], 0.25 + light)
    }
  })

  test('neglects less than 1e-13 of the emission', () => {
    // The share of exp(-r²) beyond the radius R in three dimensions, r² being the exponent.
    const radius = Math.sqrt(negligibleExponent)
    let beyond = 0
    const width = 1e-4
    for (let r = radius + width / 2; r < radius + 4; r += width) beyond += r * r * Math.exp(-r * r)
    const share = (beyond * width * 4) / Math.sqrt(Math.PI)
    assert.ok(share < 1e-13, `${share}`)
    assert.ok(share > 1e-14)
  })
})
