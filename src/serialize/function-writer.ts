import { UnserializableError } from './errors.ts'
import { tags } from './format.ts'
import type { FunctionCodec, FunctionDescription } from './function-codec.ts'
import type { ValueWriter } from './value-writer.ts'

export type AnyFunction = (...args: never[]) => unknown

/** What a function needs when it is called, to be written after the value that it is part of. */
interface BoundState {
  readonly path: string
  readonly captures: Readonly<Record<string, unknown>>
  readonly properties: Readonly<Record<string, unknown>>
}

const nothing: Readonly<Record<string, unknown>> = {}

export const functionFlags = { sloppy: 1, keepsState: 2 } as const

function flagsOf({ sloppy = false, keepsState = false }: FunctionDescription): number {
  return (sloppy ? functionFlags.sloppy : 0) | (keepsState ? functionFlags.keepsState : 0)
}

/** Writes functions, classes and instances of classes. */
export class FunctionWriter {
  readonly #writer: ValueWriter
  readonly #functions: FunctionCodec
  readonly #owners = new Map<object, AnyFunction>()
  readonly #descriptions = new Map<AnyFunction, FunctionDescription>()
  readonly #boundStates: BoundState[] = []
  /** Numbers of the functions that have begun, but cannot be referred to yet. */
  readonly #unbuilt = new Set<number>()

  constructor(writer: ValueWriter, functions: FunctionCodec) {
    this.#writer = writer
    this.#functions = functions
  }

  isUnbuilt(number: number): boolean {
    return this.#unbuilt.has(number)
  }

  /** Writes `fn`, which has `number`. */
  function(fn: AnyFunction, number: number): void {
    this.described(this.#descriptions.get(fn) ?? this.#describe(fn), number)
  }

  described(description: FunctionDescription, number: number): void {
    const writer = this.#writer
    const { kind, text, member, name, identity } = description
    const { definition = nothing, captures = nothing, properties = nothing } = description
    writer.out.uint8(tags.described)
    const flags = flagsOf(description)
    for (const part of [kind, text, member, name, flags, identity]) writer.write(part)
    this.#unbuilt.add(number)
    this.#names(definition)
    this.#values(definition, ' captures ')
    this.#unbuilt.delete(number)
    this.#names(captures)
    this.#names(properties)
    if (captures === nothing && properties === nothing) return
    this.#boundStates.push({ path: writer.path(), captures, properties })
  }

  /** Writes what every function so far, and every one found meanwhile, has captured. */
  boundStates(): void {
    // By index, for writing one may add more.
    for (let i = 0; i < this.#boundStates.length; i++) {
      const { path, captures, properties } = this.#boundStates[i]!
      this.#writer.under(path, () => {
        this.#values(captures, ' captures ')
        this.#values(properties, '.')
      })
    }
  }

  #names(record: Readonly<Record<string, unknown>>): void {
    const names = Object.keys(record)
    this.#writer.out.varint(names.length)
    for (const name of names) this.#writer.text(name)
  }

  #values(record: Readonly<Record<string, unknown>>, prefix: string): void {
    for (const [name, value] of Object.entries(record)) {
      this.#writer.child({ text: prefix + name }, value)
    }
  }

  /** There was an instance with this prototype, and it could be rebuilt. */
  knows(prototype: object): boolean {
    return this.#owners.has(prototype)
  }

  /** The class of an instance that can be rebuilt; fails for any other. */
  ownerOf(prototype: object): AnyFunction {
    const known = this.#owners.get(prototype)
    if (known !== undefined) return known
    const owner: unknown = Object.hasOwn(prototype, 'constructor') && prototype.constructor
    if (typeof owner !== 'function' || owner.prototype !== prototype) {
      this.#writer.fail('its prototype is an object of its own; use a class or a plain object')
    }
    const name = owner.name === '' ? 'an unnamed class' : `class ${owner.name}`
    const description = this.#describeClass(owner as AnyFunction, name)
    this.#descriptions.set(owner as AnyFunction, description)
    this.#owners.set(prototype, owner as AnyFunction)
    return owner as AnyFunction
  }

  /** Of an instance that is being written. */
  #describeClass(owner: AnyFunction, name: string): FunctionDescription {
    const what = `it is an instance of ${name}, which`
    let description: FunctionDescription
    try {
      description = this.#functions.describe(owner)
    } catch (thrown) {
      if (!(thrown instanceof UnserializableError)) throw thrown
      const where = thrown.path === '' ? '' : `${thrown.path.trimStart()}: `
      this.#writer.fail(`${what} cannot travel itself: ${where}${thrown.reason}`)
    }
    const { instancesRefused } = description
    if (instancesRefused !== undefined) {
      const { then } = (owner as { prototype: { then?: unknown } }).prototype
      const remedy = typeof then === 'function' ? '; await it first' : ''
      this.#writer.fail(`${what} ${instancesRefused}${remedy}`)
    }
    return description
  }

  #describe(fn: AnyFunction): FunctionDescription {
    try {
      return this.#functions.describe(fn)
    } catch (thrown) {
      if (!(thrown instanceof UnserializableError)) throw thrown
      const { path, reason, cause } = thrown
      throw new UnserializableError(this.#writer.path() + path, reason, { cause })
    }
  }
}
