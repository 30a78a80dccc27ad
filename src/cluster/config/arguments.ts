import { parseArgs } from 'node:util'
import { nearest } from '../../base/mod.ts'
import { type ConfigPlace, UsageError } from '../errors.ts'
import type { Command, Option, OptionValue } from './option.ts'
import { findOption, optionsFor } from './option-table.ts'
import { checkText } from './option-value.ts'

/** One option of a command line. */
export interface GivenOption {
  /** The canonical key. */
  readonly key: string
  /** Null takes back what a file says. */
  readonly value: OptionValue | null
  readonly place: ConfigPlace
}

export interface CommandLine {
  readonly options: readonly GivenOption[]
  /** What is no option, before a `--`. */
  readonly words: readonly string[]
  /** What stands after a `--`. */
  readonly rest: readonly string[]
  /** Options that no command's table has, such as `help`. */
  readonly switches: ReadonlySet<string>
}

/** What every command takes besides its own options. */
export const commonSwitches: readonly string[] = [
  'help',
  'help-all',
  'version',
  'show-config',
  'show-config-json',
  'init',
]

type Meaning =
  | { readonly option: Option; readonly negated: boolean }
  | { readonly option: Option; readonly value: OptionValue | null }

function bare(flag: string): string {
  return flag.replace(/^--?/, '')
}

function meanings(options: readonly Option[]): Map<string, Meaning> {
  const found = new Map<string, Meaning>()
  for (const option of options) {
    for (const flag of option.flags ?? []) {
      found.set(bare(flag), { option, negated: false })
      if (option.kind.type === 'flag') found.set(`no-${bare(flag)}`, { option, negated: true })
    }
    for (const [flag, value] of Object.entries(option.shortcuts ?? {})) {
      found.set(bare(flag), { option, value })
    }
  }
  return found
}

function takesValue(meaning: Meaning): boolean {
  return !('value' in meaning) && meaning.option.kind.type !== 'flag'
}

/** Keys of the configuration may stand on the command line: `--IPController.ip=x`. */
function addKeys(found: Map<string, Meaning>, args: readonly string[]): void {
  for (const arg of args) {
    const name = /^--([A-Za-z]\w*\.\w+)(?:=|$)/.exec(arg)?.[1]
    if (name === undefined || found.has(name)) continue
    const option = findOption(name)
    if ('option' in option) found.set(name, { option: option.option, negated: false })
  }
}

function givenValue(meaning: Meaning, text: string | undefined, flag: string): OptionValue | null {
  if ('value' in meaning) return meaning.value
  const place = { source: flag }
  if (text === undefined) {
    if (meaning.option.kind.type === 'flag') return !meaning.negated
    throw new UsageError(`${flag} needs a value: ${flag}${/^-\w$/.test(flag) ? ' ' : '='}…`)
  }
  // Python's parser takes `-n=4`, too.
  const value = checkText(meaning.option, /^-\w$/.test(flag) ? text.replace(/^=/, '') : text, place)
  return meaning.negated ? !value : value
}

/** `suggestion` is an option's name, without the dashes. */
export function noSuchOption(flag: string, suggestion: string | undefined): UsageError {
  const hint = suggestion === undefined ? '' : `; did you mean --${suggestion}?`
  return new UsageError(`there is no option ${flag}${hint}`)
}

function unknownOption(
  command: Command,
  name: string,
  flag: string,
  known: Iterable<string>,
): UsageError {
  if (!name.includes('.')) {
    const isOfController = command === 'start' && meanings(optionsFor('controller')).has(name)
    if (!isOfController) return noSuchOption(flag, nearest(name, known))
    return new UsageError(
      `there is no option ${flag}; ipcontroller has one, whose options stand after a '--': ` +
        `ipcluster start -- ${flag}`,
    )
  }
  const found = findOption(name)
  if ('without' in found) return new UsageError(`${flag} is not supported: ${found.without}`)
  return noSuchOption(flag, 'nearest' in found ? found.nearest : undefined)
}

/**
 * Reads the command line of a command. `--name value`, `--name=value`, `-n 4`, `-n4`, `--no-flag`
 * and `--Class.key=value` all work, as with Python's commands.
 * @throws {UsageError} for an option that the command does not have.
 * @throws {ConfigError} for a value that an option does not take.
 */
export function parseCommandLine(command: Command, args: readonly string[]): CommandLine {
  const known = meanings(optionsFor(command))
  addKeys(known, args)
  const shapes = [...known].map(([name, meaning]) => {
    const type = takesValue(meaning) ? ('string' as const) : ('boolean' as const)
    return [name, name.length === 1 ? { type, short: name } : { type }] as const
  })
  const switches = commonSwitches.map((name) => [name, { type: 'boolean' as const }] as const)
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries([...shapes, ...switches, helpSwitch]),
    strict: false,
    tokens: true,
    allowPositionals: true,
  })
  const options: GivenOption[] = []
  const words: string[] = []
  const rest: string[] = []
  const given = new Set<string>()
  let ended = false
  for (const token of tokens) {
    if (token.kind === 'option-terminator') ended = true
    else if (token.kind === 'positional') (ended ? rest : words).push(token.value)
    else if (token.name === 'h' || commonSwitches.includes(token.name)) {
      given.add(token.name === 'h' ? 'help' : token.name)
    } else {
      const meaning = known.get(token.name)
      const flag = token.rawName
      if (meaning === undefined) throw unknownOption(command, token.name, flag, known.keys())
      const swallowed = token.inlineValue === false && /^-(?!\d|$)/.test(token.value)
      const value = givenValue(meaning, swallowed ? undefined : token.value, flag)
      options.push({ key: meaning.option.key, value, place: { source: flag } })
    }
  }
  return { options, words, rest, switches: given }
}

const helpSwitch = ['h', { type: 'boolean' as const, short: 'h' }] as const

/** @throws {UsageError} when words stand where the command takes none. */
export function refuseWords(command: string, words: readonly string[]): void {
  if (words.length === 0) return
  throw new UsageError(`${command} does not know what to do with '${words.join(' ')}'`)
}
