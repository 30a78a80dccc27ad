import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Parameters, standardJob } from './parameters.ts'
import { simulateDisplacements } from './simulate-displacements.ts'
import { smallJob } from './testing.ts'
import { eigenvaluesOf } from './theory.ts'

/** The mean squared projection of the rows on each sine. */
function powers(displacements: Float64Array, steps: number): number[] {
  const rows = displacements.length / steps
  return Array.from({ length: steps }, (_, k) => {
    let sum = 0
    for (let row = 0; row < rows; row++) {
      let projection = 0
      for (let i = 0; i < steps; i++) {
        const sine = Math.sin(((i + 1) * (k + 1) * Math.PI) / (steps + 1))
        projection += displacements[row * steps + i]! * sine
      }
      sum += projection ** 2
    }
    return (sum * 2) / (steps + 1) / rows
  })
}

for (const [index, species] of standardJob.species.entries()) {
  test(`the displacements of a ${species.name} vary as theory says, in each component`, () => {
    const parameters = { ...standardJob, steps: 8, tracksPerBlock: 4_000 }
    const measured = powers(simulateDisplacements(parameters, index, 0), 8)
    const expected = eigenvaluesOf(parameters, species)
    const error = Math.sqrt(2 / (2 * parameters.tracksPerBlock))
    let chiSquared = 0
    for (const [k, power] of measured.entries()) {
      const deviation = (power / expected[k]! - 1) / error
      assert.ok(Math.abs(deviation) < 4.5, `component ${k + 1}: ${deviation} σ`)
      chiSquared += deviation ** 2
    }
    // 8 degrees of freedom: less than 1.6 or more than 26 comes once in a hundred, or a thousand.
    assert.ok(chiSquared < 26, `χ² = ${chiSquared}`)
  })
}

test('theory without the blur would be refuted by the same displacements', () => {
  const parameters = { ...standardJob, steps: 8, tracksPerBlock: 4_000 }
  const measured = powers(simulateDisplacements(parameters, 3, 0), 8)
  const wrong = eigenvaluesOf({ ...parameters, substeps: 1 }, parameters.species[3]!)
  assert.ok(Math.abs(measured[7]! / wrong[7]! - 1) > 10 * Math.sqrt(2 / 8_000))
})

test('a block depends on nothing but the seed, the species and its number', () => {
  const block = (parameters: Parameters, species: number, number: number) =>
    simulateDisplacements(parameters, species, number)
  assert.deepEqual(block(smallJob, 1, 2), block(smallJob, 1, 2))
  assert.notDeepEqual(block(smallJob, 1, 2), block(smallJob, 1, 1))
  assert.notDeepEqual(block(smallJob, 1, 2), block({ ...smallJob, seed: 2 }, 1, 2))
  const { steps, tracksPerBlock } = smallJob
  assert.equal(block(smallJob, 0, 0).length, 2 * steps * tracksPerBlock)
})
