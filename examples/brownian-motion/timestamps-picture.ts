import * as Plot from '@observablehq/plot'
import { type Chart, chartWidth, colours, composePicture, drawChart } from './chart.ts'
import { type Bar, countDistribution, countSorted, niceWidth } from './histogram.ts'
import { brightestSegment, type Measurement } from './merge.ts'
import { type Parameters, totalS } from './parameters.ts'
import { shortTime } from './units.ts'

/** Bins of the detail and of the distribution, s. */
const fineS = 1e-3
/** Length of the detail, s. */
const detailS = 0.2

/** Histograms of the photons' timestamps. */
export function drawTimestamps(parameters: Parameters, measurement: Measurement): string {
  const { timestamps } = measurement
  const tickS = parameters.stepS / parameters.ticksPerStep
  const wholeS = totalS(parameters)
  const [from, to] = detailOf(parameters, measurement)
  const width = niceWidth(wholeS, 500)
  const count = (start: number, end: number, bin: number): Bar[] =>
    countSorted(timestamps, start / tickS, end / tickS, bin / tickS).map((bar) => {
      return { from: bar.from * tickS, to: bar.to * tickS, count: bar.count }
    })
  const number = timestamps.length.toLocaleString('en')
  const fine = count(0, wholeS, fineS)
  return composePicture('Timestamps', [
    [drawBars(`All ${number} photons`, count(0, wholeS, width), width)],
    [drawBars('A burst: a molecule crosses the focus', count(from, to, fineS), fineS)],
    [drawDistribution(fine, parameters), drawDelays(timestamps, tickS)],
  ])
}

function drawBars(heading: string, bars: readonly Bar[], width: number): Chart {
  return drawChart(heading, {
    x: { label: 'arrival time (s)' },
    y: { label: `photons in ${shortTime(width)}` },
    marks: [
      Plot.rectY(bars, { x1: 'from', x2: 'to', y: 'count', fill: colours.line, inset: 0 }),
      Plot.ruleY([0]),
    ],
  })
}

/** How often a millisecond has how many photons, beside what the background alone would give. */
function drawDistribution(bars: readonly Bar[], parameters: Parameters): Chart {
  const distribution = countDistribution(bars).map((often, photons) => ({ photons, often }))
  const mean = parameters.backgroundRate * fineS
  const background: { photons: number; often: number }[] = []
  let probability = Math.exp(-mean)
  for (let photons = 0; probability * bars.length > 0.3 || photons < mean; photons++) {
    background.push({ photons, often: probability * bars.length })
    probability *= mean / (photons + 1)
  }
  return drawChart('Photons in a millisecond', {
    width: chartWidth / 2,
    x: { type: 'symlog', label: 'photons', ticks: countTicks(distribution.length) },
    y: {
      type: 'log',
      label: 'milliseconds',
      domain: [0.6, 2 * bars.length],
      ticks: decades(1, bars.length),
      tickFormat: plain,
    },
    marks: [
      Plot.dot(
        distribution.filter(({ often }) => often > 0),
        { x: 'photons', y: 'often', r: 2, fill: colours.line },
      ),
      Plot.line(
        background.filter(({ often }) => often > 0.6),
        { x: 'photons', y: 'often', stroke: colours.accent, strokeWidth: 1.5 },
      ),
      Plot.text(['background alone (Poisson)'], {
        frameAnchor: 'top-right',
        fill: colours.accent,
        dy: 4,
      }),
    ],
  })
}

/** Times between successive photons, in classes of equal ratio. */
function drawDelays(timestamps: Float64Array, tickS: number): Chart {
  const perDecade = 8
  const counts: number[] = []
  for (let i = 1; i < timestamps.length; i++) {
    const ticks = timestamps[i]! - timestamps[i - 1]!
    if (ticks < 1) continue
    const bin = Math.floor(Math.log10(ticks) * perDecade + 1e-9)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const microseconds = tickS * 1e6
  const points = counts.flatMap((count, bin) => {
    // Delays are whole ticks, so a class is as wide as it holds whole numbers.
    const first = Math.ceil(10 ** (bin / perDecade) - 1e-9)
    const width = Math.ceil(10 ** ((bin + 1) / perDecade) - 1e-9) - first
    const delay = (first + (width - 1) / 2) * microseconds
    return width === 0 ? [] : [{ delay, density: count / (width * microseconds) }]
  })
  const delays = points.map(({ delay }) => delay)
  const densities = points.map(({ density }) => density)
  return drawChart('Time between photons', {
    width: chartWidth / 2,
    x: {
      type: 'log',
      label: 'delay (µs)',
      ticks: decades(Math.min(...delays), Math.max(...delays)),
      tickFormat: plain,
    },
    y: {
      type: 'log',
      label: 'photons per µs of delay',
      ticks: decades(Math.min(...densities), Math.max(...densities)),
      tickFormat: plain,
    },
    marks: [Plot.dot(points, { x: 'delay', y: 'density', r: 2, fill: colours.line })],
  })
}

/** The powers of ten in a range: log scales have more ticks than one can read. */
function decades(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9)
  const last = Math.floor(Math.log10(high) + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 10 ** (first + i))
}

function countTicks(most: number): number[] {
  return [0, 1, 2, 5, ...decades(10, 1e9).flatMap((ten) => [ten, 2 * ten, 5 * ten])].filter(
    (tick) => tick <= most,
  )
}

function plain(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 })
}

/** A stretch around the brightest moment, s. */
function detailOf(parameters: Parameters, measurement: Measurement): [from: number, to: number] {
  const { id, closeUp } = brightestSegment(measurement)
  const steps = id * parameters.stepsPerId + closeUp.firstStep + closeUp.emission.length / 2
  const wholeS = totalS(parameters)
  const from = Math.min(Math.max(0, steps * parameters.stepS - detailS / 2), wholeS)
  const start = Math.max(0, Math.min(from, wholeS - detailS))
  return [start, Math.min(wholeS, start + detailS)]
}
