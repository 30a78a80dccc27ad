import { limits } from '../base/mod.ts'
import type { ByteReader } from './byte-reader.ts'
import { MalformedError } from './errors.ts'
import { shapesMax, tags } from './format.ts'
import type { FunctionCodec } from './function-codec.ts'
import { FunctionReader } from './function-reader.ts'
import type { MemoryReader } from './memory-reader.ts'
import { define, readBuiltin } from './read-builtin.ts'
import { readScalar } from './read-scalar.ts'
import { Reference } from './reference.ts'

/** How the receiver takes part in decoding. */
export interface DecodeHooks {
  /**
   * Evaluates the expression of a `Reference`, which arrives as one otherwise. What it throws,
   * `decode` throws.
   */
  reference?(expression: string): unknown
  /** Classes by identity, where several values belong together: filled by `decode`. */
  readonly classes?: Map<string, unknown>
}

/** What a hook threw: the user's failure, not that of the bytes. */
export class HookFailure {
  readonly thrown: unknown

  constructor(thrown: unknown) {
    this.thrown = thrown
  }
}

interface Shape {
  readonly keys: readonly string[]
  /** One of the keys is `__proto__`, which an assignment would take for the prototype. */
  readonly hasProto: boolean
}

/** Stands for an object that has begun, but that nothing can refer to yet. */
const unfinished = Symbol('unfinished')

/** Reads one value. Every member but `decode` is for the readers of single types. */
export class ValueReader {
  readonly input: ByteReader
  readonly memory: MemoryReader
  readonly #codec: FunctionCodec
  readonly #functions: FunctionReader
  readonly #hooks: DecodeHooks
  readonly #objects: unknown[] = []
  readonly #shapes: Shape[] = []
  #depth = 0
  #hasReferences = false

  constructor(
    input: ByteReader,
    memory: MemoryReader,
    functions: FunctionCodec,
    hooks: DecodeHooks,
  ) {
    this.input = input
    this.memory = memory
    this.#codec = functions
    this.#functions = new FunctionReader(this, functions, hooks.classes ?? new Map())
    this.#hooks = hooks
  }

  /** See `Decoded.isStateless`. */
  get isStateless(): boolean {
    return this.#functions.isStateless && !this.#hasReferences
  }

  decode(): unknown {
    const value = this.read()
    this.#functions.boundStates()
    if (this.input.remaining > 0) throw new MalformedError('There are bytes after the value.')
    return value
  }

  read(): unknown {
    const tag = this.input.uint8()
    if (tag < tags.smallText) return tag
    if (tag < tags.shaped) return this.input.ascii(tag - tags.smallText)
    if (tag >= tags.undefined && tag <= tags.wellKnownSymbol) return readScalar(this, tag)
    if (this.#depth === limits.valueNestingMax)
      throw new MalformedError('The value is nested too deep.')
    this.#depth++
    const value = this.#object(tag)
    this.#depth--
    return value
  }

  text(): string {
    const value = this.primitive()
    if (typeof value !== 'string') throw new MalformedError('Text was expected.')
    return value
  }

  primitive(): unknown {
    const value = this.read()
    if (Object(value) === value) throw new MalformedError('A primitive value was expected.')
    return value
  }

  /** See `ClassIdentities.find`. */
  classOf(identity: string): object | undefined {
    return this.#codec.classes?.find(identity)
  }

  /** Gives `object` the next number, by which later parts of the value refer to it. */
  register<T>(object: T): T {
    this.#objects.push(object)
    return object
  }

  /** Takes the next number for an object that can only be made once its parts are read. */
  reserve(): number {
    return this.#objects.push(unfinished) - 1
  }

  fill<T>(at: number, object: T): T {
    this.#objects[at] = object
    return object
  }

  #object(tag: number): unknown {
    if (tag < tags.smallArray) return this.#properties(tag, this.register({}))
    if (tag < tags.undefined) return this.#array(tag - tags.smallArray)
    switch (tag) {
      case tags.newShape:
      case tags.dictionary:
        return this.#properties(tag, this.register({}))
      case tags.array:
        return this.#array(this.input.varint())
      case tags.again:
        return this.#again()
      case tags.nullPrototype: {
        const object = this.register(Object.create(null) as object)
        return this.#properties(this.input.uint8(), object)
      }
      case tags.described:
        return this.#functions.described()
      case tags.reference:
        return this.#reference()
      case tags.instance:
        return this.#instance()
      case tags.subclassed:
        return this.#subclassed()
    }
    return readBuiltin(this, tag)
  }

  /** `isInstance`: an assignment could call an accessor of the class. */
  #properties(tag: number, target: object, isInstance = false): object {
    if (tag === tags.dictionary) return this.#dictionary(target, isInstance)
    const shape = tag === tags.newShape ? this.#newShape() : this.#shapes[tag - tags.shaped]
    if (shape === undefined) throw new MalformedError('A shape was expected.')
    const { keys } = shape
    if (isInstance || shape.hasProto) {
      for (const key of keys) define(target, key, this.read(), true)
      return target
    }
    const record = target as Record<string, unknown>
    for (let i = 0; i < keys.length; i++) record[keys[i]!] = this.read()
    return target
  }

  #dictionary(target: object, isInstance = false): object {
    for (let count = this.input.count(2); count > 0; count--) {
      const key = this.text()
      const value = this.read()
      if (isInstance || key === '__proto__') define(target, key, value, true)
      else (target as Record<string, unknown>)[key] = value
    }
    return target
  }

  #newShape(): Shape {
    if (this.#shapes.length === shapesMax) throw new MalformedError('There are too many shapes.')
    const keys: string[] = []
    for (let count = this.input.count(1); count > 0; count--) keys.push(this.text())
    const shape = { keys, hasProto: keys.includes('__proto__') }
    this.#shapes.push(shape)
    return shape
  }

  #array(length: number): unknown[] {
    const { input } = this
    if (length > 0xffff_ffff) throw new MalformedError('An array is too long.')
    // A length that the bytes cannot fill is that of a sparse array, or a lie: reserve nothing.
    const array: unknown[] = new Array(length > input.remaining ? 0 : length)
    if (array.length !== length) array.length = length
    this.register(array)
    for (let i = 0; i < length; ) {
      if (input.skip(tags.holes)) i += input.varint()
      else array[i++] = this.read()
      if (i > length) throw new MalformedError('An array has more elements than it should.')
    }
    return array
  }

  #again(): unknown {
    const index = this.input.varint()
    const value = this.#objects[index]
    if (index >= this.#objects.length || value === unfinished) {
      throw new MalformedError('An object refers to one that is not there.')
    }
    return value
  }

  #reference(): unknown {
    const at = this.reserve()
    const expression = this.text()
    this.#hasReferences = true
    const { reference } = this.#hooks
    if (reference === undefined) return this.fill(at, new Reference(expression))
    try {
      return this.fill(at, reference(expression))
    } catch (thrown) {
      throw new HookFailure(thrown)
    }
  }

  #instance(): object {
    const at = this.reserve()
    const target = this.fill(at, Object.create(this.#prototype()) as object)
    return this.#properties(this.input.uint8(), target, true)
  }

  #subclassed(): object {
    const value = this.read()
    if (typeof value !== 'object' || value === null) {
      throw new MalformedError('An object was expected.')
    }
    Object.setPrototypeOf(value, this.#prototype())
    return this.#dictionary(value, true)
  }

  /** That of the class that comes next. */
  #prototype(): object {
    const owner = this.read()
    const prototype: unknown = typeof owner === 'function' ? owner.prototype : undefined
    if (typeof prototype === 'object' && prototype !== null) return prototype
    throw new MalformedError('A class was expected.')
  }
}
