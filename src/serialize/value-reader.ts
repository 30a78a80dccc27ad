import { type ByteReader, decodeUtf8 } from './byte-reader.ts'
import { MalformedError } from './errors.ts'
import { nestingMax, shapesMax, tags } from './format.ts'
import type { BuiltFunction, FunctionCodec, FunctionDescription } from './function-codec.ts'
import type { MemoryReader } from './memory-reader.ts'
import { define, readBuiltin } from './read-builtin.ts'
import { Reference } from './reference.ts'

/** How the receiver takes part in decoding. */
export interface DecodeHooks {
  /** Evaluates the expression of a `Reference`, which arrives as one otherwise. */
  reference?(expression: string): unknown
}

interface Shape {
  readonly keys: readonly string[]
  /** One of the keys is `__proto__`, which an assignment would take for the prototype. */
  readonly hasProto: boolean
}

/** A function that waits for what it captured. */
interface Unbound {
  readonly built: BuiltFunction
  readonly captures: Record<string, unknown>
  readonly properties: Record<string, unknown>
}

/** Stands for an object that has begun, but that nothing can refer to yet. */
const unfinished = Symbol('unfinished')

/** Reads one value. Every member but `decode` is for the readers of single types. */
export class ValueReader {
  readonly input: ByteReader
  readonly memory: MemoryReader
  readonly #functions: FunctionCodec
  readonly #hooks: DecodeHooks
  readonly #objects: unknown[] = []
  readonly #shapes: Shape[] = []
  readonly #unbound: Unbound[] = []
  #depth = 0
  #isStateless = true

  constructor(
    input: ByteReader,
    memory: MemoryReader,
    functions: FunctionCodec,
    hooks: DecodeHooks,
  ) {
    this.input = input
    this.memory = memory
    this.#functions = functions
    this.#hooks = hooks
  }

  /** No function in the value has captured values or properties, nor refers to the namespace. */
  get isStateless(): boolean {
    return this.#isStateless
  }

  decode(): unknown {
    const value = this.read()
    // By index, for reading what one has captured may add more.
    for (let i = 0; i < this.#unbound.length; i++) this.#bindable(this.#unbound[i]!)
    for (const { built } of this.#unbound) built.bind()
    if (this.input.remaining > 0) throw new MalformedError('There are bytes after the value.')
    return value
  }

  read(): unknown {
    const tag = this.input.uint8()
    if (tag < tags.smallText) return tag
    if (tag < tags.shaped) return this.input.ascii(tag - tags.smallText)
    if (tag >= tags.undefined && tag <= tags.wellKnownSymbol) return this.#primitive(tag)
    if (this.#depth === nestingMax) throw new MalformedError('The value is nested too deep.')
    this.#depth++
    const value = this.#object(tag)
    this.#depth--
    return value
  }

  text(): string {
    const value = this.read()
    if (typeof value !== 'string') throw new MalformedError('Text was expected.')
    return value
  }

  primitive(): unknown {
    const value = this.read()
    if (Object(value) === value) throw new MalformedError('A primitive value was expected.')
    return value
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

  #primitive(tag: number): unknown {
    const { input } = this
    switch (tag) {
      case tags.undefined:
        return undefined
      case tags.null:
        return null
      case tags.false:
        return false
      case tags.true:
        return true
      case tags.uint8:
        return input.uint8()
      case tags.int16:
        return input.int16()
      case tags.int32:
        return input.int32()
      case tags.float64:
        return input.float64()
      case tags.bigint:
        return parseHexadecimal(this.text())
      case tags.utf8:
        return input.utf8()
      case tags.utf16:
        return input.utf16()
      case tags.memoryText:
        return this.#memoryText()
      case tags.registeredSymbol:
        return Symbol.for(this.text())
      default:
        return this.#wellKnownSymbol()
    }
  }

  #memoryText(): string {
    const length = this.input.varint()
    const { buffer, offset } = this.memory.take(length, 1)
    return decodeUtf8(new Uint8Array(buffer, offset, length))
  }

  #wellKnownSymbol(): symbol {
    const name = this.text()
    const value: unknown = (Symbol as unknown as Record<string, unknown>)[name]
    if (typeof value !== 'symbol') throw new MalformedError(`There is no Symbol.${name} here.`)
    return value
  }

  #object(tag: number): unknown {
    if (tag < tags.smallArray) return this.#properties(tag, this.register({}), false)
    if (tag < tags.undefined) return this.#array(tag - tags.smallArray)
    switch (tag) {
      case tags.newShape:
      case tags.dictionary:
        return this.#properties(tag, this.register({}), false)
      case tags.array:
        return this.#array(this.input.varint())
      case tags.again:
        return this.#again()
      case tags.nullPrototype: {
        const object = this.register(Object.create(null) as object)
        return this.#properties(this.input.uint8(), object, false)
      }
      case tags.described:
        return this.#described()
      case tags.reference:
        return this.#reference()
      case tags.instance:
        return this.#instance()
      case tags.subclassed:
        return this.#subclassed()
    }
    const value = readBuiltin(this, tag)
    if (value === undefined) throw new MalformedError(`No value begins with 0x${tag.toString(16)}.`)
    return value
  }

  #properties(tag: number, target: object, isInstance: boolean): object {
    if (tag === tags.dictionary) {
      for (let count = this.input.count(2); count > 0; count--) {
        const key = this.text()
        if (isInstance || key === '__proto__') define(target, key, this.read(), true)
        else (target as Record<string, unknown>)[key] = this.read()
      }
      return target
    }
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
    const array: unknown[] = length > input.remaining ? [] : new Array(length)
    array.length = length
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

  #described(): unknown {
    const at = this.reserve()
    const kind = this.text()
    if (!isKind(kind)) throw new MalformedError(`No function is described by its ${kind}.`)
    const text = this.text()
    const member = this.primitive()
    const name = this.primitive()
    const sloppy = this.primitive() === true
    const definition = this.#names()
    this.#values(definition)
    const captures = this.#names()
    const properties = this.#names()
    const built = this.#functions.build({
      kind,
      text,
      ...(typeof member === 'string' && { member }),
      ...(typeof name === 'string' && { name }),
      sloppy,
      definition,
      captures,
      properties,
    })
    if (!(isEmpty(captures) && isEmpty(properties))) {
      this.#unbound.push({ built, captures, properties })
    }
    return this.fill(at, built.value)
  }

  #bindable({ captures, properties }: Unbound): void {
    this.#values(captures)
    this.#values(properties)
  }

  /** An object with these names, whose values are still to be read. */
  #names(): Record<string, unknown> {
    const record = Object.create(null) as Record<string, unknown>
    for (let count = this.input.count(1); count > 0; count--) {
      record[this.text()] = undefined
      this.#isStateless = false
    }
    return record
  }

  #values(record: Record<string, unknown>): void {
    for (const name of Object.keys(record)) record[name] = this.read()
  }

  #reference(): unknown {
    const at = this.reserve()
    const expression = this.text()
    this.#isStateless = false
    const { reference } = this.#hooks
    const value = reference === undefined ? new Reference(expression) : reference(expression)
    return this.fill(at, value)
  }

  #instance(): object {
    const at = this.reserve()
    const target = this.fill(at, Object.create(this.#class().prototype as object) as object)
    return this.#properties(this.input.uint8(), target, true)
  }

  #subclassed(): object {
    const value = this.read()
    if (typeof value !== 'object' || value === null)
      throw new MalformedError('An object was expected.')
    Object.setPrototypeOf(value, this.#class().prototype as object)
    for (const [key, own] of Object.entries(this.#record())) define(value, key, own, true)
    return value
  }

  #class(): { readonly prototype: unknown } {
    const value = this.read()
    if (typeof value !== 'function' || Object(value.prototype) !== value.prototype) {
      throw new MalformedError('A class was expected.')
    }
    return value as unknown as { readonly prototype: unknown }
  }

  #record(): Record<string, unknown> {
    const record = Object.create(null) as Record<string, unknown>
    for (let count = this.input.count(2); count > 0; count--) {
      const key = this.text()
      record[key] = this.read()
    }
    return record
  }
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0
}

function isKind(kind: string): kind is FunctionDescription['kind'] {
  return kind === 'source' || kind === 'builtin' || kind === 'import'
}

function parseHexadecimal(digits: string): bigint {
  if (!/^-?[0-9a-f]+$/.test(digits)) throw new MalformedError('A bigint was expected.')
  return digits.startsWith('-') ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`)
}
