import type { Analysis, Comparison } from './analysis.ts'
import { type Parameters, particleSteps, totalS } from './parameters.ts'
import type { Timing } from './run-on-cluster.ts'
import { counted, rounded } from './units.ts'

/** A table's rows; the first is the heading. */
type Rows = readonly (readonly string[])[]

/** What was simulated, for the terminal. */
export function describeJob(parameters: Parameters): string {
  const { particles, box, sigma, walls, stepS, seed, ids, diffusion } = parameters
  const edges = box.map((edge) => `${edge}`).join(' × ')
  return [
    `${counted(particles, 'molecule')}, D = ${diffusion} µm²/s, in a box of ${edges} µm (${walls} walls)`,
    `focus ${sigma.join(', ')} µm (σ), peak ${parameters.maxRate} photons/s, ` +
      `background ${parameters.backgroundRate} photons/s`,
    `${rounded(totalS(parameters), 6)} s in steps of ${rounded(stepS * 1e6, 6)} µs = ` +
      `${rounded(particleSteps(parameters) / 1e6, 3)} million particle-steps, ` +
      `cut into ${counted(ids, 'id')}, seed ${seed}`,
  ].join('\n')
}

/** Theory and measurement side by side. */
export function describePhysics(analysis: Analysis): string {
  const first = analysis.diffusion[0]
  const last = analysis.diffusion.at(-1)
  const rows = [['', 'theory', 'measured', 'deviation']]
  for (const lag of first === last ? [first] : [first, last]) {
    if (lag === undefined) continue
    rows.push(row(`D from steps of ${rounded(lag.lagS * 1e6, 3)} µs, µm²/s`, lag))
  }
  rows.push(row('mean emission, 10⁻³', analysis.emission, 1e3))
  rows.push(row('photons, given the emission', analysis.photons))
  return `${table(rows)}\n${verdict(analysis)}`
}

/** Chance alone leads beyond this number of standard errors once in 16,000 times. */
const deviationMax = 4
/** A larger error says that there were only a few events, for which that is not true. */
const relativeErrorMax = 0.5

function verdict(analysis: Analysis): string {
  const all = [...analysis.diffusion, analysis.emission, analysis.photons]
  const telling = all.filter(({ theory, error }) => error < relativeErrorMax * theory)
  if (telling.length === 0) return 'too short to compare with theory'
  const worst = Math.max(...telling.map(({ deviation }) => Math.abs(deviation)))
  if (worst > deviationMax) return `NOT AS EXPECTED: ${worst.toFixed(1)} σ are more than chance`
  return `${telling.length} comparisons agree within ${deviationMax} σ`
}

/** How fast it went. `cores` are the machine's. */
export function describeTiming(timing: Timing, cores: number): string {
  const speedUp = timing.totalRate / timing.aloneRate
  const rows: Rows = [
    ['million particle-steps/s', 'per engine', 'in all'],
    ['one engine alone', millions(timing.aloneRate), millions(timing.aloneRate)],
    [
      `${counted(timing.engines, 'engine')} together`,
      millions(timing.engineRate),
      millions(timing.totalRate),
    ],
  ]
  return (
    `${table(rows)}\n` +
    `speed-up over one engine: ${speedUp.toFixed(2)} (${counted(cores, 'core')})`
  )
}

function row(label: string, comparison: Comparison, factor = 1): string[] {
  const { theory, measured, error, deviation } = comparison
  // Two digits of the error, and all the others as far.
  const digits = error > 0 ? Math.max(0, 1 - Math.floor(Math.log10(error * factor))) : 0
  const show = (value: number) => (value * factor).toFixed(Math.min(digits, 12))
  const sign = deviation < 0 ? '-' : '+'
  return [
    label,
    show(theory),
    `${show(measured)} ± ${show(error)}`,
    `${sign}${Math.abs(deviation).toFixed(1)} σ`,
  ]
}

/** Columns side by side: the first to the left, the others to the right. */
function table(rows: Rows): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((cells) => cells[i]!.length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('   ')
  return rows.map(line).join('\n')
}

function millions(rate: number): string {
  return (rate / 1e6).toFixed(1)
}
