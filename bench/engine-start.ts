/**
 * `node dist/bench/engine-start.js`: how long an engine takes from its start until a client sees
 * it, and how much memory it holds then, beside Python's ipengine on the same controller.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Client, Cluster } from 'iparallel'
import { pythonProgram } from './python-program.ts'
import { residentBytes } from './resident-bytes.ts'

/** Of ours; of Python's, which take long, there are three. */
const engines = 7

interface Footprint {
  readonly startMs: number
  readonly idleBytes: number
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!

/** Resolves with the id of the next engine that the client hears of. */
async function nextEngine(rc: Client, known: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const fresh = rc.ids.find((id) => !known.has(id))
    if (fresh !== undefined) return fresh
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** What the one before still does after its start must not slow the next one down. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 500))

async function measureOne(rc: Client, start: () => unknown): Promise<number> {
  await pause()
  const known = new Set(rc.ids)
  const begin = performance.now()
  const starting = Promise.resolve(start())
  await nextEngine(rc, known)
  const startMs = performance.now() - begin
  await starting
  return startMs
}

async function measureOurs(rc: Client, cluster: Cluster): Promise<Footprint> {
  const times: number[] = []
  for (let i = 0; i < engines; i++) times.push(await measureOne(rc, () => cluster.startEngines(1)))
  await pause()
  const pids = cluster.engines.map(({ pid }) => pid)
  return { startMs: median(times), idleBytes: median(pids.map(residentBytes)) }
}

async function measurePython(rc: Client, cluster: Cluster): Promise<Footprint | undefined> {
  if (spawnSync(pythonProgram, ['-c', 'import ipyparallel']).status !== 0) return undefined
  const file = join(
    cluster.profile.dir,
    'security',
    `ipcontroller-${cluster.clusterId}-engine.json`,
  )
  const children: ChildProcess[] = []
  const args = ['-m', 'ipyparallel.engine', `--file=${file}`]
  const start = () => children.push(spawn(pythonProgram, args, { stdio: 'ignore' }))
  try {
    const times: number[] = []
    for (let i = 0; i < 3; i++) times.push(await measureOne(rc, start))
    await pause()
    const bytes = children.map(({ pid }) => residentBytes(pid!))
    return { startMs: median(times), idleBytes: median(bytes) }
  } finally {
    for (const child of children) child.kill('SIGKILL')
  }
}

/** What there is no getting below: Node alone, until it can say a word. */
async function measureBareNode(): Promise<Footprint> {
  const children: ChildProcess[] = []
  const times: number[] = []
  for (let i = 0; i < engines; i++) {
    await pause()
    const begin = performance.now()
    const child = spawn(process.execPath, ['-e', 'process.send(1); setInterval(() => {}, 1e3)'], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    await new Promise((resolve) => child.once('message', resolve))
    times.push(performance.now() - begin)
    children.push(child)
  }
  const bytes = children.map(({ pid }) => residentBytes(pid!))
  for (const child of children) child.kill('SIGKILL')
  return { startMs: median(times), idleBytes: median(bytes) }
}

function print(what: string, { startMs, idleBytes }: Footprint): void {
  const megabytes = (idleBytes / 1e6).toFixed(1)
  console.log(`${what.padEnd(28)} ready in ${startMs.toFixed(0)} ms, idle in ${megabytes} MB`)
}

/** Starts a cluster of its own, measures, prints, and stops it. */
async function benchEngineStart(): Promise<void> {
  print(`Node ${process.version} alone`, await measureBareNode())
  await using cluster = await Cluster.start({ n: 1 })
  await using rc = await cluster.connect()
  await rc.waitForEngines(1, { timeoutMs: 60_000 })
  print('iparallel', await measureOurs(rc, cluster))
  const python = await measurePython(rc, cluster)
  if (python === undefined) console.log('ipyparallel was not measured: it is not installed')
  else print('ipyparallel', python)
}

await benchEngineStart()
