import { ArgumentError } from '../base/mod.ts'
import { KeywordArguments, PythonName, packPythonCall, packPythonFunction } from '../pickle/mod.ts'
import { type Codec, packCall, packFunction, UnserializableError } from '../serialize/mod.ts'
import { type Builtin, type Callee, describe } from './callee.ts'
import { sentFrom } from './errors.ts'
import { packMapFunction } from './map-function.ts'

/** Encodes the arguments of a call, behind a function that was encoded before. */
export type Packer = (args: readonly unknown[]) => Uint8Array[]

/** How calls are written for the engines of one language. */
export interface Dialect {
  /**
   * Encodes what is to be called, once for any number of calls.
   * @throws {UnserializableError}
   */
  prepare(callee: Callee): Packer
  /** As `prepare`, but the arguments are columns of items, and it is called for each row. */
  prepareMap(callee: Callee): Packer
}

/** The language of this package's own engines: values as our codec has them. */
class TypeScriptDialect implements Dialect {
  readonly #codec: Codec
  readonly #builtins = new Map<Builtin, readonly Uint8Array[]>()

  constructor(codec: Codec) {
    this.#codec = codec
  }

  prepare(callee: Callee): Packer {
    const fn = own(callee)
    return this.#packer(typeof fn === 'string' ? this.#builtin(fn) : packFunction(this.#codec, fn))
  }

  prepareMap(callee: Callee): Packer {
    const fn = own(callee)
    if (typeof fn === 'string') throw new ArgumentError(`'${fn}' is nothing to map with`)
    return this.#packer(packMapFunction(this.#codec, fn))
  }

  #builtin(name: Builtin): readonly Uint8Array[] {
    const known = this.#builtins.get(name)
    if (known !== undefined) return known
    const frames = packFunction(this.#codec, name)
    this.#builtins.set(name, frames)
    return frames
  }

  #packer(fn: readonly Uint8Array[]): Packer {
    return (args) => {
      for (const arg of args) assertOurs(arg)
      return packCall(this.#codec, fn, args)
    }
  }
}

function own(callee: Callee): Exclude<Callee, PythonName> {
  if (!(callee instanceof PythonName)) return callee
  throw new ArgumentError(`a TypeScript engine cannot call ${describe(callee)}`)
}

function assertOurs(arg: unknown): void {
  if (arg instanceof KeywordArguments) {
    throw new ArgumentError('functions of TypeScript have no keyword arguments: pass an object')
  }
}

/** Python's own: pickles, and functions by name or in source text. */
const pythonDialect: Dialect = {
  prepare(callee) {
    if (callee === 'push') return pushPacker()
    const fn = packPythonFunction(foreign(callee))
    return (args) => packPythonCall(fn, args)
  },
  prepareMap(callee) {
    const fn = packPythonFunction('map')
    const mapped = foreign(callee)
    if (typeof mapped === 'string') throw new ArgumentError(`'${mapped}' is nothing to map with`)
    const first = packPythonFunction(mapped)
    return (columns) => packPythonCall(fn, columns, first)
  },
}

/** Python's push takes the values by keyword. */
function pushPacker(): Packer {
  const fn = packPythonFunction('push')
  return ([values]) => {
    return packPythonCall(fn, [new KeywordArguments(values as Record<string, unknown>)])
  }
}

function foreign(callee: Callee): Exclude<Callee, 'bindKernel' | ((...args: never[]) => unknown)> {
  if (typeof callee !== 'function' && callee !== 'bindKernel') return callee
  throw new ArgumentError(`a Python engine cannot run ${describe(callee)}`)
}

/**
 * What cannot travel is found deep within it; its error points to the call that was to take it:
 * `origin`, or where this is called from.
 */
export function blamingTheCall<T>(act: () => T, origin?: Error): T {
  try {
    return act()
  } catch (thrown) {
    if (!(thrown instanceof UnserializableError)) throw thrown
    throw sentFrom(thrown, origin ?? new Error('called here'))
  }
}

function blaming(dialect: Dialect): Dialect {
  const prepare = (how: 'prepare' | 'prepareMap', callee: Callee): Packer => {
    const pack = blamingTheCall(() => dialect[how](callee))
    return (args) => blamingTheCall(() => pack(args))
  }
  return {
    prepare: (callee) => prepare('prepare', callee),
    prepareMap: (callee) => prepare('prepareMap', callee),
  }
}

/** The languages in which calls can be written, by name. */
export class Dialects {
  readonly #known: ReadonlyMap<string, Dialect>

  constructor(codec: Codec) {
    this.#known = new Map([
      ['typescript', blaming(new TypeScriptDialect(codec))],
      ['python', blaming(pythonDialect)],
    ])
  }

  /** @throws {ArgumentError} for one that this client does not write. */
  of(language: string): Dialect {
    const known = this.#known.get(language)
    if (known !== undefined) return known
    throw new ArgumentError(
      `this client writes calls for engines that speak ${[...this.#known.keys()].join(' or ')}, ` +
        `not ${language}; execute() sends any engine source text`,
    )
  }
}
