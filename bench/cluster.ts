/** Measures iparallel the way bench/python/measure.py measures ipyparallel. */
import { type Client, Cluster } from 'iparallel'
import type { Figures, Plan } from './plan.ts'
import { residentBytes } from './resident-bytes.ts'

async function seconds(work: () => PromiseLike<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1000
}

async function medianMs(work: () => PromiseLike<unknown>, count: number): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < count; i++) times.push(await seconds(work))
  times.sort((a, b) => a - b)
  return times[times.length >> 1]! * 1000
}

async function measureConnected(
  rc: Client,
  controllerPid: number,
  plan: Plan,
): Promise<Omit<Figures, 'startSeconds'>> {
  const noop = (i: number) => i
  const balanced = rc.loadBalancedView()
  const all = rc.directView()
  const one = rc.directView(0)
  const range = (count: number) => Array.from({ length: count }, (_, i) => i)
  const warmAtMs = performance.now() + plan.warmUpSeconds * 1000
  while (performance.now() < warmAtMs) await balanced.map(noop, range(100))

  const tasks = range(plan.tasks)
  const taskSeconds = await seconds(() => balanced.map(noop, tasks))
  const items = range(plan.items)
  const itemSeconds = await seconds(() => balanced.map(noop, items, { chunkSize: 1000 }))
  const balancedRoundTripMs = await medianMs(() => balanced.apply(noop, 1), plan.roundTrips)
  const directRoundTripMs = await medianMs(() => one.apply(noop, 1), plan.roundTrips)
  const directAllRoundTripMs = await medianMs(() => all.apply(noop, 1), plan.roundTrips)

  const enginePid = await one.apply(() => process.pid)
  const controllerBytes = residentBytes(controllerPid)
  const engineBytes = residentBytes(enginePid)

  const array = Float64Array.from({ length: plan.arrayBytes / 8 }, () => Math.random())
  const megabytes = (plan.transfers * plan.engines * plan.arrayBytes) / 1e6
  const pushSeconds = await seconds(async () => {
    for (let i = 0; i < plan.transfers; i++) await all.push({ a: array })
  })
  const pullSeconds = await seconds(async () => {
    for (let i = 0; i < plan.transfers; i++) {
      const arrays = (await all.pull('a')) as Float64Array[]
      if (arrays.some((a) => a.byteLength !== plan.arrayBytes)) throw new Error('wrong size')
    }
  })
  return {
    tasksPerSecond: plan.tasks / taskSeconds,
    itemsPerSecond: plan.items / itemSeconds,
    balancedRoundTripMs,
    directRoundTripMs,
    directAllRoundTripMs,
    pushMBPerSecond: megabytes / pushSeconds,
    pullMBPerSecond: megabytes / pullSeconds,
    controllerBytes,
    engineBytes,
  }
}

/** Starts a cluster of its own, measures, and stops it. */
export async function measureOurs(plan: Plan): Promise<Figures> {
  const begin = performance.now()
  await using cluster = await Cluster.start({ n: plan.engines })
  await using rc = await cluster.connect()
  await rc.waitForEngines(plan.engines, { timeoutMs: 60_000 })
  await rc.directView().apply(() => process.pid)
  const startSeconds = (performance.now() - begin) / 1000
  return { startSeconds, ...(await measureConnected(rc, cluster.controllerPid!, plan)) }
}
