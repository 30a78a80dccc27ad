import { types } from 'node:util'
import { type FunctionDescription, UnserializableError } from '../serialize/mod.ts'
import { BuiltinNames } from './builtin-names.ts'
import { CapturedValues } from './captured-values.ts'
import { PackageExports } from './package-exports.ts'
import type { ComputedMember } from './rewrite-class.ts'
import { ScopeReader } from './scope-reader.ts'
import { type Analysis, analyseSource, type FreeName } from './source-analysis.ts'

type AnyFunction = (...args: never[]) => unknown

const sourceOf = Function.prototype.toString
const nativeEnd = '{ [native code] }'

/** Takes functions apart: source, captured values, own properties. */
export class FunctionDescriber {
  readonly #builtins = new BuiltinNames()
  readonly #scopes = new ScopeReader()
  readonly #packages = new PackageExports(this.#scopes)
  readonly #captured = new CapturedValues(this.#builtins, this.#packages)
  /** Descriptions of functions that have nothing that could change. */
  readonly #constant = new WeakMap<AnyFunction, FunctionDescription>()

  /** @throws {UnserializableError} */
  describe(fn: AnyFunction): FunctionDescription {
    const known = this.#constant.get(fn)
    if (known !== undefined) return known
    if (types.isProxy(fn)) refuse('it is a Proxy')
    const builtin = this.#builtins.find(fn)
    if (builtin !== undefined) {
      return { ...builtin, instancesRefused: 'belongs to the platform' }
    }
    const source = sourceOf.call(fn)
    if (source.endsWith(nativeEnd)) return this.#describeNative(fn)
    const analysis = analyseSource(source)
    if ('refusal' in analysis) refuse(analysis.refusal)
    return this.#describeSource(fn, analysis)
  }

  describeObject(value: object): FunctionDescription | undefined {
    return this.#builtins.find(value)
  }

  #describeNative(fn: AnyFunction): FunctionDescription {
    const bound = this.#scopes.readBound(fn)
    if (bound === undefined) refuse('it is native code, which has no source')
    const { target, self, args } = bound
    return {
      kind: 'source',
      text: 'target.bind(self, ...args)',
      name: fn.name,
      definition: { target, self, args },
    }
  }

  #describeSource(fn: AnyFunction, analysis: Analysis): FunctionDescription {
    refusePrototype(fn, analysis)
    const own = ownProperties(fn)
    const instancesRefused = this.#instancesRefused(fn, analysis)
    const base = {
      kind: 'source',
      text: analysis.text,
      ...nameOf(fn),
      ...((analysis.sloppy || isSloppy(fn)) && { sloppy: true }),
      ...(own !== undefined && { properties: own }),
      ...(instancesRefused !== undefined && { instancesRefused }),
    } as const
    const captured = this.#capture(fn, analysis)
    if ('kind' in captured) return captured
    const { captures, definition } = captured
    if (analysis.superclassName !== undefined) {
      definition[analysis.superclassName] = Object.getPrototypeOf(fn) as unknown
    }
    for (const member of analysis.computed) definition[member.name] = keyOf(fn, member)
    const isConstant = isEmpty(captures) && isEmpty(definition)
    const description = isConstant ? base : { ...base, captures, definition }
    if (isConstant && own === undefined) this.#constant.set(fn, description)
    return description
  }

  /** The values of the free names; or how to import the function, when a package exports it. */
  #capture(fn: AnyFunction, { free }: Analysis): Captured | FunctionDescription {
    const captures: Record<string, unknown> = {}
    const definition: Record<string, unknown> = {}
    if (free.length === 0) return { captures, definition }
    const { scopes, scriptId } = this.#scopes.read(fn)
    const found: { use: FreeName; scope: Readonly<Record<string, unknown>> }[] = []
    for (const use of free) {
      // What no scope has is a global here, or a name of the engine's namespace there.
      const scope = scopes.find((each) => Object.hasOwn(each, use.name))
      if (scope !== undefined) found.push({ use, scope })
    }
    if (found.length === 0) return { captures, definition }
    const imported = this.#packages.findFunction(fn, scriptId)
    if (imported !== undefined) return imported
    if (this.#packages.isInternal(scriptId)) refuse('it is part of Node and has no public name')
    for (const { use, scope } of found) {
      const into = use.isForDefinition ? definition : captures
      into[use.name] = this.#captured.portable(read(scope, use.name), use.members)
    }
    return { captures, definition }
  }

  #instancesRefused(fn: AnyFunction, { isClass, hasPrivateMembers }: Analysis): string | undefined {
    if (!isClass) return undefined
    if (hasPrivateMembers) return 'has #private members'
    const parent = Object.getPrototypeOf(fn) as AnyFunction | null
    if (parent === null || parent === Function.prototype) return undefined
    if (sourceOf.call(parent).endsWith(nativeEnd)) return undefined
    if (this.#builtins.find(parent) !== undefined) {
      return `extends ${parent.name}, which belongs to the platform`
    }
    const analysis = analyseSource(sourceOf.call(parent))
    if ('refusal' in analysis) return undefined
    return this.#instancesRefused(parent, analysis)
  }
}

interface Captured {
  readonly captures: Record<string, unknown>
  readonly definition: Record<string, unknown>
}

function read(scope: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return scope[name]
  } catch (cause) {
    const reason = 'it has no value yet, for its declaration has not been reached'
    throw new UnserializableError(` captures ${name}`, reason, { cause })
  }
}

function refuse(reason: string): never {
  throw new UnserializableError('', reason)
}

/** Methods that were assigned to a prototype are not in the function's source. */
function refusePrototype(fn: AnyFunction, { isClass }: Analysis): void {
  if (isClass) return
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value
  if (typeof prototype !== 'object' || prototype === null) return
  // That of a generator function is an object without a constructor, and empty.
  const names = Reflect.ownKeys(prototype).filter((name) => name !== 'constructor')
  if (names.length === 0) return
  refuse('it has methods that were assigned to its prototype; compile classes to ES2022 or newer')
}

/** The name of a computed member, told by the source of what the class has under it. */
function keyOf(owner: AnyFunction, member: ComputedMember): string | symbol {
  const holder = member.isStatic ? owner : (owner as { prototype?: object }).prototype!
  for (const key of Reflect.ownKeys(holder)) {
    const { value, get, set } = Object.getOwnPropertyDescriptor(holder, key)!
    const has = [value, get, set].some(
      (each) => typeof each === 'function' && sourceOf.call(each) === member.source,
    )
    if (has) return key
  }
  return refuse(`its member ${member.shown} has a name that cannot be told from the class`)
}

/** The function's enumerable properties, such as a class's static fields. */
function ownProperties(fn: AnyFunction): Record<string, unknown> | undefined {
  const names = Object.keys(fn)
  if (names.length === 0) return undefined
  const values = fn as unknown as Readonly<Record<string, unknown>>
  return Object.fromEntries(names.map((name) => [name, values[name]]))
}

function nameOf(fn: AnyFunction): { name?: string } {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value
  return typeof name === 'string' ? { name } : {}
}

/** V8 gives sloppy functions, and no others, a property of this name. */
function isSloppy(fn: AnyFunction): boolean {
  return Object.hasOwn(fn, 'caller')
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0
}
