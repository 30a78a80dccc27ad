import { type MagicOption, parseMagicOptions, UsageError } from '../kernel/mod.ts'
import { readTargets, type TargetChoice } from './targets.ts'

/** How outputs are put together that are not shown as they come. */
export type Grouping = 'type' | 'engine' | 'order'

/** What `%pxconfig` sets, and what the options of one cell override. */
export interface PxSettings {
  /** Undefined: those that the view was activated for. */
  readonly targets: TargetChoice | undefined
  readonly block: boolean
  readonly verbose: boolean
  readonly stream: boolean
  /** Below 0: never. */
  readonly progressAfterMs: number
  /** By name or number; undefined: none. */
  readonly signalOnInterrupt: string | number | undefined
}

/** Source: ipyparallel 9.2. */
export const pxDefaults: PxSettings = {
  targets: undefined,
  block: true,
  verbose: false,
  stream: true,
  progressAfterMs: 2_000,
  signalOnInterrupt: 'SIGINT',
}

/** Options of one cell only. */
export interface CellOptions extends PxSettings {
  /** Undefined: by type. */
  readonly grouping: Grouping | undefined
  /** The name that the result gets. */
  readonly out: string | undefined
  readonly local: boolean
}

/** The options of `%pxconfig`, which `%%px` has too. */
export const configOptions: readonly MagicOption[] = [
  {
    names: ['--targets', '-t'],
    value: 'ENGINES',
    help: 'all, 1, -1, 0,2 or a slice such as ::2 of the ids; default: those of the view',
  },
  { names: ['--block', '-b'], help: 'wait for the engines (default)' },
  { names: ['--noblock', '-a'], help: 'do not wait; %pxresult shows what came of it' },
  { names: ['--stream'], help: 'show what engines show as it comes (default)' },
  { names: ['--no-stream'], help: 'show it when all engines are done, grouped' },
  { names: ['--verbose'], help: 'say on which engines a cell runs' },
  { names: ['--no-verbose'], help: 'do not say it (default)' },
  {
    names: ['--progress-after'],
    value: 'SECONDS',
    help: 'when to show a bar of the engines that are done; default 2, -1 for never',
  },
  {
    names: ['--signal-on-interrupt'],
    value: 'SIGNAL',
    help: 'what an interrupt sends to the engines: SIGINT (default), another name or number, 0',
  },
]

export const groupingOptions: readonly MagicOption[] = [
  {
    names: ['--group-outputs', '-g'],
    value: 'HOW',
    help: 'type (default), engine or order: how outputs that were not streamed are put together',
  },
  { names: ['--engine', '-e'], help: 'the same as --group-outputs=engine' },
  { names: ['--order', '-r'], help: 'the same as --group-outputs=order' },
]

export const cellOptions: readonly MagicOption[] = [
  ...configOptions,
  { names: ['--out', '-o'], value: 'NAME', help: 'the name under which the AsyncResult is kept' },
  ...groupingOptions,
  { names: ['--local'], help: 'run the cell here as well' },
]

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (text.trim() === '' || !Number.isFinite(seconds)) {
    throw new UsageError(`--progress-after needs seconds, not '${text}'`)
  }
  return seconds * 1_000
}

function signalOf(text: string): string | number | undefined {
  if (/^\d+$/.test(text)) return Number(text) === 0 ? undefined : Number(text)
  if (/^SIG[A-Z0-9]+$/i.test(text)) return text.toUpperCase()
  throw new UsageError(`--signal-on-interrupt: '${text}' is no signal, such as SIGINT or 2`)
}

function given<T>(
  options: ReadonlyMap<string, string>,
  yes: string,
  no: string,
  otherwise: T,
): boolean | T {
  return options.has(yes) ? true : options.has(no) ? false : otherwise
}

function settingsOf(options: ReadonlyMap<string, string>, base: PxSettings): PxSettings {
  const targets = options.get('targets')
  const progress = options.get('progress-after')
  const signal = options.get('signal-on-interrupt')
  return {
    targets: targets === undefined ? base.targets : readTargets(targets),
    block: given(options, 'block', 'noblock', base.block),
    verbose: given(options, 'verbose', 'no-verbose', base.verbose),
    stream: given(options, 'stream', 'no-stream', base.stream),
    progressAfterMs: progress === undefined ? base.progressAfterMs : secondsOf(progress),
    signalOnInterrupt: signal === undefined ? base.signalOnInterrupt : signalOf(signal),
  }
}

function noWords(magic: string, words: readonly string[]): void {
  if (words.length > 0) {
    throw new UsageError(`%${magic}: unrecognized arguments: ${words.join(' ')}`)
  }
}

/** @throws {UsageError} */
export function readConfig(magic: string, line: string, base: PxSettings): PxSettings {
  const { options, words } = parseMagicOptions(magic, line, configOptions)
  noWords(magic, words)
  return settingsOf(options, base)
}

function groupingOf(options: ReadonlyMap<string, string>): Grouping | undefined {
  if (options.has('engine')) return 'engine'
  if (options.has('order')) return 'order'
  const how = options.get('group-outputs')
  if (how === undefined || how === 'type' || how === 'engine' || how === 'order') return how
  throw new UsageError(`--group-outputs is type, engine or order, not '${how}'`)
}

/** @throws {UsageError} */
export function readGrouping(magic: string, line: string): Grouping {
  const { options, words } = parseMagicOptions(magic, line, groupingOptions)
  noWords(magic, words)
  return groupingOf(options) ?? 'type'
}

/** @throws {UsageError} */
export function readCellOptions(magic: string, line: string, base: PxSettings): CellOptions {
  const { options, words } = parseMagicOptions(magic, line, cellOptions)
  noWords(magic, words)
  const grouping = groupingOf(options)
  const settings = settingsOf(options, base)
  const out = options.get('out')
  if (out !== undefined && !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(out)) {
    throw new UsageError(`--out: '${out}' cannot be a variable's name`)
  }
  return {
    ...settings,
    // Who asks for an order wants to see it.
    stream: grouping === undefined || options.has('stream') ? settings.stream : false,
    grouping,
    out,
    local: options.has('local'),
  }
}
