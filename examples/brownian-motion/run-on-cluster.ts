import { type Client, Cluster, Reference } from 'iparallel'
import { blockSteps } from './blocks.ts'
import { type Parameters, particleSteps } from './parameters.ts'
import type { Segment } from './simulate.ts'
import { rejectOnAbort } from './stop-on-signal.ts'
import { runTask, type TaskResult } from './task.ts'

/** How the work went. */
export interface Timing {
  readonly engines: number
  /** Seconds until the controller and all engines were ready. */
  readonly startS: number
  /** Particle-steps per second of one engine while the others had nothing to do. */
  readonly aloneRate: number
  /** Seconds from the first task sent to the last result received. */
  readonly runS: number
  /** Particle-steps per second of all engines together, as seen from here. */
  readonly totalRate: number
  /** Particle-steps per second of an engine while all of them worked. */
  readonly engineRate: number
}

/** What came of a run. */
export interface ClusterRun {
  readonly segments: readonly Segment[]
  readonly timing: Timing
}

/** What a caller may want to show meanwhile. */
export interface RunEvents {
  started(seconds: number): void
  measuredAlone(particleStepsPerS: number): void
  progress(done: number, total: number, elapsedS: number): void
}

/** `runTask` as it is known on the engines. */
const onEngine = new Reference('runTask')

/** Particle-steps that one engine does alone, for comparison: about half a second. */
const aloneStepsMax = 20e6
/** Particle-steps that each engine does three times, to be compiled. */
const warmUpStepsMax = 0.5e6
/** The share of the whole work that one of these may be at most, so that small jobs stay small. */
const shareMax = 1 / 20

/**
 * Starts a cluster, simulates every id on whichever engine is free, and stops the cluster again,
 * whatever happens.
 *
 * @param signal ends it early, by rejecting with the signal's reason
 */
export async function runOnCluster(
  parameters: Parameters,
  engines: number,
  events: RunEvents,
  signal: AbortSignal,
): Promise<ClusterRun> {
  const starting = performance.now()
  await using cluster = await Cluster.start({ n: engines, signal })
  await using client = await cluster.connect()
  await client.waitForEngines(engines, { signal })
  const startS = secondsSince(starting)
  events.started(startS)
  // The function goes to each engine once, with all that it calls, and is compiled there once;
  // the tasks only name it.
  await client.directView().push({ runTask }).get({ signal })
  const aloneRate = await measureAlone(client, parameters, signal)
  events.measuredAlone(aloneRate)

  const running = performance.now()
  const tasks = simulateAll(client, parameters, (done) => {
    events.progress(done, parameters.ids, secondsSince(running))
  })
  const results = await Promise.race([tasks, rejectOnAbort(signal)])
  const runS = secondsSince(running)
  const work = particleSteps(parameters)
  const engineS = results.reduce((sum, result) => sum + result.elapsedMs, 0) / 1e3
  return {
    segments: results.map((result) => result.segment),
    timing: {
      engines,
      startS,
      aloneRate,
      runS,
      totalRate: work / runS,
      engineRate: work / engineS,
    },
  }
}

/** Each id as a task of its own, for whichever engine is free. */
async function simulateAll(
  client: Client,
  parameters: Parameters,
  showProgress: (done: number) => void,
): Promise<TaskResult[]> {
  // An id gives the same wherever and however often it runs, so it may be tried again when an
  // engine dies.
  const view = client.loadBalancedView().withFlags({ retries: 2 })
  let done = 0
  showProgress(done)
  const tasks = Array.from({ length: parameters.ids }, async (_, id) => {
    const result = await view.apply<TaskResult>(onEngine, parameters, id)
    done++
    showProgress(done)
    return result
  })
  return Promise.all(tasks)
}

/** Warms all engines up, so that none of them compiles any more, and times one of them. */
async function measureAlone(
  client: Client,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<number> {
  const piece = (stepsMax: number): Parameters => {
    const work = Math.min(stepsMax, shareMax * particleSteps(parameters))
    const steps = work / parameters.particles
    const block = blockSteps(parameters)
    return { ...parameters, stepsPerId: Math.max(1, Math.round(steps / block)) * block }
  }
  const warmUp = piece(warmUpStepsMax)
  for (let i = 0; i < 3; i++) {
    await client.directView().apply(onEngine, warmUp, i).get({ signal })
  }
  const sample = piece(aloneStepsMax)
  const started = performance.now()
  await client.directView(client.ids[0]!).apply(onEngine, sample, 0).get({ signal })
  return (sample.stepsPerId * sample.particles) / secondsSince(started)
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1e3
}
