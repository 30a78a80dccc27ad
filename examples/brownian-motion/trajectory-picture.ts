import * as Plot from '@observablehq/plot'
import { type Chart, colours, composePicture, drawChart } from './chart.ts'
import { brightestSegment, type Measurement } from './merge.ts'
import type { Parameters } from './parameters.ts'
import { shortTime } from './units.ts'

/** From one noted place to the next, in the x-z plane, µm. */
interface Leg {
  readonly x1: number
  readonly z1: number
  readonly x2: number
  readonly z2: number
  /** What it is coloured by. */
  readonly value: number
}

interface Way {
  readonly legs: readonly Leg[]
  /** Half of what is to be seen in x; in z it is as much more as the box is higher. */
  readonly reach: number
  readonly colour: Plot.ScaleOptions
}

/** Pixels; x and z have the same scale unless the box is far from a cube. */
const size = { width: 480, heightMin: 260, heightMax: 720, margins: 88 + 102 }

/** A molecule's way through the box, and one through the focus. */
export function drawTrajectories(parameters: Parameters, measurement: Measurement): string {
  const { points, intervalS } = measurement.segments[0]!.path
  const { path, emission } = brightestSegment(measurement).closeUp
  const stepsPerPoint = (3 * emission.length) / path.length
  const wholeS = (points.length / 3 - 1) * intervalS
  return composePicture('Trajectories', [
    [
      drawWay(parameters, `One molecule during ${shortTime(wholeS)}`, {
        legs: legsOf(points, parameters, (i) => i * intervalS * 1e3),
        reach: parameters.box[0] / 2,
        colour: { scheme: 'viridis', label: 'time (ms)', domain: [0, wholeS * 1e3] },
      }),
      drawWay(parameters, `The brightest ${shortTime(emission.length * parameters.stepS)}`, {
        legs: legsOf(path, parameters, (i) => emission[Math.floor(i * stepsPerPoint)]!),
        reach: reachOf(path, parameters),
        colour: { scheme: 'plasma', label: 'emission (1 = centre)', domain: [0, 1] },
      }),
    ],
  ])
}

function drawWay(parameters: Parameters, heading: string, way: Way): Chart {
  const { box, sigma } = parameters
  const x = way.reach * 1.03
  const z = (x * box[2]) / box[0]
  const height = size.margins + ((size.width - 88) * box[2]) / box[0]
  const clip = true
  return drawChart(heading, {
    width: size.width,
    height: Math.min(Math.max(height, size.heightMin), size.heightMax),
    marginTop: 60,
    x: { domain: [-x, x], label: 'x (µm)', ticks: 6 },
    y: { domain: [-z, z], label: 'z (µm)', labelAnchor: 'center', grid: false, ticks: 8 },
    color: way.colour,
    marks: [
      Plot.frame({ stroke: '#ddd' }),
      Plot.rect([box], {
        x1: -box[0] / 2,
        x2: box[0] / 2,
        y1: -box[2] / 2,
        y2: box[2] / 2,
        stroke: '#999',
        clip,
      }),
      Plot.link(way.legs, {
        ...{ x1: 'x1', y1: 'z1', x2: 'x2', y2: 'z2', stroke: 'value' },
        strokeLinecap: 'round',
        clip,
      }),
      Plot.line(focusOutline(sigma), { x: '0', y: '1', stroke: colours.accent, clip }),
      Plot.text(['focus (1/e²)'], {
        y: -1.6 * sigma[2],
        fill: colours.accent,
        stroke: 'white',
        clip,
      }),
    ],
  })
}

function legsOf(points: Float32Array, parameters: Parameters, value: (i: number) => number): Leg[] {
  const legs: Leg[] = []
  const [edgeX, , edgeZ] = parameters.box
  for (let i = 1; i < points.length / 3; i++) {
    const [x1, z1] = [points[3 * i - 3]!, points[3 * i - 1]!]
    const [x2, z2] = [points[3 * i]!, points[3 * i + 2]!]
    // Through a periodic wall: the two places are no leg.
    if (Math.abs(x2 - x1) > edgeX / 2 || Math.abs(z2 - z1) > edgeZ / 2) continue
    legs.push({ x1, z1, x2, z2, value: value(i - 1) })
  }
  return legs
}

/** So that the path and the focus are seen whole. */
function reachOf(path: Float32Array, { box, sigma }: Parameters): number {
  const perX = box[0] / box[2]
  let reach = Math.max(2 * sigma[0], 2 * sigma[2] * perX)
  for (let i = 0; i < path.length; i += 3) {
    reach = Math.max(reach, Math.abs(path[i]!), Math.abs(path[i + 2]!) * perX)
  }
  return reach
}

/** Where PSF² is 1/e² of its maximum: (x/σx)² + (z/σz)² = 2. */
function focusOutline(sigma: Parameters['sigma']): [x: number, z: number][] {
  return Array.from({ length: 73 }, (_, i) => {
    const angle = (i / 72) * 2 * Math.PI
    return [Math.SQRT2 * sigma[0] * Math.cos(angle), Math.SQRT2 * sigma[2] * Math.sin(angle)]
  })
}
