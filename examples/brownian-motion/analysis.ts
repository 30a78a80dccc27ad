import type { LagSums } from './displacements.ts'
import type { Measurement } from './merge.ts'
import { type Parameters, totalS } from './parameters.ts'
import { meanEmission, meanEmissionError } from './theory.ts'

/** A measured value beside what theory says. */
export interface Comparison {
  readonly theory: number
  readonly measured: number
  /** Standard deviation of `measured` that chance alone causes. */
  readonly error: number
  /** (measured - theory) / error. */
  readonly deviation: number
}

/** Diffusion coefficients (µm²/s) from the displacements in one lag. */
interface LagComparison extends Comparison {
  readonly lagS: number
  /** Mean squared displacement along an axis, µm². */
  readonly meanSquare: number
}

export interface Analysis {
  /** By lag, the shortest and most precise first. */
  readonly diffusion: readonly LagComparison[]
  readonly emission: Comparison
  /** Standard error of the emission as the scatter between the ids shows it: NaN for one id. */
  readonly emissionScatter: number
  /** Photons against what the emission and the background let expect: the Poisson process alone. */
  readonly photons: Comparison
  /** Photons per second. */
  readonly photonRate: number
}

/** Holds what was measured against theory. */
export function analyse(parameters: Parameters, measurement: Measurement): Analysis {
  const { segments } = measurement
  const means = segments.map((segment) => segment.meanEmission)
  const expectedPhotons = sumOf(segments.map((segment) => segment.expectedPhotons))
  const photons = measurement.timestamps.length
  return {
    diffusion: sumByLag(segments.map((segment) => segment.displacements))
      .filter((sums) => sums.count > 1)
      .map((sums) => compareDiffusion(parameters.diffusion, sums)),
    emission: compare(meanEmission(parameters), meanOf(means), meanEmissionError(parameters)),
    emissionScatter: standardErrorOf(means),
    photons: compare(expectedPhotons, photons, Math.sqrt(expectedPhotons)),
    photonRate: photons / totalS(parameters),
  }
}

/**
 * D = <d²> / 2t for displacements d along an axis in the time t. The displacements are independent
 * (`displacements.ts`), so the error of <d²> follows from the scatter of d².
 */
function compareDiffusion(theory: number, sums: LagSums): LagComparison {
  const { lagS, count, squares, fourths } = sums
  const meanSquare = squares / count
  const variance = (fourths / count - meanSquare ** 2) / (count - 1)
  const perD = 2 * lagS
  return {
    ...compare(theory, meanSquare / perD, Math.sqrt(variance) / perD),
    lagS,
    meanSquare,
  }
}

function compare(theory: number, measured: number, error: number): Comparison {
  // Without any photon to expect, none is no deviation.
  const deviation = measured === theory ? 0 : (measured - theory) / error
  return { theory, measured, error, deviation }
}

function sumByLag(segments: readonly (readonly LagSums[])[]): LagSums[] {
  return segments[0]!.map(({ lagS }, i) => ({
    lagS,
    count: sumOf(segments.map((lags) => lags[i]!.count)),
    squares: sumOf(segments.map((lags) => lags[i]!.squares)),
    fourths: sumOf(segments.map((lags) => lags[i]!.fourths)),
  }))
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length
}

function standardErrorOf(values: readonly number[]): number {
  const mean = meanOf(values)
  const squares = sumOf(values.map((value) => (value - mean) ** 2))
  return Math.sqrt(squares / (values.length - 1) / values.length)
}
