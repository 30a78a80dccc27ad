import type { FunctionDescription } from '../serialize/mod.ts'

/** Where a builtin value is found again, in any process of the same platform. */
export type BuiltinName = Pick<FunctionDescription, 'kind' | 'text' | 'member'>

/** Globals that are made when first read; reading some of them (`localStorage`) has effects. */
const lazyGlobals = ['crypto', 'performance', 'navigator', 'atob', 'btoa'] as const

/** Globals of Node that, unlike those of the language, are enumerable like a user's own. */
const enumerableGlobals: ReadonlySet<string> = new Set([
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'fetch',
  'global',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'structuredClone',
])

/** Of how many names a builtin's path may consist: `Intl.NumberFormat.prototype.format`. */
const pathLengthMax = 4

/** Loading these prints a deprecation warning. */
const deprecatedModules: ReadonlySet<string> = new Set(['punycode', 'sys'])

/** Knows the functions and objects of the language and of Node by identity. */
export class BuiltinNames {
  readonly #names = new Map<object, BuiltinName>()
  #modulesSeen = 0

  constructor() {
    this.#names.set(globalThis, { kind: 'builtin', text: 'globalThis' })
    const descriptors = Object.getOwnPropertyDescriptors(globalThis)
    for (const [name, { value, enumerable }] of Object.entries(descriptors)) {
      if (enumerable === true && !enumerableGlobals.has(name)) continue
      this.#global(name, value)
    }
    this.#global('process', process)
    this.#global('Buffer', Buffer)
  }

  /** The name of `value`, or undefined when it is none of the platform's. */
  find(value: object): BuiltinName | undefined {
    return this.#names.get(value) ?? this.#findLazy(value) ?? this.#findInModules(value)
  }

  #global(name: string, value: unknown): void {
    this.#add(value, name, 1, (text) => ({ kind: 'builtin', text }))
  }

  #add(value: unknown, path: string, length: number, nameOf: (path: string) => BuiltinName): void {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return
    if (this.#names.has(value)) return
    this.#names.set(value, nameOf(path))
    if (length === pathLengthMax || value === process.env) return
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      if (name === 'constructor' || !/^[\w$]+$/.test(name)) continue
      // Only functions below `process` and the like: what else hangs there is this process's own.
      const { value: member } = descriptor as { value?: unknown }
      if (typeof member !== 'function' && name !== 'prototype') continue
      this.#add(member, `${path}.${name}`, length + 1, nameOf)
    }
  }

  #findLazy(value: object): BuiltinName | undefined {
    const name = lazyName(value)
    if (name === undefined) return undefined
    if ((globalThis as Record<string, unknown>)[name] !== value) return undefined
    this.#global(name, value)
    return this.#names.get(value)
  }

  /** Looks at the builtin modules that were loaded since the last time. */
  #findInModules(value: object): BuiltinName | undefined {
    const loaded = (process as unknown as { moduleLoadList: readonly string[] }).moduleLoadList
    if (loaded.length === this.#modulesSeen) return undefined
    for (const entry of loaded.slice(this.#modulesSeen)) {
      const name = /^NativeModule ([^_].*)$/.exec(entry)?.[1]
      if (name === undefined || name.startsWith('internal/') || deprecatedModules.has(name))
        continue
      this.#module(name)
    }
    this.#modulesSeen = loaded.length
    return this.#names.get(value)
  }

  #module(name: string): void {
    const module: unknown = process.getBuiltinModule(name)
    if (module === undefined) return
    const text = `node:${name}`
    this.#add(module, '', pathLengthMax, () => ({ kind: 'import', text }))
    for (const [member, { value }] of Object.entries(Object.getOwnPropertyDescriptors(module))) {
      this.#add(value, member, pathLengthMax, () => ({ kind: 'import', text, member }))
    }
  }
}

/** The global that `value` could be, going by its own name or that of its class. */
function lazyName(value: object): string | undefined {
  const owner: unknown = value.constructor
  const name =
    typeof value === 'function' ? value.name : typeof owner === 'function' ? owner.name : ''
  const global = lazyGlobals.find((each) => each === name.toLowerCase())
  if (global !== undefined) return global
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name)
  // Node 20 makes its web classes when they are first read.
  return typeof value === 'function' && descriptor?.get !== undefined ? name : undefined
}
