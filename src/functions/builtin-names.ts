import process from 'node:process'
import type { FunctionDescription } from '../serialize/mod.ts'

/** Where a builtin value is found again, in any process of the same platform. */
export type BuiltinName = Pick<FunctionDescription, 'kind' | 'text' | 'member'>

/** Globals of the language, and those of Node that are there without being loaded. */
const eagerGlobals = [
  ...['Object', 'Function', 'Array', 'Number', 'Boolean', 'String', 'Symbol', 'Date', 'Promise'],
  ...['RegExp', 'Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError'],
  ...['SyntaxError', 'TypeError', 'URIError', 'JSON', 'Math', 'Intl', 'Atomics', 'Reflect'],
  ...['ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Uint8Array', 'Int8Array', 'Uint16Array'],
  ...['Int16Array', 'Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array', 'BigInt'],
  ...['Uint8ClampedArray', 'BigUint64Array', 'BigInt64Array', 'Map', 'Set', 'WeakMap', 'WeakSet'],
  ...['WeakRef', 'FinalizationRegistry', 'Proxy', 'Iterator', 'Float16Array', 'parseFloat'],
  ...['parseInt', 'isFinite', 'isNaN', 'decodeURI', 'decodeURIComponent', 'encodeURI', 'eval'],
  ...['encodeURIComponent', 'escape', 'unescape', 'clearImmediate', 'clearInterval'],
  ...['clearTimeout', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'],
  ...['structuredClone', 'console', 'process', 'Buffer', 'URL', 'URLSearchParams'],
]

/** Instances that are globals; found by the name of their class, for reading them makes them. */
const lazyInstances: Readonly<Record<string, string>> = {
  Crypto: 'crypto',
  Performance: 'performance',
  Navigator: 'navigator',
}

/** Functions that are made when first read and, unlike a user's own, belong to the platform. */
const lazyFunctions: ReadonlySet<string> = new Set(['fetch', 'atob', 'btoa'])

/** Of how many names a builtin's path may consist: `Intl.NumberFormat.prototype.format`. */
const pathLengthMax = 4

/** Loading these prints a deprecation warning. */
const deprecatedModules: ReadonlySet<string> = new Set(['punycode', 'sys'])

/** Knows the functions and objects of the language and of Node by identity. */
export class BuiltinNames {
  readonly #names = new Map<object, BuiltinName>()
  #modulesSeen = 0
  #isThorough = false

  constructor() {
    this.#names.set(globalThis, { kind: 'builtin', text: 'globalThis' })
    for (const name of eagerGlobals) this.#global(name)
  }

  /** The name of `value`, or undefined when it is none of the platform's. */
  find(value: object): BuiltinName | undefined {
    return this.#names.get(value) ?? this.#findLazy(value) ?? this.#findInModules(value)
  }

  /** Looks also within globals that Node loads when they are first read: takes some time, once. */
  findThoroughly(value: object): BuiltinName | undefined {
    if (!this.#isThorough) {
      this.#isThorough = true
      for (const [name, { enumerable }] of Object.entries(
        Object.getOwnPropertyDescriptors(globalThis),
      )) {
        // What a user adds is enumerable, and reading other people's accessors has effects.
        if (enumerable !== true && /^[A-Z]/.test(name)) this.#global(name)
      }
    }
    return this.find(value)
  }

  #global(name: string): void {
    const value: unknown = (globalThis as Readonly<Record<string, unknown>>)[name]
    this.#add(value, name, 1)
  }

  #add(value: unknown, path: string, length: number): void {
    if (Object(value) !== value || this.#names.has(value as object)) return
    this.#names.set(value as object, { kind: 'builtin', text: path })
    if (length === pathLengthMax) return
    for (const name of Object.getOwnPropertyNames(value)) {
      if (name === 'constructor' || !/^[\w$]+$/.test(name)) continue
      // Only functions and what has them: other values below `process` are this process's own.
      const member: unknown = Object.getOwnPropertyDescriptor(value, name)?.value
      if (typeof member !== 'function' && name !== 'prototype') continue
      this.#add(member, `${path}.${name}`, length + 1)
    }
  }

  /** A global that was not read when the table was made, by the name that it should have. */
  #findLazy(value: object): BuiltinName | undefined {
    const owner: unknown = value.constructor
    const className = typeof owner === 'function' ? owner.name : ''
    const name = typeof value === 'function' ? value.name : lazyInstances[className]
    if (typeof name !== 'string' || !Object.hasOwn(globalThis, name)) return undefined
    const { enumerable } = Object.getOwnPropertyDescriptor(globalThis, name)!
    const isUsers = typeof value === 'function' && enumerable === true && !lazyFunctions.has(name)
    if (isUsers) return undefined
    if ((globalThis as Readonly<Record<string, unknown>>)[name] !== value) return undefined
    this.#add(value, name, 1)
    return this.#names.get(value)
  }

  /** Looks at the builtin modules that were loaded since the last time. */
  #findInModules(value: object): BuiltinName | undefined {
    const loaded = (process as unknown as { moduleLoadList: readonly string[] }).moduleLoadList
    if (loaded.length === this.#modulesSeen) return undefined
    for (const entry of loaded.slice(this.#modulesSeen)) {
      const name = /^NativeModule ([^_].*)$/.exec(entry)?.[1]
      if (name === undefined || name.startsWith('internal/')) continue
      if (!deprecatedModules.has(name)) this.#module(name)
    }
    this.#modulesSeen = loaded.length
    return this.#names.get(value)
  }

  #module(name: string): void {
    const text = `node:${name}`
    const module: unknown = process.getBuiltinModule(text)
    if (Object(module) !== module) return
    this.#set(module, { kind: 'import', text })
    for (const member of Object.getOwnPropertyNames(module)) {
      const value: unknown = Object.getOwnPropertyDescriptor(module, member)?.value
      this.#set(value, { kind: 'import', text, member })
    }
  }

  #set(value: unknown, name: BuiltinName): void {
    if (Object(value) !== value || this.#names.has(value as object)) return
    this.#names.set(value as object, name)
  }
}
