import { isFlag, placeText } from '../errors.ts'
import type { Config } from './config.ts'
import { tomlValue } from './config-template.ts'
import type { Command, OptionValue } from './option.ts'
import { optionsFor } from './option-table.ts'

/** The values that hold for a command, each with where it comes from, as TOML. */
export function showConfig(config: Config, command: Command): string {
  const lines: string[] = []
  let section = ''
  const options = optionsFor(command).filter(({ support }) => support === undefined)
  for (const option of options.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const [name, trait] = option.key.split('.') as [string, string]
    const value = shown(config, option.key)
    if (name !== section) lines.push(...(section === '' ? [] : ['']), `[${name}]`)
    section = name
    const { source, line } = config.place(option.key)
    const place = isFlag({ source })
      ? `command line, ${source}`
      : placeText({ source, ...(line === undefined ? {} : { line }) })
    lines.push(
      value === undefined
        ? `# ${trait}: ${option.defaultText}`
        : `${trait} = ${tomlValue(value)}  # ${place}`,
    )
  }
  return lines.join('\n')
}

/** The values that hold for a command, as `{ class: { key: value } }`. */
export function showConfigJson(config: Config, command: Command): string {
  const tables: Record<string, Record<string, unknown>> = {}
  for (const option of optionsFor(command).filter(({ support }) => support === undefined)) {
    const [name, trait] = option.key.split('.') as [string, string]
    const value = shown(config, option.key)
    if (value === undefined) continue
    tables[name] ??= {}
    tables[name][trait] = value
  }
  return JSON.stringify(tables, null, 2)
}

/** A key on a screen ends up in a bug report. */
function shown(config: Config, key: string): OptionValue | undefined {
  const value = config.value(key)
  const isSecret = key === 'Session.key' || key.endsWith('.curve_secretkey')
  return isSecret && value !== undefined && value !== '' ? '(hidden)' : value
}
