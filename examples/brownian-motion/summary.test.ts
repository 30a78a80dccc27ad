import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Analysis, Comparison } from './analysis.ts'
import { describeJob, describePhysics, describeTiming } from './summary.ts'
import { smallJob } from './testing.ts'

function comparison(theory: number, measured: number, error: number): Comparison {
  return { theory, measured, error, deviation: (measured - theory) / error }
}

const analysis: Analysis = {
  diffusion: [
    { ...comparison(12, 12.0061, 0.0039), lagS: 25e-6, meanSquare: 6e-4 },
    { ...comparison(12, 11.9, 0.062), lagS: 1.6e-3, meanSquare: 0.038 },
  ],
  emission: comparison(0.00464, 0.0041, 0.00102),
  emissionScatter: 0.001,
  photons: comparison(6123.4, 6107, 78.25),
  photonRate: 6107,
}

test('theory and measurement stand side by side, with as many digits as are known', () => {
  assert.equal(
    describePhysics(analysis),
    [
      '                                  theory           measured   deviation',
      'D from steps of 25 µs, µm²/s     12.0000   12.0061 ± 0.0039      +1.6 σ',
      'D from steps of 1600 µs, µm²/s    12.000     11.900 ± 0.062      -1.6 σ',
      'mean emission, 10⁻³                  4.6          4.1 ± 1.0      -0.5 σ',
      'photons, given the emission         6123          6107 ± 78      -0.2 σ',
      '4 comparisons agree within 4 σ',
    ].join('\n'),
  )
})

test('a deviation that chance does not explain is said aloud', () => {
  const wrong = { ...analysis, photons: comparison(6000, 6500, 78) }
  assert.match(describePhysics(wrong), /NOT AS EXPECTED: 6.4 σ are more than chance/)
})

test('a run too short for statistics is not judged', () => {
  const few = {
    ...analysis,
    diffusion: [],
    emission: comparison(1, 9, 2),
    photons: comparison(0, 0, 0),
  }
  assert.match(describePhysics(few), /too short to compare with theory$/)
})

test('the job is told with its units', () => {
  const text = describeJob(smallJob)
  assert.match(text, /20 molecules, D = 12 µm²\/s, in a box of 8 × 8 × 12 µm \(mirror walls\)/)
  assert.match(text, /0.1 s in steps of 0.5 µs = 4 million particle-steps, cut into 4 ids, seed 1/)
})

test('the speed-up is that of all engines over one', () => {
  const timing = {
    engines: 4,
    startS: 0.5,
    aloneRate: 40e6,
    runS: 10,
    totalRate: 72e6,
    engineRate: 18e6,
  }
  const text = describeTiming(timing, 2)
  assert.match(text, /one engine alone +40\.0 +40\.0/)
  assert.match(text, /4 engines together +18\.0 +72\.0/)
  assert.match(text, /speed-up over one engine: 1\.80 \(2 cores\)/)
})
