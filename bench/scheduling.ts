/**
 * What one load-balanced task costs the scheduler alone, with 4 to 4096 engines. It is not a door
 * of the package, so this reads the compiled folder beside it. The last column is what matters:
 * the cost must not grow with the cluster.
 */
import type * as Scheduling from '../src/scheduling/mod.ts'

const folder = new URL('../scheduling/mod.js', import.meta.url)
const { TaskScheduler } = (await import(folder.href)) as typeof Scheduling

type Wishes = Scheduling.TaskOrder['wishes']
type Scheme = Scheduling.Scheme

const plain: Wishes = {
  after: undefined,
  follow: undefined,
  timeoutMs: undefined,
  targets: undefined,
  retries: 0,
  language: undefined,
}

interface Scenario {
  readonly name: string
  readonly scheme: Scheme
  readonly highWaterMark: number
  /** Tasks that wait at the start, for each engine. */
  readonly backlog: number
  wishes(index: number, engines: number): Wishes
}

const scenarios: readonly Scenario[] = [
  ...(['leastload', 'lru', 'plainrandom', 'weighted', 'twobin'] as const).map((scheme) => ({
    name: `${scheme}, engines idle`,
    scheme,
    highWaterMark: 1,
    backlog: 0,
    wishes: () => plain,
  })),
  {
    name: 'leastload, 8 each, engines busy',
    scheme: 'leastload',
    highWaterMark: 8,
    backlog: 10,
    wishes: () => plain,
  },
  {
    name: 'leastload, two targets each, busy',
    scheme: 'leastload',
    highWaterMark: 1,
    backlog: 4,
    wishes: (index, engines) => ({
      ...plain,
      targets: [`engine-${index % engines}`, `engine-${(index * 7 + 1) % engines}`],
    }),
  },
  {
    name: 'leastload, time-out and retries',
    scheme: 'leastload',
    highWaterMark: 1,
    backlog: 4,
    wishes: () => ({ ...plain, timeoutMs: 60_000, retries: 2 }),
  },
]

const roundTasks = 10_000
const rounds = 20

/** A scheduler with its engines, kept as busy as the scenario says. */
class Load {
  readonly #scenario: Scenario
  readonly #engines: number
  readonly #scheduler: Scheduling.TaskScheduler<Scheduling.TaskOrder>
  #running: { taskId: string; engine: string }[] = []
  #head = 0
  #submitted = 0
  /** The cheapest round so far, in microseconds per task. */
  best = Number.POSITIVE_INFINITY

  constructor(scenario: Scenario, engines: number) {
    this.#scenario = scenario
    this.#engines = engines
    this.#scheduler = new TaskScheduler({
      scheme: scenario.scheme,
      highWaterMark: scenario.highWaterMark,
      random: { float: Math.random, bytes: () => new Uint8Array(0) },
      finishedIdsMax: 10_000,
    })
    for (let id = 0; id < engines; id++) {
      const uuid = `engine-${id}`
      this.#perform({
        type: 'engine-joined',
        uuid,
        id,
        language: 'python',
        recalls: false,
        atMs: 0,
      })
    }
    for (const order of this.#orders(engines * Math.max(0.5, scenario.backlog))) this.#submit(order)
  }

  /** As many tasks end as are submitted, so that everything stays as it is. */
  round(): void {
    const orders = this.#orders(roundTasks)
    const begin = performance.now()
    for (const order of orders) {
      this.#answer()
      this.#submit(order)
    }
    this.best = Math.min(this.best, ((performance.now() - begin) * 1000) / roundTasks)
    this.#running = this.#running.slice(this.#head)
    this.#head = 0
  }

  #orders(count: number): Scheduling.TaskOrder[] {
    return Array.from({ length: count }, () => {
      const index = this.#submitted++
      const id = `d09304da-856c7dd86c8fd3d1b1bd1f7d_26181_${index}`
      return { id, wishes: this.#scenario.wishes(index, this.#engines) }
    })
  }

  #submit(order: Scheduling.TaskOrder): void {
    this.#perform({ type: 'task-submitted', order, atMs: 0 })
  }

  #answer(): void {
    const { taskId, engine } = this.#running[this.#head++]!
    const dependenciesMet = true
    this.#perform({
      type: 'result-received',
      taskId,
      engine,
      status: 'ok',
      dependenciesMet,
      atMs: 0,
    })
  }

  #perform(event: Scheduling.SchedulerEvent<Scheduling.TaskOrder>): void {
    for (const effect of this.#scheduler.apply(event)) {
      if (effect.type !== 'run-task') continue
      this.#running.push({ taskId: effect.order.id, engine: effect.engine })
    }
  }
}

const sizes = [4, 64, 1024, 4096]
const heads = sizes.map((size) => String(size).padStart(8)).join('')
console.log(`${'µs per task, with engines:'.padEnd(36)}${heads}  4096/4`)
for (const scenario of scenarios) {
  const loads = sizes.map((engines) => new Load(scenario, engines))
  // In turn, so that a busy machine is as unkind to one as to the other.
  for (let i = 0; i < rounds; i++) for (const load of loads) load.round()
  const cells = loads.map(({ best }) => best.toFixed(2).padStart(8)).join('')
  const ratio = loads.at(-1)!.best / loads[0]!.best
  console.log(`${scenario.name.padEnd(36)}${cells}${ratio.toFixed(2).padStart(8)}`)
}
