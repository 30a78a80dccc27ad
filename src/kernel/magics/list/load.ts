import { readFileSync } from 'node:fs'
import type { Magic } from '../magic.ts'
import { splitWords } from '../split-words.ts'
import { UsageError } from '../usage-error.ts'
import { userPath } from '../user-path.ts'

export const load: Magic = {
  name: 'load',
  forms: 'line',
  usage: '%load FILE\n%load URL\n%load NUMBER',
  help: 'Puts a file, a page or an earlier cell into the cell that called it, to be edited and run.',
  takesPath: 'file',
  expands: true,
  async run({ line }, host) {
    const [source] = splitWords(line)
    if (source === undefined)
      throw new UsageError('%load needs a file, a URL or a number of a cell')
    const text = await textOf(source, host)
    host.offerInput(`// %load ${line}\n${text}`, true)
  },
}

async function textOf(source: string, host: Parameters<Magic['run']>[1]): Promise<string> {
  if (/^\d+$/.test(source)) {
    const cell = host.cells.find((past) => past.line === Number(source))
    if (cell === undefined) throw new UsageError(`%load: there is no cell ${source}`)
    return cell.source
  }
  if (/^https?:\/\//.test(source)) {
    const response = await fetch(source, { signal: host.signal })
    if (!response.ok) throw new UsageError(`%load: ${source} answered ${response.status}`)
    return response.text()
  }
  const path = userPath(source)
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`%load: cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
}
