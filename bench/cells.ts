/**
 * `node dist/bench/cells.js`: what running code in a cell costs, beside the same code in a module.
 */
import { fileURLToPath } from 'node:url'
import { NodeEvaluator } from 'iparallel/kernel'

const output = {
  stream: (_name: string, text: string) => process.stdout.write(text),
  executeInput() {},
  executeResult() {},
  display() {},
  clearOutput() {},
  input: async () => '',
}

/** Names at the top, which in a cell are globals, used in a loop. */
const loop = `
  let sum = 0
  const factor = 0.5
  const next = (x, i) => (x * factor + i) % 1000
  for (let i = 0; i < 10_000_000; i++) sum = next(sum, i)`

/** Time of the processor: a busy machine lengthens everything else. */
async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage()
  await work()
  return process.cpuUsage(begin).user / 1000
}

async function fastest(times: number, work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) least = Math.min(least, await milliseconds(work))
  return least
}

function print(what: string, value: number, unit: string, note = ''): void {
  console.log(`${what.padEnd(44)} ${value.toFixed(1).padStart(8)} ${unit.padEnd(3)} ${note}`)
}

/** Compares the loop, and takes the time of small cells. */
export async function benchCells(): Promise<void> {
  const { write } = process.stdout
  const evaluator = new NodeEvaluator({
    streams: { stdout: process.stdout, stderr: process.stderr },
  })
  const run = async (code: string): Promise<void> => {
    const request = { code, silent: false, storeHistory: true, userExpressions: {} }
    const outcome = await evaluator.execute(request, output as never)
    if (outcome.status === 'error') throw new Error(outcome.traceback.join('\n'))
  }
  let version = 0
  const asModule = (code: string) =>
    import(`data:text/javascript,${encodeURIComponent(`${code}\n// ${version++}`)}`)
  try {
    const inModule = await fastest(5, () => asModule(loop))
    const inCell = await fastest(5, () => run(loop))
    const inAwaitCell = await fastest(5, () => run(`await 0; ${loop}`))
    const count = 300
    const each = async (code: string): Promise<number> => {
      for (let i = 0; i < 50; i++) await run(code)
      const all = await milliseconds(async () => {
        for (let i = 0; i < count; i++) await run(code)
      })
      return (all / count) * 1000
    }
    const small = await each('1 + 1')
    const awaiting = await each('await 1')
    const typed = await each('let a: number = 1; const f = (b: number): number => a + b; f(2)')
    evaluator[Symbol.dispose]()
    process.stdout.write = write
    print('10 million steps, in a module', inModule, 'ms')
    print('the same in a cell', inCell, 'ms', `${(inCell / inModule).toFixed(2)}x`)
    print(
      'the same in a cell with await',
      inAwaitCell,
      'ms',
      `${(inAwaitCell / inModule).toFixed(2)}x`,
    )
    print('a cell: 1 + 1', small, 'µs')
    print('a cell: await 1', awaiting, 'µs')
    print('a cell of TypeScript', typed, 'µs')
  } finally {
    evaluator[Symbol.dispose]()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchCells()
