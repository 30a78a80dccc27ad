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
import { type RunEvents, runOnCluster } from './run-on-cluster.ts'
import { describeJob, describePhysics, describeTiming } from './summary.ts'

const interrupted = new AbortController()

/** Ends like a program that Ctrl-C stopped, but only after the cluster has been. */
function stopOnCtrlC(): void {
  process.once('SIGINT', () => {
    process.stderr.write('\nstopping the cluster …\n')
    interrupted.abort(new Error('interrupted'))
  })
  process.once('SIGTERM', () => interrupted.abort(new Error('terminated')))
}

async function main(options: Options): Promise<void> {
  const { parameters, engines, out } = options
  // First of all, for it would be a pity to find out at the end that nothing can be written.
  await mkdir(out, { recursive: true })
  console.log(`${describeJob(parameters)}\n`)
  const events = showProgress(parameters)
  const { segments, timing } = await runOnCluster(parameters, engines, events, interrupted.signal)
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

function showProgress(parameters: Parameters): RunEvents {
  const perId = {
    s: totalS(parameters) / parameters.ids,
    steps: particleSteps(parameters) / parameters.ids,
  }
  const bar = new ProgressBar(process.stderr, 'simulating', (done, elapsedS) => {
    const rate = elapsedS > 0 ? (done * perId.steps) / elapsedS / 1e6 : 0
    return `${(done * perId.s).toFixed(2)} s  ${rate.toFixed(0)} M steps/s`
  })
  return {
    started: (engines, seconds) => {
      console.log(`controller and ${engines} engines ready in ${seconds.toFixed(2)} s`)
    },
    measuredAlone: (rate) => {
      console.log(`one engine alone: ${(rate / 1e6).toFixed(1)} million particle-steps/s`)
    },
    progress: (done, total, elapsedS) => bar.update(done, total, elapsedS),
  }
}

stopOnCtrlC()
try {
  await main(readOptions(process.argv.slice(2)))
} catch (error) {
  process.exitCode = interrupted.signal.aborted ? 130 : 1
  if (!interrupted.signal.aborted) {
    console.error(error instanceof Error ? `error: ${error.message}` : error)
  }
}
