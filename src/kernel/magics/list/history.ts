import type { Magic } from '../magic.ts'
import { type MagicOption, optionNames, parseMagicOptions } from '../magic-options.ts'
import { UsageError } from '../usage-error.ts'

const options: readonly MagicOption[] = [
  { names: ['-n'], help: 'with the number of each cell' },
  { names: ['-o'], help: 'with what each cell gave' },
  { names: ['-l'], value: 'N', help: 'only the last N cells' },
  { names: ['-g'], value: 'TEXT', help: 'only cells that contain this text' },
]

/** `3`, `2-5`, `2-`: inclusive. */
function inRange(range: string): (line: number) => boolean {
  const [, from, dash, to] = /^(\d+)(-?)(\d*)$/.exec(range) ?? []
  if (from === undefined) throw new UsageError(`%history: '${range}' is no range such as 3 or 2-5`)
  const last = dash === '' ? Number(from) : to === '' ? Number.POSITIVE_INFINITY : Number(to)
  return (line) => line >= Number(from) && line <= last
}

export const history: Magic = {
  name: 'history',
  forms: 'line',
  usage: '%history [-n] [-o] [-l N] [-g TEXT] [RANGE …]',
  help: 'Prints the cells that were run, or some of them: `%history 2-5 8`.',
  options: optionNames(options),
  run({ line }, host) {
    const { options: given, words } = parseMagicOptions('history', line, options)
    const ranges = words.map(inRange)
    const text = given.get('g')
    let cells = host.cells.filter(
      (cell) =>
        (ranges.length === 0 || ranges.some((isIn) => isIn(cell.line))) &&
        (text === undefined || cell.source.includes(text)),
    )
    const last = given.get('l')
    if (last !== undefined) cells = cells.slice(-Number(last))
    for (const cell of cells) {
      const mark = given.has('n') ? `${cell.line}: ` : ''
      const isLong = mark !== '' && cell.source.includes('\n')
      host.print(`${isLong ? mark.trimEnd() : mark}${isLong ? '\n' : ''}${cell.source}\n`)
      const output = given.has('o') ? cell.output : undefined
      if (output !== undefined) host.print(`${output}\n`)
    }
  },
}
