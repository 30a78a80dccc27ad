import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { blockSteps, lagBlocks } from './blocks.ts'
import { Displacements } from './displacements.ts'
import { displacementUm } from './parameters.ts'
import { smallJob } from './testing.ts'

describe('blocks', () => {
  test('have 50 steps in a large box and fewer in a small one', () => {
    assert.equal(blockSteps(smallJob), 50)
    assert.equal(blockSteps({ ...smallJob, box: [8, 8, 0.4] }), 23)
    assert.equal(blockSteps({ ...smallJob, box: [8, 8, 0.05] }), 0)
  })

  test('keep displacements 6 standard deviations away from the walls in all lags', () => {
    for (const edge of [0.1, 0.4, 1, 3, 8]) {
      const parameters = { ...smallJob, box: [edge, 9, 9] as const }
      for (const blocks of lagBlocks(parameters)) {
        const timeS = blocks * blockSteps(parameters) * parameters.stepS
        assert.ok(6 * displacementUm(parameters, timeS) <= edge / 4)
      }
    }
  })

  test('give lags that fit in an id', () => {
    assert.deepEqual(lagBlocks({ ...smallJob, stepsPerId: 200 }), [1, 2, 4])
  })
})

describe('displacements', () => {
  test('are summed over intervals that do not overlap', () => {
    const positions = new Float64Array(3)
    const displacements = new Displacements({ ...smallJob, stepsPerId: 200 }, positions)
    for (let blocks = 1; blocks <= 4; blocks++) {
      positions[0] = positions[0]! + 0.5
      displacements.add(blocks, positions)
    }
    const sums = displacements.sums()
    assert.deepEqual(
      sums.map(({ count, squares }) => [count, squares]),
      [
        [12, 4 * 0.25],
        [6, 2 * 1],
        [3, 4],
      ],
    )
  })

  test('count only where they start in the inner half of the box', () => {
    const positions = Float64Array.of(2.1, 0, 3.1)
    const displacements = new Displacements({ ...smallJob, stepsPerId: 50 }, positions)
    positions.set([1, 1, 1])
    displacements.add(1, positions)
    const [sums] = displacements.sums()
    assert.equal(sums!.count, 1)
    assert.equal(sums!.squares, 1)
  })
})
