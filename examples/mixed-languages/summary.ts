import type { EngineDescription } from 'iparallel'
import { type Parameters, tracksOf } from './parameters.ts'
import type { ClusterRun, Fit } from './run-on-cluster.ts'

/** A measured value beside the one that was simulated. */
export interface Comparison {
  readonly what: string
  readonly truth: number
  readonly measured: number
  readonly error: number
  /** In standard errors. */
  readonly deviation: number
}

/** Beyond so many standard errors something is wrong: one run in 2,000 gets there by chance. */
const deviationMax = 4

export function compare(parameters: Parameters, fits: readonly Fit[]): Comparison[] {
  return parameters.species.flatMap(({ name, diffusion, localisation }, i) => {
    const fit = fits[i]!
    return [
      comparison(`D of the ${name}, µm²/s`, diffusion, fit.diffusion, fit.diffusion_error),
      comparison(
        `σ of the ${name}, nm`,
        localisation * 1e3,
        fit.localisation * 1e3,
        fit.localisation_error * 1e3,
      ),
    ]
  })
}

function comparison(what: string, truth: number, measured: number, error: number): Comparison {
  return { what, truth, measured, error, deviation: (measured - truth) / error }
}

export function describeJob(parameters: Parameters): string {
  const { species, frameS, steps, seed } = parameters
  const tracks = tracksOf(parameters).toLocaleString('en')
  return (
    `${species.length} kinds of molecules, ${tracks} tracks of each, ` +
    `${steps + 1} frames of ${frameS * 1e3} ms, seed ${seed}`
  )
}

export function describeEngines(engines: readonly EngineDescription[]): string {
  return engines
    .map(({ id, language, runtime, hostname, pid }) => {
      return `  ${id}  ${language.padEnd(10)}  ${(runtime ?? '?').padEnd(9)}  ${hostname}, pid ${pid}`
    })
    .join('\n')
}

export function describeRun({ engines, tasks }: ClusterRun): string {
  const share = ({ id, language }: EngineDescription): string =>
    `${tasks.get(id) ?? 0} on engine ${id} (${language})`
  return `tasks: ${engines.map(share).join(', ')}`
}

/** The recovered values beside the true ones, as a table. */
export function describeFits(parameters: Parameters, fits: readonly Fit[]): string {
  const rows = compare(parameters, fits).map(({ what, truth, measured, error, deviation }) => {
    const digits = Math.max(0, 1 - Math.floor(Math.log10(error)))
    const sign = deviation < 0 ? '-' : '+'
    return [
      what,
      truth.toFixed(digits),
      `${measured.toFixed(digits)} ± ${error.toFixed(digits)}`,
      `${sign}${Math.abs(deviation).toFixed(1)} σ`,
    ]
  })
  const table = [['', 'simulated', 'recovered', 'deviation'], ...rows]
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)))
  return table
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('   '),
    )
    .join('\n')
}

/** What does not agree; empty when all is well. */
export function disagreements(parameters: Parameters, fits: readonly Fit[]): string[] {
  return compare(parameters, fits)
    .filter(({ deviation }) => !(Math.abs(deviation) <= deviationMax))
    .map(({ what, deviation }) => `${what} is off by ${deviation.toFixed(1)} standard errors`)
}
