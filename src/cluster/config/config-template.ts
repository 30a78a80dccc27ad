import { type App, appOf, type Option, type OptionValue } from './option.ts'
import { optionTable } from './option-table.ts'

/** A value as TOML: single quotes where they do, because they take backslashes as typed. */
export function tomlValue(value: OptionValue): string {
  if (typeof value === 'string') return tomlText(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) {
    return `[${value.map((item: string | number) => tomlValue(item)).join(', ')}]`
  }
  const entries = Object.entries(value).map(
    ([name, text]) => `${JSON.stringify(name)} = ${tomlText(text)}`,
  )
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function tomlText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: TOML refuses them in single quotes
  return /['\u0000-\u001f\u007f]/.test(text) ? JSON.stringify(text) : `'${text}'`
}

function describe(option: Option): string {
  const notes = [
    option.defaultText === undefined ? undefined : `default: ${option.defaultText}`,
    option.kind.type === 'choice' ? option.kind.choices.join(' | ') : undefined,
    option.flags?.at(-1),
    option.env,
  ].filter((note) => note !== undefined)
  return notes.length === 0 ? option.explain : `${option.explain} (${notes.join('; ')})`
}

function shownValue(option: Option): OptionValue {
  return option.default ?? option.example ?? ''
}

/** Chooses the profile itself, so a file in a profile cannot set it. */
const beforeFiles = new Set([
  'BaseIPythonApplication.profile',
  'BaseIPythonApplication.ipython_dir',
  'BaseIPythonApplication.extra_config_file',
  'ProfileDir.location',
])

/** Whether a configuration file can set it with effect. */
function isConfigurable(option: Option): boolean {
  return option.support === undefined && !beforeFiles.has(option.key)
}

/**
 * The configuration file that a new profile starts with: every key with one line of explanation
 * and its default, commented out.
 */
export function configTemplate(app: App): string {
  const sections = new Map<string, string[]>()
  for (const option of optionTable) {
    const mine = option.commands.some((command) => appOf(command) === app)
    if (!mine || !isConfigurable(option)) continue
    const [section, trait] = option.key.split('.') as [string, string]
    const lines = sections.get(section) ?? []
    lines.push(`# ${describe(option)}`, `# ${trait} = ${tomlValue(shownValue(option))}`, '')
    sections.set(section, lines)
  }
  const head = [
    `# Configuration of ${app}. Every key stands here with its default: take the '# ' in front of`,
    "# it away to set it. Text in 'single quotes' takes backslashes as typed: 'C:\\Data\\x'.",
    '',
  ]
  const body = [...sections].flatMap(([section, lines]) => [`[${section}]`, '', ...lines])
  return `${[...head, ...body].join('\n').trimEnd()}\n`
}
