import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { blockSteps } from './blocks.ts'
import { type Options, readOptions } from './options.ts'
import { totalS } from './parameters.ts'

class Ended extends Error {}

function read(...argv: string[]): Options {
  return readOptions(argv, (code) => {
    throw new Ended(`exit ${code}`)
  })
}

/** What is printed for a command line that is refused. */
function refusal(...argv: string[]): string {
  const write = process.stderr.write
  let printed = ''
  process.stderr.write = (text: string | Uint8Array): boolean => {
    printed += text
    return true
  }
  try {
    assert.throws(() => read(...argv), { message: 'exit 1' })
  } finally {
    process.stderr.write = write
  }
  return printed
}

describe('without options', () => {
  const { parameters, engines } = read()

  test('the job is the one of the guide', () => {
    assert.equal(engines, 4)
    assert.deepEqual(
      { ...parameters, diffusion: Math.round(parameters.diffusion * 1e9) / 1e9 },
      {
        seed: 1,
        particles: 20,
        diffusion: 12,
        box: [8, 8, 12],
        walls: 'mirror',
        sigma: [0.2, 0.2, 0.8],
        stepS: 0.5e-6,
        ids: 64,
        stepsPerId: 250_000,
        maxRate: 1e6,
        backgroundRate: 2e3,
        ticksPerStep: 10,
      },
    )
  })
})

test('everything can be chosen', () => {
  const { parameters, engines, out } = read(
    ...['--seconds', '1', '--engines=2', '--particles', '7', '--seed', '-3', '--ids', '4'],
    ...['--diffusion', '4e-11', '--box', '4,5,6', '--sigma', '0.1x0.2x0.3', '--walls', 'periodic'],
    ...['--time-step', '1', '--max-rate', '2e5', '--background', '0', '--ticks-per-step', '20'],
    ...['--out', 'there'],
  )
  assert.deepEqual([engines, out, parameters.seed, parameters.particles], [2, 'there', -3, 7])
  assert.deepEqual(
    [parameters.box, parameters.sigma],
    [
      [4, 5, 6],
      [0.1, 0.2, 0.3],
    ],
  )
  assert.equal(parameters.walls, 'periodic')
  assert.equal(parameters.stepsPerId, 250_000)
  assert.ok(Math.abs(parameters.diffusion - 40) < 1e-9)
})

test('the time is rounded up to whole blocks for each id', () => {
  const { parameters } = read('--seconds', '0.001', '--ids', '3')
  assert.equal(parameters.stepsPerId % blockSteps(parameters), 0)
  assert.ok(totalS(parameters) >= 0.001 && totalS(parameters) < 0.001 + 3 * 25e-6 + 1e-12)
})

test('what makes no number is refused, naming the option', () => {
  for (const [option, value] of [
    ['--seconds', 'long'],
    ['--seconds', '0'],
    ['--seconds', '-1'],
    ['--engines', '0'],
    ['--engines', '1.5'],
    ['--particles', ''],
    ['--seed', '0.5'],
    ['--box', '8x8'],
    ['--box', '8x8x0'],
    ['--sigma', '1,2,3,4'],
    ['--background', '-1'],
    ['--walls', 'none'],
  ] as const) {
    assert.match(refusal(option, value), new RegExp(`option '${option}.*is invalid`))
  }
})

test('an unknown option is refused with a hint', () => {
  assert.match(refusal('--secnds', '1'), /unknown option '--secnds'[\s\S]*--seconds[\s\S]*--help/)
})

test('a step that is too long for the box is refused with the reason', () => {
  assert.match(refusal('--box', '0.01x1x1'), /time step of 0.5 µs is too long.*1\/24/)
})

test('a job that would take days is refused', () => {
  assert.match(refusal('--seconds', '1e9'), /is the limit/)
})

test('a focus that is lost in the box is refused', () => {
  assert.match(refusal('--sigma', '0.001x0.2x0.2'), /less than 1\/5000 of the box/)
})
