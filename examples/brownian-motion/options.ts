import { Command, InvalidArgumentError, Option } from 'commander'
import { blockSteps, edgesPerDeviation } from './blocks.ts'
import { displacementUm, type Parameters, particleSteps, type Walls } from './parameters.ts'
import type { Vector } from './vector.ts'

/** What the command line asks for. */
export interface Options {
  readonly parameters: Parameters
  /** Engines to start. */
  readonly engines: number
  /** Folder that the files go into. */
  readonly out: string
}

interface Given {
  readonly seconds: number
  readonly engines: number
  readonly particles: number
  readonly seed: number
  readonly ids: number
  readonly diffusion: number
  readonly box: Vector
  readonly sigma: Vector
  readonly walls: Walls
  readonly timeStep: number
  readonly maxRate: number
  readonly background: number
  readonly ticksPerStep: number
  readonly out: string
}

/** Beyond this the job would take days: more likely a slip of the finger than a wish. */
const particleStepsMax = 1e13

/** A narrower focus would hardly ever see a molecule. */
const edgesPerSigmaMax = 5000

const examples = `
Examples:
  $ npm run simulation -- --seconds 1 --engines 4 --particles 20
  $ npm run simulation -- --diffusion 4e-11 --walls periodic --seed 7 --out output/fast`

function makeCommand(): Command {
  const text = 'Photons from single molecules that diffuse through a laser focus.'
  return new Command('simulation')
    .description(`${text}\nRuns on a cluster that it starts and stops.`)
    .addOption(option('--seconds <s>', 'simulated time', 8, positive))
    .addOption(option('--engines <n>', 'engines to start', 4, count(1024)))
    .addOption(option('--particles <n>', 'molecules in the box', 20, count(10_000)))
    .addOption(option('--seed <n>', 'same seed, same photons', 1, wholeNumber))
    .addOption(option('--ids <n>', 'independent simulations that are merged', 64, count(1000)))
    .addOption(option('--diffusion <D>', 'diffusion coefficient in m²/s', 1.2e-11, positive))
    .addOption(option('--box <µm>', 'edges of the box in µm', [8, 8, 12], vector))
    .addOption(option('--sigma <µm>', 'widths of the focus in µm', [0.2, 0.2, 0.8], vector))
    .addOption(
      new Option('--walls <kind>', 'what walls do')
        .choices(['mirror', 'periodic'])
        .default('mirror'),
    )
    .addOption(option('--time-step <µs>', 'time step in µs', 0.5, positive))
    .addOption(option('--max-rate <1/s>', 'photons of a molecule in the focus', 1e6, notNegative))
    .addOption(option('--background <1/s>', 'photons from elsewhere', 2e3, notNegative))
    .addOption(option('--ticks-per-step <n>', 'clock ticks in a time step', 10, count(1_000_000)))
    .addOption(new Option('--out <folder>', 'where to write').default('output/brownian-motion'))
    .addHelpText('after', examples)
    .showHelpAfterError('(try --help)')
}

/**
 * Reads the command line; `argv` is without the program's name.
 *
 * @param exit what to do instead of ending the process, after a message for `--help` or a mistake
 */
export function readOptions(argv: readonly string[], exit?: (code: number) => never): Options {
  const command = makeCommand()
  if (exit !== undefined) command.exitOverride((error) => exit(error.exitCode))
  command.parse(argv, { from: 'user' })
  const given = command.opts<Given>()
  const parameters = parametersOf(given)
  const mistake = mistakeIn(parameters)
  if (mistake !== undefined) command.error(`error: ${mistake}`)
  return { parameters, engines: given.engines, out: given.out }
}

function parametersOf(given: Given): Parameters {
  const stepS = given.timeStep * 1e-6
  const parameters = {
    seed: given.seed,
    particles: given.particles,
    diffusion: given.diffusion * 1e12,
    box: given.box,
    walls: given.walls,
    sigma: given.sigma,
    stepS,
    ids: given.ids,
    stepsPerId: 1,
    maxRate: given.maxRate,
    backgroundRate: given.background,
    ticksPerStep: given.ticksPerStep,
  }
  // Whole blocks: the time may come out longer by less than a block (25 µs) for each id.
  const block = Math.max(1, blockSteps(parameters))
  const blocks = Math.ceil(given.seconds / stepS / given.ids / block - 1e-6)
  return { ...parameters, stepsPerId: Math.max(1, blocks) * block }
}

/** Why these parameters make no sense together, if so. */
function mistakeIn(parameters: Parameters): string | undefined {
  const stepUm = displacementUm(parameters, parameters.stepS)
  const edge = Math.min(...parameters.box)
  if (blockSteps(parameters) < 1) {
    return (
      `a time step of ${parameters.stepS * 1e6} µs is too long: molecules move by ` +
      `${stepUm.toPrecision(2)} µm in it, which must be less than 1/${edgesPerDeviation} of the ` +
      `shortest edge of the box (${edge} µm)`
    )
  }
  if (parameters.box.some((length, i) => length > edgesPerSigmaMax * parameters.sigma[i]!)) {
    return `the focus is less than 1/${edgesPerSigmaMax} of the box: nothing would be seen`
  }
  if (particleSteps(parameters) > particleStepsMax) {
    const work = particleSteps(parameters).toExponential(0)
    return `that would be ${work} steps of molecules; ${particleStepsMax.toExponential(0)} is the limit`
  }
  const ticks = parameters.ids * parameters.stepsPerId * parameters.ticksPerStep
  if (!Number.isSafeInteger(ticks)) return 'the clock would overflow: fewer ticks per step, please'
  return undefined
}

function option<T>(flags: string, text: string, value: T, parse: (text: string) => T): Option {
  const shown = Array.isArray(value) ? value.join(flags.startsWith('--box') ? 'x' : ',') : undefined
  return new Option(flags, text).default(value, shown).argParser(parse)
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError('It should be a number, such as 0.5 or 1e6.')
  }
  return value
}

function positive(text: string): number {
  const value = number(text)
  if (value <= 0) throw new InvalidArgumentError('It should be more than 0.')
  return value
}

function notNegative(text: string): number {
  const value = number(text)
  if (value < 0) throw new InvalidArgumentError('It should not be negative.')
  return value
}

function wholeNumber(text: string): number {
  const value = number(text)
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It should be a whole number.')
  return value
}

function count(max: number): (text: string) => number {
  return (text) => {
    const value = wholeNumber(text)
    if (value < 1 || value > max) throw new InvalidArgumentError(`It should be from 1 to ${max}.`)
    return value
  }
}

function vector(text: string): Vector {
  const parts = text.split(/[x,]/)
  if (parts.length !== 3) {
    throw new InvalidArgumentError('It should be three numbers: 8x8x12 or 8,8,12.')
  }
  const [x, y, z] = parts.map(positive)
  return [x!, y!, z!]
}
