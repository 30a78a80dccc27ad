import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)

/** Where a function was written. */
export interface FunctionSource {
  /** A file's path, or a cell's name: `cell 3`. */
  readonly place: string
  /** From 1. */
  readonly line: number
  /** As it was written, types included. */
  readonly text: string
  /** The comment before it, without its marks. */
  readonly comment: string | undefined
}

interface Location {
  readonly scriptId: string
  readonly lineNumber: number
}

interface RemoteObject {
  readonly objectId?: string
  readonly value?: unknown
}

const slot = Symbol.for('iparallel.inspected-function')

/** Where V8 has the function from: the script's name, and the line from 0. */
function locate(fn: object): { url: string; line: number } | undefined {
  const { Session } = require('node:inspector') as typeof import('node:inspector')
  const session = new Session()
  session.connect()
  const post = <T>(method: string, params: object): T => {
    let answer: unknown
    // The callback runs before `post` returns, for the session is in this very thread.
    session.post(method, params, (_, result) => {
      answer = result
    })
    return answer as T
  }
  try {
    Object.defineProperty(globalThis, slot, { value: fn, configurable: true })
    const expression = `globalThis[Symbol.for('${slot.description}')]`
    const { result } = post<{ result: RemoteObject }>('Runtime.evaluate', { expression })
    const { internalProperties = [] } = post<{
      internalProperties?: { readonly name: string; readonly value?: RemoteObject }[]
    }>('Runtime.getProperties', { objectId: result.objectId, ownProperties: true })
    const found = internalProperties.find(({ name }) => name === '[[FunctionLocation]]')
    const location = found?.value?.value as Location | undefined
    if (location === undefined) return undefined
    let url: string | undefined
    session.on('Debugger.scriptParsed', ({ params }) => {
      if (params.scriptId === location.scriptId) url = params.url
    })
    post('Debugger.enable', {})
    post('Debugger.disable', {})
    return url === undefined ? undefined : { url, line: location.lineNumber }
  } finally {
    Reflect.deleteProperty(globalThis, slot)
    session.disconnect()
  }
}

/** The lines of a comment that ends above `line` (from 0), or of what a `//` block says there. */
function commentAbove(lines: readonly string[], line: number): string | undefined {
  let last = line - 1
  while (last >= 0 && /^\s*@/.test(lines[last]!)) last--
  if (last < 0) return undefined
  let first = last
  if (/\*\/\s*$/.test(lines[last]!)) {
    while (first > 0 && !lines[first]!.includes('/*')) first--
    if (!/^\s*\/\*/.test(lines[first]!)) return undefined
  } else {
    while (first >= 0 && /^\s*\/\//.test(lines[first]!)) first--
    if (first++ === last) return undefined
  }
  return lines
    .slice(first, last + 1)
    .map((text) =>
      text.replace(/^\s*(?:\/\*\*?|\*(?!\/)|\/\/\/?)? ?/, '').replace(/\s*\*\/\s*$/, ''),
    )
    .join('\n')
    .trim()
}

/** The source of a function of a cell or file, if it can be found; `cellSource` gives cells. */
export function functionSource(
  fn: object,
  cellSource: (number: number) => string | undefined,
): FunctionSource | undefined {
  try {
    const location = locate(fn)
    if (location === undefined) return undefined
    const path = location.url.startsWith('file:') ? fileURLToPath(location.url) : location.url
    const [, cell] = /[\\/]cell (\d+)$/.exec(path) ?? []
    const whole = cell === undefined ? readFileSync(path, 'utf8') : cellSource(Number(cell))
    if (whole === undefined) return undefined
    const lines = whole.split('\n')
    const compiled = Function.prototype.toString.call(fn).split('\n').length
    return {
      place: cell === undefined ? path : `cell ${cell}`,
      line: location.line + 1,
      // Types are removed line by line, so it is as long as what was compiled.
      text: lines.slice(location.line, location.line + compiled).join('\n'),
      comment: commentAbove(lines, location.line),
    }
  } catch {
    // A file that is gone, a path that is none.
    return undefined
  }
}
