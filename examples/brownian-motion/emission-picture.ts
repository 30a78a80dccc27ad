import * as Plot from '@observablehq/plot'
import { type Chart, colours, composePicture, drawChart } from './chart.ts'
import { niceWidth } from './histogram.ts'
import { brightestSegment, type Measurement } from './merge.ts'
import type { Parameters } from './parameters.ts'
import { totalS } from './parameters.ts'
import type { Segment } from './simulate.ts'
import { meanEmission } from './theory.ts'
import { shortTime } from './units.ts'

interface Point {
  readonly time: number
  readonly emission: number
}

/** Points that a chart of this width can show side by side. */
const pointsMax = 900

/** The emission as a whole, and its brightest stretch in every detail. */
export function drawEmission(parameters: Parameters, measurement: Measurement): string {
  const brightest = brightestSegment(measurement)
  return composePicture('Emission', [
    [drawWhole(parameters, measurement)],
    [drawSegment(parameters, brightest)],
    [drawCloseUp(parameters, brightest)],
  ])
}

function drawWhole(parameters: Parameters, { segments, trace }: Measurement): Chart {
  const perId = parameters.stepsPerId * parameters.stepS
  const stride = Math.max(1, Math.round(niceWidth(totalS(parameters), pointsMax) / trace.binS))
  const values = segments.flatMap((segment) =>
    averaged(segment.trace.emission, trace.binS, stride, segment.id * perId),
  )
  const width = shortTime(stride * trace.binS)
  const mean = meanEmission(parameters)
  return drawChart(`Emission of all molecules during ${shortTime(totalS(parameters))}`, {
    x: { label: 'time (s)', domain: [0, totalS(parameters)] },
    y: { label: `mean emission in ${width} (1 = one molecule in the centre)` },
    marks: [
      Plot.ruleX(values, { x: 'time', y: 'emission', stroke: colours.line }),
      Plot.ruleY([mean], { stroke: colours.accent, strokeDasharray: '5 3' }),
      Plot.text([mean], {
        text: () => 'mean in theory',
        y: mean,
        frameAnchor: 'right',
        dy: -8,
        fill: colours.accent,
        stroke: 'white',
        textAnchor: 'end',
      }),
      Plot.ruleY([0]),
    ],
  })
}

function drawSegment(parameters: Parameters, segment: Segment): Chart {
  const { emission, binS } = segment.trace
  const stride = Math.ceil(emission.length / (4 * pointsMax))
  const perId = parameters.stepsPerId * parameters.stepS
  const points = averaged(emission, binS, stride, 0).map(({ time, emission: value }) => {
    return { time: time * 1e3, emission: value }
  })
  const from = segment.closeUp.firstStep * parameters.stepS * 1e3
  const to = from + segment.closeUp.emission.length * parameters.stepS * 1e3
  return drawChart(`The id with the brightest molecule (${segment.id}), ${shortTime(perId)}`, {
    x: { label: 'time in this id (ms)', domain: [0, perId * 1e3] },
    y: { label: `mean emission in ${shortTime(stride * binS)}` },
    marks: [
      Plot.rectX([{}], { x1: from, x2: to, fill: colours.fill, fillOpacity: 0.35 }),
      Plot.line(points, { x: 'time', y: 'emission', stroke: colours.line, strokeWidth: 1 }),
      Plot.ruleY([0]),
    ],
  })
}

function drawCloseUp(parameters: Parameters, segment: Segment): Chart {
  const { emission, firstStep } = segment.closeUp
  const points = Array.from(emission, (value, i) => {
    return { time: (firstStep + i) * parameters.stepS * 1e3, emission: value }
  })
  const heading = `Its brightest ${shortTime(emission.length * parameters.stepS)}, step by step`
  return drawChart(heading, {
    x: { label: 'time in this id (ms)' },
    y: { label: `emission in each ${shortTime(parameters.stepS)}` },
    marks: [
      Plot.line(points, { x: 'time', y: 'emission', stroke: colours.line, strokeWidth: 0.8 }),
      Plot.ruleY([0]),
    ],
  })
}

/** Means over `stride` bins at the middle of each; the times count from `startS`. */
function averaged(emission: Float32Array, binS: number, stride: number, startS: number): Point[] {
  const points: Point[] = []
  for (let from = 0; from < emission.length; from += stride) {
    const part = emission.subarray(from, from + stride)
    const sum = part.reduce((total, value) => total + value, 0)
    const time = startS + (from + part.length / 2) * binS
    points.push({ time, emission: sum / part.length })
  }
  return points
}
