import { types } from 'node:util'
import { UnserializableError } from './errors.ts'
import type { FunctionCodec } from './function-codec.ts'

type Captures = Readonly<Record<string, unknown>>

const captured = new WeakMap<object, Captures>()

/** Gives `fn` captured values that the fake below knows of. */
export function capturing<F extends object>(fn: F, captures: Captures): F {
  captured.set(fn, captures)
  return fn
}

/**
 * Functions without a platform: captured values are those that `capturing` was told, and the text
 * reads them from a variable named `captures`.
 */
export const fakeFunctions: FunctionCodec = {
  describe(fn) {
    const text = fn.toString()
    if (text.includes('[native code]')) throw new UnserializableError('', 'it is native code')
    const refused = text.includes('#') ? { instancesRefused: 'has #private members' } : {}
    const captures = captured.get(fn) ?? {}
    const keepsState = text.includes('++')
    const properties = Object.fromEntries(Object.entries(fn))
    return {
      kind: 'source',
      text,
      name: fn.name,
      captures,
      properties,
      keepsState,
      ...refused,
    }
  },
  describeObject: (value) => (value === Math ? { kind: 'builtin', text: 'Math' } : undefined),
  refuse: (value) => (types.isProxy(value) ? 'it is a Proxy' : undefined),
  build({ kind, text, captures }) {
    if (kind === 'builtin') return { value: builtins[text], bind() {} }
    const make = new Function('captures', `return (${text})`) as (captures: unknown) => unknown
    return { value: make(captures), bind() {} }
  },
}

const builtins: Record<string, unknown> = {
  Math,
  'iparallel:push': (values: unknown) => values,
}
