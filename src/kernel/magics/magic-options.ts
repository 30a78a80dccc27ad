import { nearest } from '../../base/mod.ts'
import { splitWords } from './split-words.ts'
import { UsageError } from './usage-error.ts'

/** An option of a magic, as it is written and explained. */
export interface MagicOption {
  /** `--targets`, `-t`: the first names it in what is parsed, without its dashes. */
  readonly names: readonly [string, ...string[]]
  /** What its value is called; absent for one without. */
  readonly value?: string
  readonly help: string
}

export interface ParsedOptions {
  /** By first name, without dashes; `''` for an option without a value. */
  readonly options: ReadonlyMap<string, string>
  readonly words: readonly string[]
}

const keyOf = ({ names }: MagicOption): string => names[0].replace(/^-+/, '')

/**
 * Reads options and words: `--name value`, `--name=value`, `-n value`, `-nvalue`. Behind `--` all
 * are words. @throws {UsageError} for an option that does not exist, or has no value but needs one.
 */
export function parseMagicOptions(
  magic: string,
  line: string,
  known: readonly MagicOption[],
): ParsedOptions {
  const given = splitWords(line)
  const options = new Map<string, string>()
  const words: string[] = []
  for (let i = 0; i < given.length; i++) {
    const word = given[i]!
    if (word === '--') {
      words.push(...given.slice(i + 1))
      break
    }
    if (!/^-[A-Za-z-]/.test(word)) {
      words.push(word)
      continue
    }
    const [, long, attached] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? []
    const name = long ?? word.slice(0, 2)
    const option = known.find(({ names }) => names.includes(name))
    if (option === undefined) throw unknown(magic, word, known)
    const key = keyOf(option)
    if (option.value === undefined) {
      if (attached !== undefined) throw new UsageError(`%${magic}: ${name} takes no value`)
      options.set(key, '')
      // `-ab` is `-a -b`.
      if (long === undefined && word.length > 2) given.splice(i + 1, 0, `-${word.slice(2)}`)
      continue
    }
    const value = long === undefined ? word.slice(2) || undefined : attached
    const next = value ?? given[++i]
    if (next === undefined) throw new UsageError(`%${magic}: ${name} needs ${option.value}`)
    options.set(key, next)
  }
  return { options, words }
}

function unknown(magic: string, word: string, known: readonly MagicOption[]): UsageError {
  const names = known.flatMap((option) => option.names)
  const near = nearest(word.replace(/=.*/s, ''), names)
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  return new UsageError(`%${magic}: unrecognized arguments: ${word}.${hint} %${magic}? tells more.`)
}

/** Lines of help, one for each option. */
export function describeOptions(options: readonly MagicOption[]): string {
  const heads = options.map(({ names, value }) =>
    names
      .toSorted((a, b) => a.length - b.length)
      .map((name) => (value === undefined ? name : `${name} ${value}`))
      .join(', '),
  )
  return options.map(({ help }, i) => `  ${heads[i]}\n      ${help}`).join('\n')
}

/** What completion offers. */
export function optionNames(options: readonly MagicOption[]): string[] {
  return options.flatMap(({ names }) => names).filter((name) => name.startsWith('--'))
}
