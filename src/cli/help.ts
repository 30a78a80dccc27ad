import {
  type Command,
  type Option,
  type OptionKind,
  type OptionValue,
  optionsFor,
} from '../cluster/mod.ts'

/** Columns of the left half; longer flags push their explanation to the next line. */
const flagColumns = 30
const columns = 100

function placeholder(kind: OptionKind): string {
  switch (kind.type) {
    case 'text':
      return kind.placeholder
    case 'choice':
      return kind.choices.join('|')
    case 'integer':
    case 'number':
      return 'N'
    case 'level':
      return 'LEVEL'
    case 'ports':
      return 'PORTS'
    default:
      return 'VALUE'
  }
}

function flagsText(option: Option): string {
  const flags = option.flags ?? []
  const long = flags.find((flag) => flag.startsWith('--'))
  const shown = flags.filter((flag) => flag === long || !flag.startsWith('--')).join(', ')
  if (option.kind.type === 'flag') return shown
  return `${shown}${long === undefined ? ' ' : '='}${placeholder(option.kind)}`
}

function wrapped(left: string, text: string): string {
  const indent = ' '.repeat(flagColumns)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && flagColumns + line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  lines.push(line)
  const head = `  ${left}`.padEnd(flagColumns)
  const first = head.length > flagColumns ? `${head}\n${indent}` : head
  return first + lines.join(`\n${indent}`)
}

function defaultNote(option: Option): string {
  if (option.defaultText !== undefined) return ` (default: ${option.defaultText})`
  const value = option.default
  if (value === undefined || value === '' || value === false || typeof value === 'object') return ''
  return ` (default: ${value})`
}

function shortcutText(option: Option, value: OptionValue | null): string {
  return value === null ? `(${option.defaultText})` : value === '' ? "''" : String(value)
}

function lines(option: Option): string[] {
  const own =
    option.flags === undefined
      ? []
      : [wrapped(flagsText(option), `${option.explain}${defaultNote(option)}`)]
  const shortcuts = Object.entries(option.shortcuts ?? {})
    .filter(([, value]) => option.missing?.[String(value)] === undefined)
    .map(([flag, value]) =>
      wrapped(flag, `The same as --${option.key}=${shortcutText(option, value)}`),
    )
  return [...own, ...shortcuts]
}

/** The help of a command, from the table of its options. `all`: every key, not only the flags. */
export function commandHelp(command: Command, usage: string, about: string, all: boolean): string {
  const options = optionsFor(command).filter(({ support }) => support !== 'unsupported')
  const flagged = options.flatMap((option) => (option.support === undefined ? lines(option) : []))
  const common = [
    wrapped('--Class.key=VALUE', 'Any key of the configuration (--help-all shows them)'),
    wrapped(
      '--show-config',
      'Print what holds, and where it comes from (also: --show-config-json)',
    ),
    wrapped('--init', 'Write the configuration files that the profile does not have yet'),
    wrapped('--version', 'Print the version'),
    wrapped('-h, --help', 'Print this help'),
  ]
  const keys = options
    .filter(({ support }) => support === undefined)
    .map((option) =>
      wrapped(`--${option.key}=${placeholder(option.kind)}`, option.explain + defaultNote(option)),
    )
  const head = [`Usage: ${usage}`, '', about, '', 'Options:', ...flagged, ...common]
  return [...head, ...(all ? ['', 'Keys of the configuration:', ...keys] : [])].join('\n')
}
