import { limits, messageOf } from '../base/mod.ts'
import { brandOf, intrinsicBrand, isNativePrototype, isObjectPrototype } from './brand.ts'
import type { ByteWriter } from './byte-writer.ts'
import { Complex } from './complex.ts'
import { UnserializableError } from './errors.ts'
import { tags } from './format.ts'
import { Described, type FunctionCodec } from './function-codec.ts'
import { type AnyFunction, FunctionWriter } from './function-writer.ts'
import { IdentityTable } from './identity-table.ts'
import { MemoryWriter } from './memory-writer.ts'
import { NdArray } from './nd-array.ts'
import { formatPath, type Segment } from './path.ts'
import { PythonTuple } from './python-tuple.ts'
import { Reference } from './reference.ts'
import { ShapeTable } from './shape-table.ts'
import { writeArray } from './write-array.ts'
import { writeBuiltin } from './write-builtin.ts'
import { writeComplex, writeNdArray } from './write-numeric.ts'
import { writeBigint, writeNumber, writeSymbol, writeText } from './write-scalar.ts'

/** The segment of an object whose parts have not been looked at yet. */
const here: Segment = { text: '' }

/** Writes one value. Every member but `encode` is for the writers of single types. */
export class ValueWriter {
  readonly out: ByteWriter
  readonly memory: MemoryWriter = new MemoryWriter()
  readonly #codec: FunctionCodec
  readonly #functions: FunctionWriter
  readonly #identities = new IdentityTable()
  readonly #shapes = new ShapeTable()
  readonly #trail: Segment[] = []
  #root: string
  /** How many objects are being written; the last segment of the trail is within the last one. */
  #depth = 0

  constructor(out: ByteWriter, functions: FunctionCodec, root: string) {
    this.out = out
    this.#codec = functions
    this.#functions = new FunctionWriter(this, functions)
    this.#root = root
  }

  /** @throws {UnserializableError} and nothing else, also for what a getter throws. */
  encode(value: unknown): void {
    try {
      this.write(value)
      this.#functions.boundStates()
    } catch (thrown) {
      if (thrown instanceof UnserializableError) throw thrown
      const reason = `reading it failed: ${messageOf(thrown)}`
      throw new UnserializableError(this.#path(this.#depth), reason, { cause: thrown })
    }
  }

  write(value: unknown): void {
    switch (typeof value) {
      case 'number':
        writeNumber(this.out, value)
        break
      case 'string':
        this.text(value)
        break
      case 'object':
        if (value === null) this.out.uint8(tags.null)
        else this.#object(value)
        break
      case 'boolean':
        this.out.uint8(value ? tags.true : tags.false)
        break
      case 'undefined':
        this.out.uint8(tags.undefined)
        break
      case 'bigint':
        writeBigint(this.out, this.memory, value)
        break
      case 'symbol':
        if (writeSymbol(this.out, this.memory, value)) break
        this.#fail(`it is a local symbol, ${String(value)}; use Symbol.for()`, this.#depth)
        break
      case 'function':
        this.#object(value)
    }
  }

  text(value: string): void {
    writeText(this.out, this.memory, value)
  }

  /** Writes what lies under `segment` of the object that is being written. */
  child(segment: Segment, value: unknown): void {
    this.#trail[this.#depth - 1] = segment
    this.write(value)
  }

  /** Writes names and values. */
  entries(record: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(record)
    this.out.varint(keys.length)
    for (const key of keys) {
      this.text(key)
      this.child(key, record[key])
    }
  }

  /** Runs `write` as if within an object at `path`. */
  under(path: string, write: () => void): void {
    this.#root = path
    this.#depth = 1
    write()
    this.#depth = 0
  }

  /** See `ClassIdentities.identityOf`. */
  identityOf(owner: object): string | undefined {
    return this.#codec.classes?.identityOf(owner)
  }

  /** Where the object that is being written is. */
  path(): string {
    return this.#path(this.#depth - 1)
  }

  /** Fails for the object that is being written. */
  fail(reason: string): never {
    this.#fail(reason, this.#depth - 1)
  }

  #object(value: object): void {
    const known = this.#identities.claim(value)
    if (known >= 0) {
      this.#again(known)
      return
    }
    if (this.#depth === limits.valueNestingMax) {
      this.#fail(`it is nested more than ${limits.valueNestingMax} deep`, this.#depth)
    }
    this.#trail[this.#depth++] = here
    if (typeof value === 'function') {
      this.#functions.function(value as AnyFunction, this.#number())
    } else {
      const refusal = this.#codec.refuse(value)
      if (refusal !== undefined) this.fail(refusal)
      const prototype = Object.getPrototypeOf(value) as object | null
      if (prototype === Object.prototype) this.#plain(value)
      else if (prototype === Array.prototype && Array.isArray(value)) writeArray(this, value)
      else this.#special(value, prototype)
    }
    this.#depth--
  }

  /** Refers to an object that came before. */
  #again(number: number): void {
    if (this.#functions.isUnbuilt(number)) {
      this.#fail('it needs itself in order to be defined', this.#depth)
    }
    this.out.uint8(tags.again)
    this.out.varint(number)
  }

  /** The number of the object that was met last. */
  #number(): number {
    return this.#identities.size - 1
  }

  #plain(value: object): void {
    const keys = Object.keys(value)
    // `Math`, `JSON` and their like have a tag and nothing to list.
    if (keys.length === 0 && Symbol.toStringTag in value) {
      const description = this.#codec.describeObject(value)
      if (description !== undefined) {
        this.#functions.described(description, this.#number())
        return
      }
    }
    this.#properties(value, keys)
  }

  #properties(value: object, keys: readonly string[]): void {
    const { out } = this
    const record = value as Readonly<Record<string, unknown>>
    const shapesBefore = this.#shapes.size
    const shape = this.#shapes.find(keys)
    if (shape === undefined) {
      out.uint8(tags.dictionary)
      this.entries(record)
      return
    }
    if (this.#shapes.size === shapesBefore) out.uint8(tags.shaped + shape.id)
    else {
      out.uint8(tags.newShape)
      out.varint(keys.length)
      for (const key of keys) this.text(key)
    }
    const at = this.#depth - 1
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      this.#trail[at] = key
      this.write(record[key])
    }
  }

  /** Everything that is neither a plain object nor a plain array. */
  #special(value: object, prototype: object | null): void {
    if (prototype === null) {
      this.out.uint8(tags.nullPrototype)
      this.#properties(value, Object.keys(value))
      return
    }
    const brand = intrinsicBrand(prototype)
    if (brand !== undefined) writeBuiltin(this, value, brand)
    else if (value instanceof Described) {
      this.#functions.described(value.description, this.#number())
    } else if (value instanceof Reference) {
      this.#reference(value)
    } else if (value instanceof PythonTuple) {
      writeArray(this, value.items)
    } else if (value instanceof NdArray) {
      writeNdArray(this, value)
    } else if (value instanceof Complex) {
      writeComplex(this, value)
    } else if (isObjectPrototype(prototype)) {
      this.#plain(value)
    } else {
      this.#branded(value, prototype)
    }
  }

  #reference({ language, expression }: Reference): void {
    if (language !== undefined) {
      this.fail(`it is an expression of ${language}, which only engines of that language know`)
    }
    this.out.uint8(tags.reference)
    this.text(expression)
  }

  #branded(value: object, prototype: object): void {
    const brand = brandOf(value)
    if (typeof brand === 'object') this.fail(brand.refused)
    if (brand === 'Object') this.#instance(value, prototype)
    else if (keepsNoClass.has(brand) || isNativePrototype(prototype)) {
      writeBuiltin(this, value, brand)
    } else {
      this.out.uint8(tags.subclassed)
      writeBuiltin(this, value, brand)
      this.child({ text: '.constructor' }, this.#functions.ownerOf(prototype))
      const isIndexed = brand === 'Array' || brand === 'View'
      this.entries(isIndexed ? {} : (value as Readonly<Record<string, unknown>>))
    }
  }

  #instance(value: object, prototype: object): void {
    const isFirst = !this.#functions.knows(prototype)
    const description = isFirst ? this.#codec.describeObject(value) : undefined
    if (description !== undefined) {
      this.#functions.described(description, this.#number())
      return
    }
    const owner = this.#functions.ownerOf(prototype)
    this.out.uint8(tags.instance)
    this.child({ text: '.constructor' }, owner)
    this.#properties(value, Object.keys(value))
  }

  #fail(reason: string, depth: number): never {
    throw new UnserializableError(this.#path(depth), reason)
  }

  #path(depth: number): string {
    return formatPath(this.#root, this.#trail.slice(0, depth))
  }
}

/** Builtins that arrive as the builtin even where their class is a subclass of the user's. */
const keepsNoClass: ReadonlySet<string> = new Set(['Error', 'DOMException', 'URL', 'Buffer'])
