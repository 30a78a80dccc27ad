import { blockSteps } from './blocks.ts'
import { CloseUp, type CloseUpView } from './close-up.ts'
import { Displacements, type LagSums } from './displacements.ts'
import type { Parameters } from './parameters.ts'
import { type Path, PathRecorder } from './path.ts'
import { PhotonProcess } from './photons.ts'
import { RandomStream } from './random-stream.ts'
import { type Trace, TraceRecorder } from './trace.ts'
import { mediumOf, walk } from './walk.ts'

/** What the simulation of one id gives. */
export interface Segment {
  readonly id: number
  /** Photon arrival times in clock ticks from the start of this id, sorted. */
  readonly timestamps: Float64Array
  /** Photons that were to be expected from the emission as it was, and the background. */
  readonly expectedPhotons: number
  /** Mean emission of all particles together over all steps, 1 = one particle in the centre. */
  readonly meanEmission: number
  /** How it went in time. */
  readonly trace: Trace
  readonly displacements: readonly LagSums[]
  /** Where the first particle went. */
  readonly path: Path
  readonly closeUp: CloseUpView
}

/**
 * Simulates one id: free diffusion in the box from uniformly distributed places (which is the
 * equilibrium, so nothing needs to settle), and the photons that a detector sees of it.
 * The answer depends on `parameters` and `id` alone.
 *
 * @throws {RangeError} when `parameters.stepsPerId` is not a whole number of blocks
 */
export function simulate(parameters: Parameters, id: number): Segment {
  const { particles, stepS, stepsPerId, maxRate, backgroundRate } = parameters
  const stepsPerBlock = blockSteps(parameters)
  const blocks = stepsPerId / stepsPerBlock
  if (!Number.isInteger(blocks)) {
    throw new RangeError(`${stepsPerId} steps are not a whole number of blocks of ${stepsPerBlock}`)
  }
  // One stream per purpose: the particles go the same ways whatever the detector is like.
  const random = new RandomStream(parameters.seed, id)
  const walkRandom = random.split()
  const positions = uniformPositions(parameters, random.split())
  const photons = new PhotonProcess(random.split(), parameters.ticksPerStep)
  const displacements = new Displacements(parameters, positions)
  const closeUp = new CloseUp(particles, stepsPerBlock)
  const path = new PathRecorder(blocks, stepsPerBlock * stepS, positions)
  const trace = new TraceRecorder(blocks, stepsPerBlock * stepS)
  const medium = mediumOf(parameters)
  const words = new Int32Array(3 * stepsPerBlock)
  const emission = new Float64Array(stepsPerBlock)
  const brightness = new Float64Array(particles)
  let emissionSum = 0
  for (let block = 0; block < blocks; block++) {
    emission.fill(0)
    let light = 0
    for (let p = 0; p < particles; p++) {
      brightness[p] = walk(walkRandom, words, positions, p, medium, emission)
      light += brightness[p]!
    }
    photons.advance(emission, maxRate * stepS, backgroundRate * stepS)
    emissionSum += light
    trace.add(light / stepsPerBlock)
    closeUp.add(emission, brightness, positions)
    displacements.add(block + 1, positions)
    path.add(block + 1, positions)
  }
  return {
    id,
    timestamps: photons.timestamps(),
    expectedPhotons: (emissionSum * maxRate + stepsPerId * backgroundRate) * stepS,
    meanEmission: emissionSum / stepsPerId,
    trace: trace.trace(),
    displacements: displacements.sums(),
    path: path.path(),
    closeUp: closeUp.view(),
  }
}

function uniformPositions(parameters: Parameters, random: RandomStream): Float64Array {
  const positions = new Float64Array(3 * parameters.particles)
  return positions.map((_, i) => (random.uniform() - 0.5) * parameters.box[i % 3]!)
}
