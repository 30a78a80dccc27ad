import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { Magic } from '../magic.ts'
import { splitWords } from '../split-words.ts'
import { UsageError } from '../usage-error.ts'
import { userPath } from '../user-path.ts'

export const run: Magic = {
  name: 'run',
  forms: 'line',
  usage: '%run FILE [ARGUMENT …]',
  help:
    'Runs a TypeScript or JavaScript file in the namespace.\n' +
    'What it declares is there afterwards. Its relative imports start from its own folder; the ' +
    'arguments are in `process.argv`. An ending may be left out: .ts, .mts, .js, .mjs.',
  takesPath: 'file',
  expands: true,
  async run({ line }, host) {
    const [word, ...args] = splitWords(line)
    if (word === undefined) throw new UsageError('%run needs the path of a file')
    const { path, text } = readProgram(word)
    const { argv } = process
    process.argv = [argv[0]!, path, ...args]
    try {
      await host.run(text, { file: path })
    } finally {
      process.argv = argv
    }
  },
}

function readProgram(word: string): { path: string; text: string } {
  const base = userPath(word)
  for (const ending of ['', '.ts', '.mts', '.js', '.mjs']) {
    try {
      return { path: base + ending, text: readFileSync(base + ending, 'utf8') }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'EISDIR') throw error
    }
  }
  throw new UsageError(`%run: there is no file ${base}`)
}
