import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { ProgressBar } from '../brownian-motion/progress-bar.ts'
import { stopOnSignal } from '../brownian-motion/stop-on-signal.ts'
import { findPython, howToGetPython } from './find-python.ts'
import { standardJob } from './parameters.ts'
import { runOnCluster } from './run-on-cluster.ts'
import {
  describeEngines,
  describeFits,
  describeJob,
  describeRun,
  disagreements,
} from './summary.ts'

const folder = join('output', 'mixed-languages')
const interrupted = stopOnSignal()

async function main(): Promise<void> {
  const python = findPython(process.env)
  if (python === undefined) throw new Error(howToGetPython)
  // Where the cluster looks for the Python that its engines run.
  process.env['PYTHON'] = python
  const parameters = standardJob
  console.log(`${describeJob(parameters)}\n`)
  using bar = new ProgressBar(process.stderr, 'simulating and fitting', (done) => `${done} tasks`)
  const run = await runOnCluster(
    parameters,
    {
      started(engines, seconds) {
        console.log(`engines ready after ${seconds.toFixed(1)} s:\n${describeEngines(engines)}\n`)
      },
      progress: (done, total, elapsedS) => bar.update(done, total, elapsedS),
    },
    interrupted,
  )
  console.log(`\n${describeFits(parameters, run.fits)}\n\n${describeRun(run)}`)
  // Drawing takes half a second to load, which the simulation need not wait for.
  const { drawPicture } = await import('./picture.ts')
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'diffusion.svg')
  await writeFile(path, drawPicture(parameters, run.fits))
  console.log(`wrote ${path}`)
  for (const text of disagreements(parameters, run.fits)) {
    console.error(`error: ${text}`)
    process.exitCode = 1
  }
}

try {
  await main()
} catch (error) {
  if (!interrupted.aborted) {
    process.exitCode = 1
    console.error(error instanceof Error ? `error: ${error.message}` : error)
  }
}
