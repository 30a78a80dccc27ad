import * as Plot from '@observablehq/plot'
import type { Analysis } from './analysis.ts'
import { colours, composePicture, drawChart } from './chart.ts'
import type { Parameters } from './parameters.ts'
import { rounded } from './units.ts'

/** The diffusion coefficient from the mean squared displacement, beside the one put in. */
export function drawDiffusion(parameters: Parameters, analysis: Analysis): string {
  const points = analysis.diffusion.map(({ lagS, measured, error }) => {
    return { lag: lagS * 1e6, measured, low: measured - error, high: measured + error }
  })
  const ticks = points.map(({ lag }) => rounded(lag, 4))
  const chart = drawChart('Diffusion coefficient from the mean squared displacement', {
    x: { type: 'log', label: 'time between two places (µs)', ticks, tickFormat: String },
    y: { label: 'D (µm²/s), ± 1 standard error', nice: true },
    marginRight: 110,
    marginLeft: 72,
    marks: [
      Plot.ruleY([parameters.diffusion], { stroke: colours.accent, strokeDasharray: '5 3' }),
      Plot.ruleX(points, { x: 'lag', y1: 'low', y2: 'high', stroke: colours.line }),
      Plot.dot(points, { x: 'lag', y: 'measured', fill: colours.line, r: 4 }),
      Plot.text(['as simulated'], {
        y: parameters.diffusion,
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 10,
        fill: colours.accent,
      }),
    ],
  })
  return composePicture('Diffusion', [[chart]])
}
