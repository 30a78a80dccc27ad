import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import type { Magic } from '../magic.ts'
import { type MagicOption, optionNames, parseMagicOptions } from '../magic-options.ts'
import { UsageError } from '../usage-error.ts'
import { userPath } from '../user-path.ts'

const options: readonly MagicOption[] = [
  { names: ['--append', '-a'], help: 'add to the end of the file' },
]

export const writefile: Magic = {
  name: 'writefile',
  forms: 'cell',
  usage: '%%writefile [-a] FILE',
  help: 'Writes the rest of the cell into a file.',
  options: optionNames(options),
  takesPath: 'file',
  expands: true,
  run({ line, body = '' }, host) {
    const { options: given, words } = parseMagicOptions('writefile', line, options)
    const [file] = words
    if (file === undefined) throw new UsageError('%%writefile needs the path of a file')
    const path = userPath(file)
    const isThere = existsSync(path)
    const isAppending = given.has('append')
    const text = body.endsWith('\n') || body === '' ? body : `${body}\n`
    if (isAppending) appendFileSync(path, text)
    else writeFileSync(path, text)
    const what = isAppending && isThere ? 'Appending to' : isThere ? 'Overwriting' : 'Writing'
    host.print(`${what} ${file}\n`)
  },
}
