/**
 * `npm run bench`: iparallel beside Python's ipyparallel (where it is installed) and beside libzmq,
 * in the same run. Prints ours, theirs, and how many times better ours is.
 */
import { execFileSync, spawn } from 'node:child_process'
import { availableParallelism, cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchCells } from './cells.ts'
import { measureOurs } from './cluster.ts'
import { type Figures, ourPlan, type Plan, pythonPlan } from './plan.ts'
import { pythonProgram } from './python-program.ts'
import { benchTransport } from './transport.ts'

const here = dirname(fileURLToPath(import.meta.url))
const script = join(here, '..', '..', 'bench', 'python', 'measure.py')

/** The figures of Python's ipyparallel, or why there are none. */
async function measurePython(plan: Plan): Promise<Figures | string> {
  const args = [script, JSON.stringify(plan)]
  const child = spawn(pythonProgram, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => (stdout += String(data)))
  child.stderr.on('data', (data) => (stderr += String(data)))
  await new Promise((resolve) => child.once('close', resolve).once('error', resolve))
  const line = stdout.split('\n').find((text) => text.startsWith('RESULT '))
  if (line !== undefined) return JSON.parse(line.slice('RESULT '.length)) as Figures
  return stderr.trim().split('\n').at(-1) ?? `${pythonProgram} gave no result`
}

/** How often both are measured; what is printed is the median. */
const rounds = 3

interface Row {
  readonly what: string
  readonly key: keyof Figures
  readonly unit: string
  readonly moreIsBetter: boolean
  readonly scale?: number
}

const rows: readonly Row[] = [
  { what: 'start, until 4 engines answer', key: 'startSeconds', unit: 's', moreIsBetter: false },
  {
    what: 'load-balanced no-op tasks, one by one',
    key: 'tasksPerSecond',
    unit: '/s',
    moreIsBetter: true,
  },
  { what: 'items of a map, chunks of 1000', key: 'itemsPerSecond', unit: '/s', moreIsBetter: true },
  {
    what: 'round trip, load-balanced',
    key: 'balancedRoundTripMs',
    unit: 'ms',
    moreIsBetter: false,
  },
  {
    what: 'round trip, direct, one engine',
    key: 'directRoundTripMs',
    unit: 'ms',
    moreIsBetter: false,
  },
  {
    what: 'round trip, direct, four engines',
    key: 'directAllRoundTripMs',
    unit: 'ms',
    moreIsBetter: false,
  },
  { what: 'push 64 MB to four engines', key: 'pushMBPerSecond', unit: 'MB/s', moreIsBetter: true },
  {
    what: 'pull 64 MB from four engines',
    key: 'pullMBPerSecond',
    unit: 'MB/s',
    moreIsBetter: true,
  },
  {
    what: 'memory of the controller',
    key: 'controllerBytes',
    unit: 'MB',
    moreIsBetter: false,
    scale: 1e-6,
  },
  { what: 'memory of an engine', key: 'engineBytes', unit: 'MB', moreIsBetter: false, scale: 1e-6 },
]

function medianOf(rounds: readonly Figures[]): Figures {
  const medians = rows.map(({ key }) => {
    const values = rounds.map((figures) => figures[key]).sort((a, b) => a - b)
    return [key, values[values.length >> 1]]
  })
  return Object.fromEntries(medians) as Figures
}

/** In turns, because a machine that others share is faster in one minute than in the next. */
async function measureBoth(): Promise<{ ours: Figures; theirs: Figures | undefined }> {
  const ours: Figures[] = []
  const theirs: Figures[] = []
  for (let round = 0; round < rounds; round++) {
    const figures = await measurePython(pythonPlan)
    if (typeof figures !== 'string') theirs.push(figures)
    else if (round === 0) console.log(`ipyparallel was not measured: ${figures}`)
    ours.push(await measureOurs(ourPlan))
  }
  return { ours: medianOf(ours), theirs: theirs.length === 0 ? undefined : medianOf(theirs) }
}

function show(value: number, unit: string): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`
}

function printRow(row: Row, ours: Figures, theirs: Figures | undefined): void {
  const scale = row.scale ?? 1
  const mine = ours[row.key] * scale
  const cells = [row.what.padEnd(40), show(mine, row.unit).padStart(16)]
  if (theirs !== undefined) {
    const other = theirs[row.key] * scale
    const ratio = row.moreIsBetter ? mine / other : other / mine
    cells.push(show(other, row.unit).padStart(16), `${ratio.toFixed(1)}x`.padStart(9))
  }
  console.log(cells.join(' '))
}

console.log(
  `Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? '?'})`,
)
const { ours, theirs } = await measureBoth()
console.log(
  [
    'cluster of 4 engines'.padEnd(40),
    'iparallel'.padStart(16),
    'ipyparallel'.padStart(16),
    'better'.padStart(9),
  ].join(' '),
)
for (const row of rows) printRow(row, ours, theirs)
console.log('\nan engine')
// A process as large as this one has become takes longer to start another.
execFileSync(process.execPath, [join(here, 'engine-start.js')], { stdio: 'inherit' })
console.log('\ncells')
await benchCells()
console.log()
await benchTransport(2)
