import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { ProgressBar } from '../brownian-motion/progress-bar.ts'
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
const interrupted = new AbortController()

/** Ctrl-C stops the cluster first; a second one ends the program at once. */
function stopOnSignal(): void {
  for (const [signal, exitCode] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
    process.once(signal, () => {
      process.stderr.write('\nstopping the cluster …\n')
      process.exitCode = exitCode
      interrupted.abort(new Error(signal))
    })
  }
}

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
    interrupted.signal,
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

stopOnSignal()
try {
  await main()
} catch (error) {
  if (!interrupted.signal.aborted) {
    process.exitCode = 1
    console.error(error instanceof Error ? `error: ${error.message}` : error)
  }
}
