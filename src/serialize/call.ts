import { ArgumentError } from '../base/mod.ts'
import type { Codec } from './codec.ts'
import { MalformedError } from './errors.ts'
import type { FunctionCache } from './function-cache.ts'
import { Described } from './function-codec.ts'
import { Reference } from './reference.ts'
import type { DecodeHooks } from './value-reader.ts'

/** A call as it arrived. */
export interface Call {
  readonly fn: (...args: unknown[]) => unknown
  readonly args: readonly unknown[]
}

/** How the receiver of calls takes part in unpacking them. */
export interface CallHooks extends DecodeHooks {
  /** Functions of earlier calls, so that one that comes again need not be built again. */
  readonly functions?: FunctionCache
}

/**
 * Encodes the function of a call, once for any number of calls. A `Reference` is evaluated on the
 * engine; a string names a function that every engine has, such as `push`.
 * @throws {UnserializableError}
 */
export function packFunction(
  codec: Codec,
  fn: ((...args: never[]) => unknown) | Reference | string,
): Uint8Array[] {
  if (typeof fn === 'string') {
    return codec.encode(new Described({ kind: 'builtin', text: `iparallel:${fn}` }), fn)
  }
  if (fn instanceof Reference) return codec.encode(fn)
  return codec.encode(fn, fn.name === '' ? 'the function' : `function ${fn.name}`)
}

/**
 * The frames of a call: those of `fn`, made by `packFunction`, then those of the arguments.
 * @throws {UnserializableError} with a path such as `args[0].settings`.
 */
export function packCall(
  codec: Codec,
  fn: readonly Uint8Array[],
  args: readonly unknown[],
): Uint8Array[] {
  return [...fn, ...codec.encode(args, 'args')]
}

/**
 * Inverse of `packCall`.
 * @throws {MalformedError} when the frames are no call, or the function cannot be built here.
 * @throws {ArgumentError} when a `Reference` to be called is no function in the namespace.
 */
export function unpackCall(
  codec: Codec,
  frames: readonly Uint8Array[],
  hooks: CallHooks = {},
): Call {
  const together = { ...hooks, classes: new Map<string, unknown>() }
  const { fn, used } = unpackFunction(codec, frames, together)
  const { value: args, used: usedByArgs } = codec.decode(frames, used, together)
  if (!Array.isArray(args)) throw new MalformedError('A call has no list of arguments.')
  if (used + usedByArgs !== frames.length) {
    throw new MalformedError('There are frames after the call.')
  }
  return { fn, args }
}

function unpackFunction(
  codec: Codec,
  frames: readonly Uint8Array[],
  { functions, ...hooks }: CallHooks,
): { fn: Call['fn']; used: number } {
  const first = frames[0]
  const known = first === undefined ? undefined : functions?.get(first)
  if (known !== undefined) return { fn: known, used: 1 }
  const { value, used, isStateless } = codec.decode(frames, 0, hooks)
  if (typeof value !== 'function') {
    throw new ArgumentError(`What is to be called is not a function but ${typeof value}.`)
  }
  const fn = value as Call['fn']
  if (isStateless && used === 1) functions?.set(first!, fn)
  return { fn, used }
}
