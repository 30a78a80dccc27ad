import { types } from 'node:util'
import { type FunctionDescription, UnserializableError } from '../serialize/mod.ts'
import { type BuiltinName, BuiltinNames } from './builtin-names.ts'
import { CapturedValues } from './captured-values.ts'
import type { ClassTable } from './class-table.ts'
import { PackageExports } from './package-exports.ts'
import type { ComputedMember } from './rewrite-class.ts'
import { type FunctionInternals, ScopeReader } from './scope-reader.ts'
import { type Analysis, analyseSource, type FreeName } from './source-analysis.ts'

type AnyFunction = (...args: never[]) => unknown

const sourceOf = Function.prototype.toString
const nativeEnd = '{ [native code] }'

/** Takes functions apart: source, captured values, own properties. */
export class FunctionDescriber {
  readonly #classes: ClassTable
  readonly #builtins = new BuiltinNames()
  readonly #packages = new PackageExports(() => this.#scopes)
  readonly #captured = new CapturedValues(this.#builtins, this.#packages)
  #scopeReader: ScopeReader | undefined
  /** Descriptions of functions that have nothing that could change. */
  readonly #constant = new WeakMap<AnyFunction, FunctionDescription>()

  constructor(classes: ClassTable) {
    this.#classes = classes
  }

  /** @throws {UnserializableError} */
  describe(fn: AnyFunction): FunctionDescription {
    const constant = this.#constant.get(fn)
    if (constant !== undefined && Object.keys(fn).length === 0) return constant
    if (types.isProxy(fn)) refuse('it is a Proxy')
    const builtin = this.#builtins.find(fn)
    if (builtin !== undefined) return asBuiltin(builtin)
    const source = sourceOf.call(fn)
    if (source.endsWith(nativeEnd)) return this.#describeNative(fn)
    const analysis = analyseSource(source)
    if ('refusal' in analysis) return this.#findByName(fn) ?? refuse(analysis.refusal)
    if (hasAssignedMethods(fn, analysis)) {
      return this.#findByName(fn) ?? refuse(assignedMethods)
    }
    return this.#describeSource(fn, analysis)
  }

  describeObject(value: object): FunctionDescription | undefined {
    return this.#builtins.find(value)
  }

  get #scopes(): ScopeReader {
    this.#scopeReader ??= new ScopeReader()
    return this.#scopeReader
  }

  #describeNative(fn: AnyFunction): FunctionDescription {
    const bound = this.#scopes.readBound(fn)
    if (bound === undefined) {
      const builtin = this.#builtins.findThoroughly(fn)
      return builtin === undefined ? refuse('it is native code') : asBuiltin(builtin)
    }
    const { target, self, args } = bound
    return {
      kind: 'source',
      text: 'target.bind(self, ...args)',
      name: fn.name,
      definition: { target, self, args },
    }
  }

  #describeSource(fn: AnyFunction, analysis: Analysis): FunctionDescription {
    const { scopes, scriptId } =
      analysis.free.length === 0 ? nothingCaptured : this.#scopes.read(fn)
    const found = findScopes(analysis.free, [...scopes, ownName(fn)])
    // What captures nothing can as well travel as source, which needs no look at its file.
    const known = found.length === 0 ? undefined : this.#findByScript(fn, scriptId)
    const instancesRefused = this.#instancesRefused(fn, analysis)
    const refused = instancesRefused === undefined ? {} : { instancesRefused }
    if (known !== undefined) return { ...known, ...refused }
    const properties = ownProperties(fn)
    const { captures, definition } = this.#capture(fn, analysis, found)
    const { isClass, hasPrivateStatics } = analysis
    const keepsState = hasPrivateStatics || found.some(({ use }) => use.isAssigned)
    const description: FunctionDescription = {
      kind: 'source',
      text: analysis.text,
      ...nameOf(fn),
      ...((analysis.sloppy || isSloppy(fn)) && { sloppy: true }),
      ...(keepsState && { keepsState }),
      // What its private static members hold cannot be set, so each arrival is a class of its own.
      ...(isClass && !hasPrivateStatics && { identity: this.#classes.identify(fn) }),
      ...(isEmpty(captures) ? {} : { captures }),
      ...(isEmpty(definition) ? {} : { definition }),
      ...(isEmpty(properties) ? {} : { properties }),
      ...refused,
    }
    const isConstant = [captures, definition, properties].every(isEmpty)
    if (isConstant) this.#constant.set(fn, description)
    return description
  }

  #capture(fn: AnyFunction, analysis: Analysis, found: readonly Found[]): Captured {
    // Without a prototype, for a variable may be named __proto__.
    const captures = Object.create(null) as Record<string, unknown>
    const definition = Object.create(null) as Record<string, unknown>
    for (const { use, scope } of found) {
      const into = use.isForDefinition ? definition : captures
      into[use.name] = this.#captured.portable(read(scope, use.name), use)
    }
    if (analysis.superclassName !== undefined) {
      definition[analysis.superclassName] = Object.getPrototypeOf(fn) as unknown
    }
    for (const member of analysis.computed) definition[member.name] = keyOf(fn, member)
    return { captures, definition }
  }

  /** How to find again, rather than copy, a function that cannot be copied. */
  #findByName(fn: AnyFunction): FunctionDescription | undefined {
    return this.#findByScript(fn, this.#scopes.read(fn).scriptId)
  }

  /** A function that a package exports, or that is part of Node, is found again by its name. */
  #findByScript(fn: AnyFunction, scriptId: string | undefined): FunctionDescription | undefined {
    const imported = this.#packages.findFunction(fn, scriptId)
    if (imported !== undefined || !this.#packages.isInternal(scriptId)) return imported
    const builtin = this.#builtins.findThoroughly(fn)
    return builtin === undefined ? refuse('it is internal to Node') : asBuiltin(builtin)
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

/** A name that the function uses, and the scope that has it. */
interface Found {
  readonly use: FreeName
  readonly scope: Readonly<Record<string, unknown>>
}

interface Captured {
  readonly captures: Readonly<Record<string, unknown>>
  readonly definition: Readonly<Record<string, unknown>>
}

const nothingCaptured: FunctionInternals = { scopes: [], scriptId: undefined }

/** What no scope has is a global here, or a name of the engine's namespace there. */
function findScopes(free: readonly FreeName[], scopes: FunctionInternals['scopes']): Found[] {
  return free.flatMap((use) => {
    const scope = scopes.find((each) => Object.hasOwn(each, use.name))
    return scope === undefined ? [] : [{ use, scope }]
  })
}

/** A global function that calls itself by its name, as cells declare them. */
function ownName(fn: AnyFunction): Readonly<Record<string, unknown>> {
  const { name } = nameOf(fn)
  if (name === undefined) return {}
  return Object.getOwnPropertyDescriptor(globalThis, name)?.value === fn ? { [name]: fn } : {}
}

function asBuiltin(name: BuiltinName): FunctionDescription {
  return { ...name, instancesRefused: 'belongs to the platform' }
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

const assignedMethods =
  'it has methods that were assigned to its prototype; compile classes to ES2022 or newer'

/** Methods that were assigned to a prototype are not in the function's source. */
function hasAssignedMethods(fn: AnyFunction, { isClass }: Analysis): boolean {
  if (isClass) return false
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value
  if (typeof prototype !== 'object' || prototype === null) return false
  return Reflect.ownKeys(prototype).some((name) => name !== 'constructor')
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
function ownProperties(fn: AnyFunction): Record<string, unknown> {
  const values = fn as unknown as Readonly<Record<string, unknown>>
  return Object.fromEntries(Object.keys(fn).map((name) => [name, values[name]]))
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
