import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standardJob } from './parameters.ts'
import { blurOf, covariancesOf, eigenvaluesOf, meanSquareOf } from './theory.ts'

test('a flash blurs nothing, an open shutter by a sixth', () => {
  assert.equal(blurOf(1), 0)
  assert.ok(Math.abs(blurOf(10_000) - 1 / 6) < 1e-8)
})

for (const species of standardJob.species) {
  test(`sines are the eigenvectors for a ${species.name}`, () => {
    const { steps } = standardJob
    const { same, next } = covariancesOf(standardJob, species)
    const values = eigenvaluesOf(standardJob, species)
    for (let k = 1; k <= steps; k++) {
      const sine = (i: number) => Math.sin((i * k * Math.PI) / (steps + 1))
      for (let i = 1; i <= steps; i++) {
        const product = same * sine(i) + next * (sine(i - 1) + sine(i + 1))
        assert.ok(Math.abs(product - values[k - 1]! * sine(i)) < 1e-15)
      }
    }
  })
}

test('without blur and errors all components have the same variance', () => {
  const species = { name: 'x', diffusion: 2, localisation: 0 }
  const parameters = { ...standardJob, substeps: 1 }
  for (const value of eigenvaluesOf(parameters, species)) {
    assert.equal(value, meanSquareOf(parameters, species))
  }
})
