import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

interface FunctionNode {
  readonly type: string
  readonly params: readonly { readonly start: number; readonly end: number }[]
  readonly async?: boolean
  readonly generator?: boolean
}

/** What can be told of a function from its text. */
export interface Signature {
  /** `async area(width, height = width)` */
  readonly text: string
  readonly isClass: boolean
}

const native = /\{\s*\[native code\]\s*\}\s*$/

/** A function's name and parameters, as they are written. */
export function signatureOf(fn: object): Signature {
  const text = Function.prototype.toString.call(fn)
  const name = nameOf(fn)
  if (native.test(text)) return { text: `${name}(${lengthOf(fn)})`, isClass: false }
  const isClass = /^class\b/.test(text)
  const parameters = isClass ? constructorParameters(text) : parametersOf(text)
  const prefix = isClass ? 'new ' : /^async\b/.test(text) ? 'async ' : ''
  return { text: `${prefix}${name}(${parameters ?? '…'})`, isClass }
}

/**
 * As `signatureOf`, with the types that `source` has, which is the function as it was written;
 * undefined where they cannot be told without a parser of TypeScript.
 */
export function typedSignature(fn: object, source: string): string | undefined {
  const name = nameOf(fn)
  const at = source.indexOf(name)
  const open = source.indexOf('(', Math.max(at, 0))
  const between = source.slice(at < 0 ? 0 : at + name.length, open)
  // A class has its parameters somewhere else; type parameters may stand before those.
  if (open < 0 || /^\s*class\b/.test(source) || /[{;]/.test(between)) return undefined
  const close = closing(source, open)
  if (close === undefined) return undefined
  const [, result = ''] = /^(\s*:[^={]+?)\s*(?:\{|=>)/.exec(source.slice(close + 1)) ?? []
  const generics = /<.*>/s.exec(between)?.[0] ?? ''
  const prefix = /^async\b/.test(Function.prototype.toString.call(fn)) ? 'async ' : ''
  const parameters = source.slice(open, close + 1)
  return `${prefix}${name}${generics}${parameters}${result}`.replace(/\s+/g, ' ')
}

function closing(text: string, open: number): number | undefined {
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (/[([{]/.test(text[i]!)) depth++
    else if (/[)\]}]/.test(text[i]!) && --depth === 0) return i
  }
  return undefined
}

function ownValue(fn: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(fn, key)?.value
}

function nameOf(fn: object): string {
  const name = ownValue(fn, 'name')
  return typeof name === 'string' && name !== '' ? name : 'anonymous'
}

/** Natives have no names for their parameters. */
function lengthOf(fn: object): string {
  const length = ownValue(fn, 'length')
  return typeof length === 'number'
    ? Array.from({ length: Math.min(length, 26) }, (_, i) => String.fromCharCode(97 + i)).join(', ')
    : ''
}

function parse(text: string): FunctionNode | undefined {
  const acorn = require('acorn') as typeof import('acorn')
  const first = (source: string): unknown =>
    acorn.parseExpressionAt(source, 0, { ecmaVersion: 'latest', allowSuperOutsideMethod: true })
  try {
    return first(text) as FunctionNode
  } catch {
    return undefined
  }
}

function join(source: string, fn: FunctionNode): string {
  const parameters = fn.params.map(({ start, end }) => source.slice(start, end))
  return parameters.join(', ').replace(/\s+/g, ' ')
}

function parametersOf(text: string): string | undefined {
  const plain = parse(text)
  if (plain !== undefined && 'params' in plain) return join(text, plain)
  // A method: `area(width) {…}`
  const object = `({${text}})`
  const method = parse(object) as unknown as
    | { readonly properties: readonly { readonly value: FunctionNode }[] }
    | undefined
  const value = method?.properties?.[0]?.value
  return value === undefined || !('params' in value) ? undefined : join(object, value)
}

interface ClassNode {
  readonly superClass: unknown
  readonly body: {
    readonly body: readonly { readonly kind?: string; readonly value: FunctionNode }[]
  }
}

function constructorParameters(text: string): string | undefined {
  const parsed = parse(text) as unknown as ClassNode | undefined
  const found = parsed?.body.body.find(({ kind }) => kind === 'constructor')
  if (found !== undefined) return join(text, found.value)
  return parsed?.superClass ? '…' : ''
}
