import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import process from 'node:process'
import { analyse } from './analysis.ts'
import { fingerprint } from './fingerprint.ts'
import { merge } from './merge.ts'
import { type Options, readOptions } from './options.ts'
import { type Parameters, particleSteps, totalS } from './parameters.ts'
import { ProgressBar } from './progress-bar.ts'
import { type ClusterRun, type RunEvents, runOnCluster } from './run-on-cluster.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { describeJob, describePhysics, describeTiming } from './summary.ts'
import { counted } from './units.ts'

const interrupted = stopOnSignal()

async function main(options: Options): Promise<void> {
  const { parameters, engines, out } = options
  // First of all, for it would be a pity to find out at the end that nothing can be written.
  await makeFolder(out)
  console.log(`${describeJob(parameters)}\n`)
  const { segments, timing } = await run(parameters, engines)
  const measurement = merge(parameters, segments)
  const analysis = analyse(parameters, measurement)
  const { timestamps } = measurement
  const summary = [
    describePhysics(analysis),
    `${timestamps.length.toLocaleString('en')} photons, fingerprint ${fingerprint(timestamps)}`,
    '',
    describeTiming(timing, availableParallelism()),
  ].join('\n')
  console.log(`\n${summary}\n`)
  // Loaded only now: drawing takes half a second to load, which the simulation need not wait for.
  const { writeFiles } = await import('./output-files.ts')
  const job = describeJob(parameters)
  const outcome = { parameters, measurement, analysis, summary: `${job}\n\n${summary}` }
  for (const path of await writeFiles(out, outcome)) console.log(`wrote ${relative('', path)}`)
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`cannot write to the folder ${path} (${reason}); choose one with --out`)
  }
}

async function run(parameters: Parameters, engines: number): Promise<ClusterRun> {
  const idS = totalS(parameters) / parameters.ids
  const idSteps = particleSteps(parameters) / parameters.ids
  using bar = new ProgressBar(process.stderr, 'simulating', (done, elapsedS) => {
    const rate = elapsedS > 0 ? (done * idSteps) / elapsedS / 1e6 : 0
    return `${(done * idS).toFixed(2)} s  ${rate.toFixed(0)} M steps/s`
  })
  const events: RunEvents = {
    started(seconds) {
      console.log(`controller and ${counted(engines, 'engine')} ready in ${seconds.toFixed(2)} s`)
    },
    measuredAlone(rate) {
      console.log(`one engine alone: ${(rate / 1e6).toFixed(1)} million particle-steps/s`)
    },
    progress(done, total, elapsedS) {
      bar.update(done, total, elapsedS)
    },
  }
  return await runOnCluster(parameters, engines, events, interrupted)
}

try {
  await main(readOptions(process.argv.slice(2)))
} catch (error) {
  if (!interrupted.aborted) {
    process.exitCode = 1
    console.error(error instanceof Error ? `error: ${error.message}` : error)
  }
}
