import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Analysis } from './analysis.ts'
import { drawDiffusion } from './diffusion-picture.ts'
import { drawEmission } from './emission-picture.ts'
import type { Measurement } from './merge.ts'
import { toNpy } from './npy.ts'
import type { Parameters } from './parameters.ts'
import { makeReportPage } from './report-page.ts'
import { drawTimestamps } from './timestamps-picture.ts'
import { drawTrajectories } from './trajectory-picture.ts'

/** What a run has to tell. */
export interface Outcome {
  readonly parameters: Parameters
  readonly measurement: Measurement
  readonly analysis: Analysis
  /** As on the terminal. */
  readonly summary: string
}

/**
 * Writes pictures, a page with all of them, and the timestamps into a folder, which is made when it
 * is not there. Answers the files' paths.
 */
export async function writeFiles(folder: string, outcome: Outcome): Promise<string[]> {
  const { parameters, measurement, analysis, summary } = outcome
  const pictures = {
    'trajectory.svg': drawTrajectories(parameters, measurement),
    'emission.svg': drawEmission(parameters, measurement),
    'timestamps.svg': drawTimestamps(parameters, measurement),
    'diffusion.svg': drawDiffusion(parameters, analysis),
  }
  const files = {
    'report.html': makeReportPage(summary, Object.values(pictures)),
    ...pictures,
    'timestamps.npy': toNpy(measurement.timestamps),
    'parameters.json': `${JSON.stringify(parameters, undefined, 2)}\n`,
  }
  await mkdir(folder, { recursive: true })
  return Promise.all(
    Object.entries(files).map(async ([name, content]) => {
      const path = join(folder, name)
      await writeFile(path, content)
      return path
    }),
  )
}
