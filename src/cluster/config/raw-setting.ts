import type { ConfigPlace } from '../errors.ts'

/** A key and its value as a source has them, before either was checked. */
export interface RawSetting {
  /** `IPEngine.url_file`, possibly an old name or in camelCase. */
  readonly name: string
  readonly value: unknown
  readonly place: ConfigPlace
}

/** What a source holds, and what in it could not be read. */
export interface SourceContent {
  readonly settings: readonly RawSetting[]
  /** Each one with its place, ready to be shown. */
  readonly warnings: readonly string[]
}

/** Which line an offset is in, counted from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1))
    line++
  return line
}

/**
 * The settings of nested tables, `{ IPController: { ip: '*' } }`. Lines are found by looking for
 * the key, because parsers do not tell them.
 */
export function settingsOf(
  tables: Readonly<Record<string, unknown>>,
  source: string,
  text = '',
): RawSetting[] {
  const settings: RawSetting[] = []
  for (const [name, table] of Object.entries(tables)) {
    if (typeof table !== 'object' || table === null || Array.isArray(table)) {
      settings.push({ name, value: table, place: placeOf(source, text, undefined, name) })
      continue
    }
    for (const [trait, value] of Object.entries(table)) {
      const place = placeOf(source, text, name, trait)
      settings.push({ name: `${name}.${trait}`, value, place })
    }
  }
  return settings
}

function placeOf(
  source: string,
  text: string,
  table: string | undefined,
  trait: string,
): ConfigPlace {
  const plain = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const header = table === undefined ? -1 : text.search(new RegExp(`\\b${plain(table)}\\b`))
  const from = Math.max(0, header)
  const offset = text.slice(from).search(new RegExp(`\\b${plain(trait)}\\b["']?\\s*[=:]`))
  return offset === -1 ? { source } : { source, line: lineAt(text, from + offset) }
}
