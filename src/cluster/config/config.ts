import { assert } from '../../base/mod.ts'
import { type ConfigPlace, placeText, UnsupportedError } from '../errors.ts'
import type { OptionValue } from './option.ts'
import { findOption, optionOf } from './option-table.ts'
import { checkValue } from './option-value.ts'
import type { RawSetting } from './raw-setting.ts'

/** A checked value, and where it comes from. */
export interface Setting {
  readonly value: OptionValue
  readonly place: ConfigPlace
}

const nowhere: ConfigPlace = { source: 'default' }

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** What holds for one run of a command: the defaults, and what files and flags say otherwise. */
export class Config {
  readonly #settings = new Map<string, Setting>()
  /** What was given and has no effect, ready to be shown. */
  readonly warnings: string[] = []

  /**
   * Adds what a source says; it wins over what was there.
   * @throws {ConfigError} when a key does not take its value.
   * @throws {UnsupportedError} when something is asked for that is not there.
   */
  add(settings: Iterable<RawSetting>): void {
    for (const { name, value, place } of settings) {
      const found = findOption(name)
      if ('option' in found) {
        const { key } = found.option
        if (found.renamed) {
          this.warnings.push(`${placeText(place)}: ${name} is an old name; it is ${key} now`)
        }
        this.set(key, value === null ? undefined : checkValue(found.option, value, place), place)
      } else if ('without' in found) {
        this.warnings.push(`${placeText(place)}: ${name} has no effect: ${found.without}`)
      } else if (!/^version$/.test(name)) {
        const hint = found.nearest === undefined ? '' : `; did you mean ${found.nearest}?`
        this.warnings.push(`${placeText(place)}: there is no option ${name}${hint}`)
      }
    }
  }

  /**
   * Sets a checked value; undefined takes back what was set.
   * @throws {UnsupportedError} when something is asked for that is not there.
   */
  set(key: string, value: OptionValue | undefined, place: ConfigPlace): void {
    const option = optionOf(key)
    if (value === undefined) {
      this.#settings.delete(key)
      return
    }
    if (option.support !== undefined && !same(value, option.default)) {
      const problem = `${placeText(place)}: ${key} is not supported: ${option.reason}`
      if (option.support === 'unsupported') throw new UnsupportedError(problem)
      this.warnings.push(`${placeText(place)}: ${key} has no effect: ${option.reason}`)
    }
    const reason = typeof value === 'string' ? option.missing?.[value] : undefined
    if (reason !== undefined) {
      throw new UnsupportedError(`${placeText(place)}: ${value} is not there yet; ${reason}`)
    }
    this.#settings.set(key, { value, place })
  }

  /** The value and its place; undefined when nothing set it. */
  setting(key: string): Setting | undefined {
    return this.#settings.get(key)
  }

  isSet(key: string): boolean {
    return this.#settings.has(key)
  }

  /** The value that holds, which may be the default; undefined when neither is there. */
  value(key: string): OptionValue | undefined {
    return this.#settings.get(key)?.value ?? optionOf(key).default
  }

  /** Where the value that holds comes from. */
  place(key: string): ConfigPlace {
    return this.#settings.get(key)?.place ?? nowhere
  }

  /** A text, for an option that has a default or whose absence means the empty text. */
  text(key: string): string {
    const value = this.value(key) ?? ''
    assert(typeof value === 'string', `${key} is no text`)
    return value
  }

  number(key: string): number {
    const value = this.value(key)
    assert(typeof value === 'number', `${key} is no number`)
    return value
  }

  /** A number that nothing may have set. */
  optionalNumber(key: string): number | undefined {
    return this.value(key) === undefined ? undefined : this.number(key)
  }

  flag(key: string): boolean {
    const value = this.value(key)
    assert(typeof value === 'boolean', `${key} is no flag`)
    return value
  }

  texts(key: string): readonly string[] {
    const value = this.value(key)
    assert(Array.isArray(value), `${key} is no list`)
    return value.map(String)
  }

  numbers(key: string): readonly number[] {
    const value = this.value(key)
    assert(Array.isArray(value), `${key} is no list`)
    return value.map(Number)
  }

  environment(key: string): Readonly<Record<string, string>> {
    const value = this.value(key)
    assert(typeof value === 'object' && !Array.isArray(value), `${key} is no table`)
    return value as Readonly<Record<string, string>>
  }
}
