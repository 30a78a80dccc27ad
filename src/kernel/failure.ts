import { inspect } from 'node:util'
import { limits } from '../base/mod.ts'
import type { Failure } from '../engine/mod.ts'
import { cellColumns } from './cell/cell-columns.ts'

const folderOf = (name: string): string => new URL(`../${name}/`, import.meta.url).href
const kernelFolder = folderOf('kernel')
const otherFolders = ['functions', 'serialize', 'engine', 'client', 'main', 'node'].map(folderOf)

/** What a line of a stack is: user frames are those that the user wrote or could change. */
type LineKind = 'text' | 'user frame' | 'machinery' | 'caller of user code'

function kindOf(line: string): LineKind {
  if (/^\s*\.\.\. \d+ lines matching cause stack trace/.test(line)) return 'machinery'
  if (!/^\s*at /.test(line)) return 'text'
  if (line.includes('(node:vm:') || line.includes(kernelFolder)) return 'caller of user code'
  const isMachinery =
    /\bnode:(?:internal|async_hooks)\b/.test(line) ||
    otherFolders.some((folder) => line.includes(folder))
  return isMachinery ? 'machinery' : 'user frame'
}

/** `/work/cell 3:2:7` is shorter without the folder, which cells have for imports only. */
function nameCell(line: string): string {
  return line
    .replace(
      /( \(|^\s*at (?:async )?)[^(]*[\\/]((?:cell(?: \d+)?|timeit):\d+:\d+)(\)?(?: \{)?)$/,
      (_, before: string, position: string, after: string) =>
        `${before}${cellColumns.correct(position)}${after}`,
    )
    .replace(/^\S.*[\\/](cell(?: \d+)?:\d+)$/, '$1')
}

/** The lines of a stack, or of several, without what called the user's code and what is ours. */
export function userLines(stack: string): string[] {
  const kept: string[] = []
  let hasUserFrame = false
  let isBelowUserCode = false
  for (const line of stack.split('\n')) {
    const kind = kindOf(line)
    if (kind === 'text') {
      hasUserFrame = false
      isBelowUserCode = false
    }
    if (kind === 'caller of user code' && hasUserFrame) isBelowUserCode = true
    if (kind === 'user frame') hasUserFrame = true
    if (kind === 'text' || (kind === 'user frame' && !isBelowUserCode)) {
      kept.push(cut(nameCell(line), limits.errorTextCharsMax))
    } else if (line.endsWith(' {') && kept.length > 0) {
      // The error's own properties follow.
      kept.push(`${kept.pop()} {`)
    }
  }
  return kept
}

/** The beginning of a text that is too long, and how much is missing. */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  return `${text.slice(0, charsMax)}… (${text.length - charsMax} more characters)`
}

/** `value` as Node's console shows it; never throws, whatever the value does. */
export function show(value: unknown): string {
  try {
    return inspect(value, { maxStringLength: limits.errorTextCharsMax, depth: 4 })
  } catch (thrown) {
    try {
      return `[cannot be shown: ${String(thrown)}]`
    } catch {
      return '[cannot be shown]'
    }
  }
}

/** As `show`, but an error without frames is not put between brackets. */
function showError(error: Error): string {
  const text = show(error)
  const { stack } = error
  return typeof stack === 'string' && text.startsWith(`[${stack}]`)
    ? stack + text.slice(stack.length + 2)
    : text
}

/** A property that may be missing, of another type, or a getter that throws. */
function textProperty(value: object, name: string): string | undefined {
  try {
    const text: unknown = (value as Record<string, unknown>)[name]
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

function className(value: object): string | undefined {
  try {
    return textProperty(value.constructor, 'name') || undefined
  } catch {
    return undefined
  }
}

/** The name that says most: of `class Oops extends Error` it is that of the class. */
function errorName(error: Error): string {
  const name = textProperty(error, 'name') || 'Error'
  return name === 'Error' ? (className(error) ?? name) : name
}

function tracebackOf(thrown: unknown): string[] {
  const lines = userLines(isError(thrown) ? showError(thrown) : `Uncaught ${show(thrown)}`)
  const surplus = lines.length - limits.tracebackLinesMax
  if (surplus <= 0) return lines
  const head = limits.tracebackLinesMax / 2
  return [...lines.slice(0, head), `    … ${surplus} more lines …`, ...lines.slice(head + surplus)]
}

/**
 * Whatever user code threw, as Jupyter wants it. The traceback is what Node would print, causes
 * and own properties included, without the frames of the machinery. Never throws.
 */
export function describeFailure(thrown: unknown): Failure {
  const traceback = safely(() => tracebackOf(thrown), ['[cannot be shown]'])
  if (safely(() => isError(thrown), false)) {
    const error = thrown as Error
    return {
      status: 'error',
      ename: errorName(error),
      evalue: cut(textProperty(error, 'message') ?? '', limits.errorTextCharsMax),
      traceback,
    }
  }
  const isObject = typeof thrown === 'object' && thrown !== null
  return {
    status: 'error',
    ename: isObject ? (className(thrown) ?? 'Object') : typeof thrown,
    evalue: cut(typeof thrown === 'string' ? thrown : show(thrown), limits.errorTextCharsMax),
    traceback,
  }
}

/** Takes the frames of the machinery out of an error's stack, and of those that it names as cause. */
export function trimStacks(thrown: unknown): void {
  for (let error = thrown, depth = 0; depth < limits.errorCausesMax; depth++) {
    if (!safely(() => isError(error), false)) return
    const { stack, cause } = error as Error
    if (typeof stack === 'string') (error as Error).stack = userLines(stack).join('\n')
    error = cause
  }
}

/** Proxies can make the most harmless question throw. */
function safely<T>(ask: () => T, otherwise: T): T {
  try {
    return ask()
  } catch {
    return otherwise
  }
}
