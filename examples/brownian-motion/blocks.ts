import { displacementUm, type Parameters } from './parameters.ts'

/** Steps after which positions are looked at; what lies between is seen by the emission only. */
const stepsMax = 50

/**
 * Displacements are compared with theory where the walls cannot be felt: starting in the inner half
 * of the box (a quarter of its edge away from a wall), over times in which the standard deviation of
 * the displacement stays below 1/24 of the edge. A wall is then at least 6 standard deviations away.
 */
export const edgesPerDeviation = 24

/**
 * Steps in a block: 50, fewer in a box so small that a particle would cross it too fast, and 0 when
 * a single step is already too wide for the box.
 */
export function blockSteps(parameters: Parameters): number {
  const edge = Math.min(...parameters.box)
  const one = displacementUm(parameters, parameters.stepS)
  const allowed = Math.floor((edge / edgesPerDeviation / one) ** 2)
  return Math.min(stepsMax, allowed)
}

/** Lags in blocks at which displacements are measured: powers of 2, as long as the box allows. */
export function lagBlocks(parameters: Parameters): number[] {
  const steps = blockSteps(parameters)
  const edge = Math.min(...parameters.box)
  const lags: number[] = []
  for (let lag = 1; lag <= 64; lag *= 2) {
    const wide = displacementUm(parameters, lag * steps * parameters.stepS)
    if (wide * edgesPerDeviation > edge || lag * steps > parameters.stepsPerId) break
    lags.push(lag)
  }
  return lags
}
