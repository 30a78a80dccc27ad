import process from 'node:process'

export type StreamName = 'stdout' | 'stderr'

/** What a child's descriptor is connected to, in a form that another thread can read. */
export type PlannedStdio =
  | { readonly kind: 'collect' }
  | { readonly kind: 'ignore' }
  | { readonly kind: 'descriptor'; readonly descriptor: number }
  /** What the child writes is output of the cell; with `collect`, kept as well. */
  | { readonly kind: 'show'; readonly as: StreamName; readonly collect: boolean }

/** Descriptors that are the cell's output rather than those of the process. */
const shown: Readonly<Record<number, StreamName>> = { 1: 'stdout', 2: 'stderr' }

/** The output stream that an entry of `stdio` stands for. */
export function shownStream(entry: unknown, index: number): StreamName | undefined {
  if (entry === 'inherit') return shown[index]
  if (entry === process.stdout) return 'stdout'
  if (entry === process.stderr) return 'stderr'
  return typeof entry === 'number' ? shown[entry] : undefined
}

/** The three descriptors or more that the option `stdio` of `child_process` means. */
export function stdioEntries(stdio: unknown): unknown[] {
  const entries = Array.isArray(stdio) ? [...(stdio as unknown[])] : [stdio, stdio, stdio]
  while (entries.length < 3) entries.push(undefined)
  return entries
}

function plan(entry: unknown, index: number): PlannedStdio | undefined {
  const as = shownStream(entry, index)
  if (as !== undefined) return { kind: 'show', as, collect: false }
  if (entry === 'ignore') return { kind: 'ignore' }
  if (entry === 'inherit') return { kind: 'descriptor', descriptor: index }
  if (typeof entry === 'number') return { kind: 'descriptor', descriptor: entry }
  if (entry === 'pipe' || entry === 'overlapped') return { kind: 'collect' }
  if (entry === undefined || entry === null) return { kind: index < 3 ? 'collect' : 'ignore' }
  const { fd } = entry as { fd?: unknown }
  return typeof fd === 'number' ? { kind: 'descriptor', descriptor: fd } : undefined
}

/** Undefined when there is a stream among the entries that only its own thread can use. */
export function planStdio(stdio: unknown): PlannedStdio[] | undefined {
  const planned = stdioEntries(stdio).map(plan)
  return planned.every((entry) => entry !== undefined) ? planned : undefined
}
