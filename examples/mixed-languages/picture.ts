import * as Plot from '@observablehq/plot'
import {
  type Chart,
  chartWidth,
  colours,
  composePicture,
  drawChart,
} from '../brownian-motion/chart.ts'
import type { Parameters } from './parameters.ts'
import type { Fit } from './run-on-cluster.ts'
import { compare } from './summary.ts'
import { eigenvaluesOf } from './theory.ts'

const palette = ['#1f5fa8', '#2a9d6f', '#e08a00', '#d1495b'] as const

function colourOf(index: number): string {
  return palette[index % palette.length]!
}

/** What was simulated and what was recovered, in one picture. */
export function drawPicture(parameters: Parameters, fits: readonly Fit[]): string {
  return composePicture('Diffusion coefficients from the covariances of displacements', [
    [drawSpectra(parameters, fits)],
    [drawDiffusion(parameters, fits), drawDeviations(parameters, fits)],
  ])
}

/** Principal components of the measured displacements, on the theory's lines. */
function drawSpectra(parameters: Parameters, fits: readonly Fit[]): Chart {
  const { species, steps } = parameters
  const theory = species.flatMap((one, i) =>
    eigenvaluesOf(parameters, one).map((value, k) => ({ k: k + 1, value, colour: colourOf(i) })),
  )
  const measured = fits.flatMap(({ eigenvalues }, i) =>
    Array.from(eigenvalues, (value, k) => ({ k: k + 1, value, colour: colourOf(i) })),
  )
  const labels = species.map(({ name, diffusion }, i) => {
    const value = eigenvaluesOf(parameters, species[i]!).at(-1)
    return { k: steps, value, text: `${name}, D = ${diffusion} µm²/s`, colour: colourOf(i) }
  })
  return drawChart('Eigenvalues of the covariance of displacements: dots NumPy, lines theory', {
    height: 320,
    marginRight: 230,
    x: { label: 'principal component', ticks: 12, tickFormat: 'd' },
    y: { type: 'log', label: 'variance (µm²)', tickFormat: '~g', ticks: 5 },
    marks: [
      Plot.line(theory, { x: 'k', y: 'value', z: 'colour', stroke: 'colour', strokeOpacity: 0.5 }),
      Plot.dot(measured, { x: 'k', y: 'value', fill: 'colour', r: 3 }),
      Plot.text(labels, {
        x: 'k',
        y: 'value',
        text: 'text',
        fill: 'colour',
        textAnchor: 'start',
        dx: 12,
      }),
    ],
  })
}

/** The fit's coefficients, and those of a mean squared displacement that ignores the camera. */
function drawDiffusion({ species }: Parameters, fits: readonly Fit[]): Chart {
  const points = fits.map(({ diffusion, naive_diffusion }, i) => {
    return { truth: species[i]!.diffusion, diffusion, naive: naive_diffusion, colour: colourOf(i) }
  })
  const ends = [Math.min, Math.max].map((end) => end(...species.map(({ diffusion }) => diffusion)))
  const line = [ends[0]! / 1.6, ends[1]! * 1.6].map((x) => ({ x, y: x }))
  const last = points.at(-1)!
  return drawChart('Recovered against simulated', {
    width: chartWidth / 2,
    height: 320,
    marginRight: 90,
    x: { type: 'log', label: 'D as simulated (µm²/s)', tickFormat: '~g', ticks: 4 },
    y: { type: 'log', label: 'D as recovered (µm²/s)', tickFormat: '~g', ticks: 4 },
    marks: [
      Plot.line(line, { x: 'x', y: 'y', stroke: colours.theory, strokeDasharray: '5 3' }),
      Plot.dot(points, { x: 'truth', y: 'naive', stroke: 'colour', symbol: 'times', r: 5 }),
      Plot.dot(points, { x: 'truth', y: 'diffusion', fill: 'colour', r: 5 }),
      Plot.text([last], {
        x: 'truth',
        y: 'diffusion',
        text: () => 'fit',
        textAnchor: 'start',
        dx: 12,
      }),
      Plot.text([last], {
        x: 'truth',
        y: 'naive',
        text: () => 'squared steps',
        textAnchor: 'start',
        dx: 12,
        dy: 12,
      }),
    ],
  })
}

/** How far every recovered value is from the simulated one, in standard errors. */
function drawDeviations(parameters: Parameters, fits: readonly Fit[]): Chart {
  const points = compare(parameters, fits).map(({ what, deviation }, i) => {
    return {
      what: what.replace(' of the ', ', ').replace(/, [^,]*$/, ''),
      deviation,
      colour: colourOf(i >> 1),
    }
  })
  return drawChart('Deviations, in standard errors', {
    width: chartWidth / 2,
    height: 320,
    marginLeft: 140,
    x: { label: '(recovered - simulated) / error', domain: [-4.2, 4.2], grid: true },
    y: { type: 'band', label: null, grid: false, domain: points.map(({ what }) => what) },
    marks: [
      Plot.ruleX([0], { stroke: colours.theory, strokeDasharray: '5 3' }),
      Plot.ruleY(points, {
        y: 'what',
        x1: ({ deviation }: { deviation: number }) => deviation - 1,
        x2: ({ deviation }: { deviation: number }) => deviation + 1,
        stroke: 'colour',
        strokeWidth: 2,
      }),
      Plot.dot(points, { y: 'what', x: 'deviation', fill: 'colour', r: 4.5 }),
    ],
  })
}
