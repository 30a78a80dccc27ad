import { fileURLToPath } from 'node:url'
import {
  type AsyncResult,
  type Client,
  Cluster,
  type EngineDescription,
  type LoadBalancedView,
  NdArray,
  Reference,
} from 'iparallel'
import { rejectOnAbort } from '../brownian-motion/stop-on-signal.ts'
import type { Parameters } from './parameters.ts'
import { simulateDisplacements } from './simulate-displacements.ts'
import { blurOf } from './theory.ts'

/** What Python's `fit` answers. */
export interface Fit {
  /** Rows of displacements: two for each track. */
  readonly rows: number
  /** µm²/s */
  readonly diffusion: number
  readonly diffusion_error: number
  /** µm */
  readonly localisation: number
  readonly localisation_error: number
  /** Of as many degrees of freedom as there are displacements in a track, less two. */
  readonly chi_squared: number
  /** What the mean squared displacement from one frame to the next would say. */
  readonly naive_diffusion: number
  /** Of the covariance matrix as it was measured, in the order of the theory's. */
  readonly eigenvalues: Float64Array
}

export interface ClusterRun {
  /** One for each species. */
  readonly fits: readonly Fit[]
  readonly engines: readonly EngineDescription[]
  /** Tasks that each engine has run, by its id. */
  readonly tasks: ReadonlyMap<number, number>
  /** Seconds from the first task sent to the last result received. */
  readonly runS: number
}

export interface RunEvents {
  started(engines: readonly EngineDescription[], seconds: number): void
  progress(done: number, total: number, elapsedS: number): void
}

/** The source is not compiled, so it lies in the source folder. */
export const pythonFile = fileURLToPath(
  new URL('../../../examples/mixed-languages/linear_algebra.py', import.meta.url),
)

const simulation = new Reference('simulateDisplacements')

/**
 * Starts two engines that speak TypeScript and two that speak Python, simulates on the ones, fits on
 * the others, and stops the cluster again, whatever happens.
 *
 * @param signal ends it early, by rejecting with the signal's reason
 */
export async function runOnCluster(
  parameters: Parameters,
  events: RunEvents,
  signal: AbortSignal,
): Promise<ClusterRun> {
  const startedMs = performance.now()
  await using cluster = await Cluster.start({ n: 2, python: 2, signal })
  await using client = await cluster.connect()
  await client.directView({ language: 'typescript' }).push({ simulateDisplacements })
  await client.directView({ language: 'python' }).run(pythonFile)
  const engines = await client.describeEngines()
  events.started(engines, (performance.now() - startedMs) / 1e3)
  const runningMs = performance.now()
  const run = new Run(client, parameters, (done, total) => {
    events.progress(done, total, (performance.now() - runningMs) / 1e3)
  })
  const fits = await Promise.race([run.fitAll(), rejectOnAbort(signal)])
  return { fits, engines, tasks: run.tasks, runS: (performance.now() - runningMs) / 1e3 }
}

class Run {
  /** Each task goes to an engine that can run it: the view needs no telling. */
  readonly #view: LoadBalancedView
  readonly #parameters: Parameters
  readonly #onProgress: (done: number, total: number) => void
  readonly tasks = new Map<number, number>()
  #done = 0

  constructor(
    client: Client,
    parameters: Parameters,
    onProgress: (done: number, total: number) => void,
  ) {
    this.#view = client.loadBalancedView()
    this.#parameters = parameters
    this.#onProgress = onProgress
  }

  fitAll(): Promise<Fit[]> {
    return Promise.all(this.#parameters.species.map((_, index) => this.#fit(index)))
  }

  /**
   * The covariances of a species add up on one Python engine and stay there, so what follows its
   * first block goes where that went; and the fit waits for all of them.
   */
  async #fit(species: number): Promise<Fit> {
    const { blocks, frameS, substeps } = this.#parameters
    const additions: AsyncResult<number>[] = []
    const counted: Promise<unknown>[] = []
    const simulated = Array.from({ length: blocks }, async (_, block) => {
      const task = this.#view.apply<Float64Array>(simulation, this.#parameters, species, block)
      const displacements = await this.#count(task)
      const [first] = additions
      const near = first === undefined ? this.#view : this.#view.withFlags({ follow: first })
      const addition = near.call<number>('add_block', species, this.#asMatrix(displacements))
      additions.push(addition)
      const done = this.#count(addition)
      // It is waited for below; until then nobody would hear of its failure.
      done.catch(() => {})
      counted.push(done)
    })
    await Promise.all(simulated)
    // All are sent, not all are done: the scheduler holds the fit back until they are.
    const last = this.#view.withFlags({ after: additions, follow: additions[0]! })
    const fit = this.#count(last.call<Fit>('fit', species, frameS, blurOf(substeps)))
    await Promise.all(counted)
    return fit
  }

  #asMatrix(displacements: Float64Array): NdArray {
    const { steps } = this.#parameters
    return new NdArray(displacements, [displacements.length / steps, steps])
  }

  async #count<T>(task: AsyncResult<T>): Promise<T> {
    const value = await task
    const engine = task.metadata[0]?.engineId
    if (engine !== undefined) this.tasks.set(engine, (this.tasks.get(engine) ?? 0) + 1)
    const { species, blocks } = this.#parameters
    this.#done++
    this.#onProgress(this.#done, species.length * (2 * blocks + 1))
    return value
  }
}
