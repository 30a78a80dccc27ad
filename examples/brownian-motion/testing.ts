import type { Parameters } from './parameters.ts'

/** The parameters of the main job with less time, for tests. */
export const smallJob: Parameters = {
  seed: 1,
  particles: 20,
  diffusion: 12,
  box: [8, 8, 12],
  walls: 'mirror',
  sigma: [0.2, 0.2, 0.8],
  stepS: 0.5e-6,
  ids: 4,
  stepsPerId: 50_000,
  maxRate: 1e6,
  backgroundRate: 2e3,
  ticksPerStep: 10,
}
