import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloseUp } from './close-up.ts'

/** Plays blocks of 2 steps with 2 particles; `light(block)` is what particle 1 emits in each step. */
function play(blocks: number, light: (block: number) => number): CloseUp {
  const closeUp = new CloseUp(2, 2)
  for (let block = 0; block < blocks; block++) {
    const emission = new Float64Array(2).fill(light(block) + 0.25)
    const brightness = Float64Array.of(0.5, 2 * light(block))
    closeUp.add(emission, brightness, Float64Array.of(0, 0, 0, block, 10, 20))
  }
  return closeUp
}

test('shows the brightest of the stretches of 200 blocks, and where it lay', () => {
  const view = play(600, (block) => (block === 250 ? 500 : 1)).view()
  assert.equal(view.firstStep, 400)
  assert.equal(view.emission.length, 400)
  assert.equal(view.emission[2 * 50], 500.25)
  assert.equal(view.brightness, 100 + 2 * (199 + 500))
})

test('follows the particle that gave most of the light', () => {
  const bright = play(200, () => 1).view()
  assert.deepEqual([...bright.path.subarray(0, 6)], [0, 10, 20, 1, 10, 20])
  const dark = play(200, () => 0).view()
  assert.deepEqual([...dark.path.subarray(0, 6)], [0, 0, 0, 0, 0, 0])
})

test('counts a last stretch that is shorter', () => {
  const view = play(250, (block) => (block < 200 ? 0 : 9)).view()
  assert.equal(view.firstStep, 400)
  assert.equal(view.emission.length, 100)
  assert.equal(view.path.length, 150)
})

test('is empty before anything happened', () => {
  assert.equal(new CloseUp(2, 2).view().emission.length, 0)
})
