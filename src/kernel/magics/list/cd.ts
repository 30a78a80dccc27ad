import { homedir } from 'node:os'
import process from 'node:process'
import { workingFolder } from '../../../functions/mod.ts'
import type { Magic } from '../magic.ts'
import { splitWords } from '../split-words.ts'
import { UsageError } from '../usage-error.ts'
import { userPath } from '../user-path.ts'

let previous: string | undefined

/** `~` and `-` as shells have them. */
function folderOf(word: string | undefined): string {
  if (word === undefined) return homedir()
  if (word !== '-') return userPath(word)
  if (previous === undefined) throw new UsageError('%cd -: there is no folder before this one')
  return previous
}

export const cd: Magic = {
  name: 'cd',
  forms: 'line',
  usage: '%cd [FOLDER]\n%cd -',
  help:
    'Changes the working folder, and shows it.\n' +
    'Without a folder it goes home, with `-` to where it was before. Relative imports start there.',
  takesPath: 'folder',
  expands: true,
  run({ line }, host) {
    const words = splitWords(line)
    const isQuiet = words[0] === '-q'
    if (isQuiet) words.shift()
    // A path with spaces needs no quotes: there is only one.
    const folder = folderOf(words.length > 1 ? words.join(' ') : words[0])
    const current = workingFolder()
    try {
      process.chdir(folder)
    } catch (cause) {
      throw new UsageError(`%cd: cannot go to ${folder}: ${(cause as Error).message}`, { cause })
    }
    previous = current
    if (!isQuiet) host.print(`${process.cwd()}\n`)
  },
}
