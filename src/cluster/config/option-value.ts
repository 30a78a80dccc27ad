import { logLevelNumber } from '../../node/mod.ts'
import { ConfigError, type ConfigPlace, isFlag } from '../errors.ts'
import type { Option, OptionKind, OptionValue } from './option.ts'
import { readLiteral } from './python-literal.ts'

/** What a kind takes, for people. */
function expectation(kind: OptionKind): string {
  switch (kind.type) {
    case 'text':
      return 'text'
    case 'flag':
      return 'true or false'
    case 'integer':
    case 'number': {
      const what = kind.type === 'integer' ? 'a whole number' : 'a number'
      return kind.max === undefined
        ? `${what} of at least ${kind.min}`
        : `${what} from ${kind.min} to ${kind.max}`
    }
    case 'choice':
      return `one of ${kind.choices.join(', ')}`
    case 'level':
      return 'a number from 0 to 50 or one of DEBUG, INFO, WARN, ERROR, CRITICAL'
    case 'texts':
      return "a list of texts, such as ['a', 'b']"
    case 'ports':
      return "port numbers from 1 to 65535, such as '10101-10120' or [10101, 10102]"
    case 'environment':
      return "a table of texts, such as { NAME = 'value' }"
  }
}

function integers(text: string): number[] | undefined {
  const ports: number[] = []
  for (const part of text.replace(/^\[|\]$/g, '').split(',')) {
    const range = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/.exec(part)
    if (range === null) return undefined
    const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])]
    if (first < 1 || last < first || last > 65_535) return undefined
    for (let port = first; port <= last; port++) ports.push(port)
  }
  return ports
}

function ports(value: unknown): readonly number[] | undefined {
  if (typeof value === 'number') return integers(String(value))
  if (typeof value === 'string') return value.trim() === '' ? [] : integers(value)
  if (!Array.isArray(value)) return undefined
  return value.length === 0 ? [] : integers(value.map(String).join(','))
}

function choice(kind: { choices: readonly string[] }, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  // Python also takes the name of a class: `ipyparallel.controller.dictdb.DictDB`.
  const short = value.toLowerCase().split('.').at(-1)
  return kind.choices.find((known) => known === short)
}

function environment(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const entries = Object.entries(value)
  if (!entries.every(([, text]) => ['string', 'number'].includes(typeof text))) return undefined
  return Object.fromEntries(entries.map(([name, text]) => [name, String(text)]))
}

function number(
  kind: { type: 'integer' | 'number'; min: number; max?: number },
  value: unknown,
): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  if (kind.type === 'integer' && !Number.isSafeInteger(value)) return undefined
  return value < kind.min || value > (kind.max ?? value) ? undefined : value
}

function level(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  try {
    const found = logLevelNumber(value)
    return found <= 50 ? found : undefined
  } catch {
    return undefined
  }
}

function convert(kind: OptionKind, value: unknown): OptionValue | undefined {
  switch (kind.type) {
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'flag':
      return typeof value === 'boolean' ? value : undefined
    case 'integer':
    case 'number':
      return number(kind, value)
    case 'choice':
      return choice(kind, value)
    case 'level':
      return level(value)
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? value
        : undefined
    case 'ports':
      return ports(value)
    case 'environment':
      return environment(value)
  }
}

/**
 * Texts of the command line and the environment, as the types that files have. Windows' cmd.exe
 * leaves single quotes around a value where they were typed. Source: traitlets, `from_string`.
 */
function typed(kind: OptionKind, raw: string): unknown {
  const text = /^(['"])([^'"]*)\1$/.exec(raw)?.[2] ?? raw
  switch (kind.type) {
    case 'flag':
      if (/^(true|1|yes|on)$/i.test(text)) return true
      return /^(false|0|no|off)$/i.test(text) ? false : text
    case 'integer':
    case 'number':
      return text.trim() === '' ? text : Number(text)
    case 'texts':
      if (!text.startsWith('[')) return text.split(/\s+/).filter((word) => word !== '')
      return readLiteral(text) ?? text
    case 'environment':
      return readLiteral(text) ?? text
    default:
      return text
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

/**
 * The value as the program uses it; `text` is what was typed, where that is known.
 * @throws {ConfigError} naming the place and what was expected.
 */
export function checkValue(
  option: Option,
  value: unknown,
  place: ConfigPlace,
  text: unknown = value,
): OptionValue {
  const converted = convert(option.kind, value)
  if (converted !== undefined) return converted
  const name = isFlag(place) ? '' : `${option.key} `
  throw new ConfigError(place, `${name}is ${shown(text)}, expected ${expectation(option.kind)}`)
}

/** As {@link checkValue}, for text from the command line or the environment. */
export function checkText(option: Option, text: string, place: ConfigPlace): OptionValue {
  return checkValue(option, typed(option.kind, text), place, text)
}
