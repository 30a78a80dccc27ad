import type { Vector } from './vector.ts'

/** What happens at the walls: `mirror` reflects a particle, `periodic` lets it in opposite. */
export type Walls = 'mirror' | 'periodic'

/** Everything that decides which photons come out: equal parameters, equal photons. */
export interface Parameters {
  /** Key of all random streams; each id has its own of this seed. */
  readonly seed: number
  /** Point particles in the box. */
  readonly particles: number
  /** Diffusion coefficient D, µm²/s. */
  readonly diffusion: number
  /** Edge lengths of the box, centred on the focus, µm. */
  readonly box: Vector
  readonly walls: Walls
  /** Standard deviations of the point spread function, µm. */
  readonly sigma: Vector
  /** Time step, s. */
  readonly stepS: number
  /** Independent simulations, one task each, joined in time to one stream. */
  readonly ids: number
  /** Steps of each id. */
  readonly stepsPerId: number
  /** Photon rate of one particle in the centre of the focus, 1/s. */
  readonly maxRate: number
  /** Photon rate that does not come from particles, 1/s. */
  readonly backgroundRate: number
  /** Resolution of the timestamps: clock ticks in a time step. */
  readonly ticksPerStep: number
}

/** Standard deviation of a displacement along one axis in `timeS`, µm: sqrt(2 D t). */
export function displacementUm(parameters: Parameters, timeS: number): number {
  return Math.sqrt(2 * parameters.diffusion * timeS)
}

/** Simulated time of all ids together, s. */
export function totalS(parameters: Parameters): number {
  return parameters.ids * parameters.stepsPerId * parameters.stepS
}

/** Steps of all particles in all ids: the work to be done. */
export function particleSteps(parameters: Parameters): number {
  return parameters.ids * parameters.stepsPerId * parameters.particles
}
