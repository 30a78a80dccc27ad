import { resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { constants, Script } from 'node:vm'
import { workingFolder } from '../../../functions/mod.ts'
import { parseCell } from '../../cell/parse-cell.ts'
import type { Magic, MagicHost } from '../magic.ts'
import { type MagicOption, optionNames, parseMagicOptions } from '../magic-options.ts'
import { showSeconds } from '../show-seconds.ts'
import { UsageError } from '../usage-error.ts'

const options: readonly MagicOption[] = [
  { names: ['-n'], value: 'N', help: 'loops in each run; default: as many as take 0.2 s' },
  { names: ['-r'], value: 'R', help: 'runs; default 7' },
  { names: ['-q'], help: 'print nothing' },
  { names: ['-o'], help: 'give the result as a value' },
]

/** Seconds that one run should take at least. */
const runSecondsMin = 0.2

/** What `%timeit -o` gives; all in seconds per loop. */
interface TimeitResult {
  readonly loops: number
  readonly repeat: number
  readonly average: number
  readonly stdev: number
  readonly best: number
  readonly worst: number
  readonly timings: readonly number[]
}

type Loop = (count: number) => unknown

/** A function that runs the statement so many times; its names are its own. */
function compile(statement: string): { loop: Loop; isAsync: boolean } {
  const { text, isObject } = parseCell(statement, 'timeit')
  const body = isObject ? text.slice(1, -1) : text
  const make = (prefix: string): Loop => {
    const head = `(${prefix}function(count){for(let i=0;i<count;i++){`
    const script = new Script(`${head}${body}\n}})`, {
      columnOffset: -head.length,
      // What it imports is found from the working folder.
      filename: resolve(workingFolder(), 'timeit'),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    return script.runInThisContext() as Loop
  }
  try {
    return { loop: make(''), isAsync: false }
  } catch (error) {
    if (!/\bawait\b/.test(body)) throw error
    return { loop: make('async '), isAsync: true }
  }
}

async function secondsOf(loop: Loop, isAsync: boolean, count: number): Promise<number> {
  const started = performance.now()
  const running = loop(count)
  if (isAsync) await running
  return (performance.now() - started) / 1000
}

async function measure(
  statement: string,
  given: { loops: number | undefined; runs: number },
  { signal }: MagicHost,
): Promise<TimeitResult> {
  const { loop, isAsync } = compile(statement)
  let { loops } = given
  if (loops === undefined) {
    loops = 1
    while ((await secondsOf(loop, isAsync, loops)) < runSecondsMin && loops < 1e9) {
      signal.throwIfAborted()
      loops *= 10
    }
  }
  const timings: number[] = []
  for (let i = 0; i < given.runs; i++) {
    signal.throwIfAborted()
    timings.push((await secondsOf(loop, isAsync, loops)) / loops)
  }
  const average = timings.reduce((sum, seconds) => sum + seconds, 0) / timings.length
  const variance = timings.reduce((sum, x) => sum + (x - average) ** 2, 0) / timings.length
  return {
    loops,
    repeat: given.runs,
    average,
    stdev: Math.sqrt(variance),
    best: Math.min(...timings),
    worst: Math.max(...timings),
    timings,
  }
}

function numberOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new UsageError(`%timeit: ${name} needs a whole number above 0, not '${text}'`)
  }
  return value
}

const plural = (count: number, what: string): string =>
  `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`

export const timeit: Magic = {
  name: 'timeit',
  forms: 'line and cell',
  usage: '%timeit [-n N] [-r R] [-q] [-o] STATEMENT\n%%timeit [OPTIONS] [SET-UP]',
  help:
    'Times a statement, or a cell, by running it many times.\n' +
    'What it declares is its own. Of a cell magic the first line is a set-up that runs once.',
  options: optionNames(options),
  async run({ line, body }, host) {
    const [, flags, rest] = /^((?:-[nr]\s*\S*\s*|-[qo]+(?:\s+|$))*)(.*)$/s.exec(line)!
    const given = parseMagicOptions('timeit', flags!, options).options
    if (body !== undefined && rest !== '') await host.run(rest!)
    const statement = body ?? rest!
    if (statement.trim() === '') throw new UsageError('%timeit needs a statement')
    const counts = {
      loops: numberOf(given.get('n'), '-n'),
      runs: numberOf(given.get('r'), '-r') ?? 7,
    }
    const result = await measure(statement, counts, host)
    if (!given.has('q')) {
      const { average, stdev, repeat, loops } = result
      host.print(
        `${showSeconds(average)} ± ${showSeconds(stdev)} per loop (mean ± std. dev. of ` +
          `${plural(repeat, 'run')}, ${plural(loops, 'loop')} each)\n`,
      )
    }
    return given.has('o') ? result : undefined
  },
}
