import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Magic } from '../magic.ts'
import { type MagicOption, parseMagicOptions } from '../magic-options.ts'
import { UsageError } from '../usage-error.ts'
import { userPath } from '../user-path.ts'

const options: readonly MagicOption[] = [
  { names: ['-a'], help: 'also what begins with a dot' },
  { names: ['-l'], help: 'with size and date' },
]

function detail(path: string): string {
  const { size, mtime } = statSync(path, { throwIfNoEntry: false }) ?? {}
  if (size === undefined || mtime === undefined) return `${'?'.padStart(12)}  ${' '.repeat(16)}  `
  const date = mtime.toISOString().slice(0, 16).replace('T', ' ')
  return `${String(size).padStart(12)}  ${date}  `
}

export const ls: Magic = {
  name: 'ls',
  forms: 'line',
  usage: '%ls [-l] [-a] [FOLDER]',
  help: 'Lists a folder. Works alike on every system; `!ls` is that of the shell.',
  takesPath: 'folder',
  expands: true,
  run({ line }, host) {
    const given = parseMagicOptions('ls', line, options)
    const folder = userPath(given.words[0] ?? '.')
    let entries: string[]
    try {
      entries = readdirSync(folder, { withFileTypes: true })
        .filter(({ name }) => given.options.has('a') || !name.startsWith('.'))
        .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
        .sort()
    } catch (cause) {
      throw new UsageError(`%ls: cannot list ${folder}: ${(cause as Error).message}`, { cause })
    }
    const lines = given.options.has('l')
      ? entries.map((name) => detail(join(folder, name)) + name)
      : columns(entries)
    host.print(lines.map((text) => `${text}\n`).join(''))
  },
}

const widthMax = 80

function columns(names: readonly string[]): string[] {
  const width = Math.max(0, ...names.map((name) => name.length)) + 2
  const perLine = Math.max(1, Math.floor(widthMax / width))
  const rows = Math.ceil(names.length / perLine)
  return Array.from({ length: rows }, (_, row) =>
    names
      .filter((_name, i) => i % rows === row)
      .map((name) => name.padEnd(width))
      .join('')
      .trimEnd(),
  )
}
