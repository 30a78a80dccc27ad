import { parseArgs } from 'node:util'
import { messageOf, nearest } from '../base/mod.ts'
import { noSuchOption, UsageError } from '../cluster/mod.ts'

type Kind = 'text' | 'texts' | 'flag'
type Value<K extends Kind> = K extends 'text'
  ? string | undefined
  : K extends 'texts'
    ? string[]
    : boolean

export interface PlainLine<Kinds extends Readonly<Record<string, Kind>>> {
  readonly options: { readonly [Name in keyof Kinds]: Value<Kinds[Name]> }
  readonly words: readonly string[]
}

/**
 * Reads the options of a command that has no configuration, where a table says them all:
 * `{ name: 'text', env: 'texts', user: 'flag' }`. A single letter stands for the name that
 * `short` gives it.
 * @throws {UsageError} for anything else.
 */
export function readPlainOptions<const Kinds extends Readonly<Record<string, Kind>>>(
  args: readonly string[],
  kinds: Kinds,
  short: Readonly<Record<string, string>> = {},
): PlainLine<Kinds> {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => {
      const letter = Object.keys(short).find((key) => short[key] === name)
      const type = kind === 'flag' ? ('boolean' as const) : ('string' as const)
      return [
        name,
        { type, multiple: kind === 'texts', ...(letter === undefined ? {} : { short: letter }) },
      ]
    }),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    const read = Object.entries(kinds).map(([name, kind]) => [
      name,
      values[name] ?? (kind === 'flag' ? false : kind === 'texts' ? [] : undefined),
    ])
    return { options: Object.fromEntries(read), words: positionals }
  } catch (error) {
    const text = messageOf(error)
    const [, flag, name] = /^Unknown option '(--?([^']+))'/.exec(text) ?? []
    if (flag === undefined || name === undefined) throw new UsageError(text)
    throw noSuchOption(flag, nearest(name, Object.keys(kinds)))
  }
}
