import { Complex } from './complex.ts'
import type { NumericArray } from './dtype.ts'
import { errorClasses, hiddenErrorFields } from './error-classes.ts'
import { MalformedError } from './errors.ts'
import { outOfBandBytesMin, tags } from './format.ts'
import { NdArray } from './nd-array.ts'
import { packings, unpackNumbers } from './packed-numbers.ts'
import { platform } from './platform.ts'
import type { ValueReader } from './value-reader.ts'
import { viewKinds } from './view-kinds.ts'

/** Reads what `writeBuiltin` wrote after `tag`. */
export function readBuiltin(reader: ValueReader, tag: number): object {
  const { input } = reader
  switch (tag) {
    case tags.packedNumbers:
      return readPacked(reader)
    case tags.view:
      return readView(reader)
    case tags.arrayBuffer:
      return reader.register(reader.memory.takeBuffer(input.varint()))
    case tags.map:
      return readMap(reader)
    case tags.set:
      return readSet(reader)
    case tags.date:
      return reader.register(new Date(input.float64()))
    case tags.regExp:
      return readRegExp(reader)
    case tags.url:
      return readUrl(reader)
    case tags.boxed:
      return readBoxed(reader)
    case tags.error:
      return readError(reader)
    case tags.domException:
      return readDomException(reader)
    case tags.ndArray:
      return readNdArray(reader)
    case tags.complex:
      return readComplex(reader)
  }
  throw new MalformedError(`No value begins with 0x${tag.toString(16)}.`)
}

function readPacked(reader: ValueReader): number[] {
  const { input } = reader
  const Packing = packings[input.uint8()]
  if (Packing === undefined) throw unknown('packing')
  const length = input.varint()
  const each = Packing.BYTES_PER_ELEMENT
  const bytes = length * each
  if (bytes < outOfBandBytesMin) {
    return reader.register(unpackNumbers(new Packing(input.bytes(bytes).slice().buffer)))
  }
  const { buffer, offset } = reader.memory.take(bytes, each)
  return reader.register(unpackNumbers(new Packing(buffer, offset, length)))
}

function readView(reader: ValueReader): ArrayBufferView {
  const { input } = reader
  const kind = viewKinds[input.uint8()]
  if (kind === undefined) throw unknown('kind of typed array')
  if (kind.make === undefined) throw new MalformedError(`This platform has no ${kind.name}.`)
  const length = input.varint()
  const { buffer, offset } = reader.memory.take(length * kind.bytes, kind.bytes)
  return reader.register(kind.make(buffer, offset, length))
}

function readMap(reader: ValueReader): Map<unknown, unknown> {
  const map = reader.register(new Map<unknown, unknown>())
  for (let count = reader.input.count(2); count > 0; count--) {
    const key = reader.read()
    map.set(key, reader.read())
  }
  return map
}

function readSet(reader: ValueReader): Set<unknown> {
  const set = reader.register(new Set<unknown>())
  for (let count = reader.input.count(1); count > 0; count--) set.add(reader.read())
  return set
}

function readRegExp(reader: ValueReader): RegExp {
  const source = reader.text()
  const regExp = reader.register(new RegExp(source, reader.text()))
  const lastIndex = reader.read()
  if (typeof lastIndex !== 'number') throw unknown('lastIndex')
  regExp.lastIndex = lastIndex
  return regExp
}

function readUrl(reader: ValueReader): object {
  const href = reader.text()
  if (platform.URL === undefined) throw new MalformedError('This platform has no URL class.')
  return reader.register(new platform.URL(href))
}

function readBoxed(reader: ValueReader): object {
  const at = reader.reserve()
  return reader.fill(at, Object(reader.primitive()) as object)
}

function readError(reader: ValueReader): Error {
  const builtin = reader.text()
  if (!Object.hasOwn(errorClasses, builtin)) throw unknown(`error class ${builtin}`)
  const error = bareError(builtin)
  reader.register(error)
  const identity = reader.primitive()
  const owner = typeof identity === 'string' ? reader.classOf(identity) : undefined
  if (owner !== undefined) asInstance(error, owner)
  for (let count = reader.input.count(2); count > 0; count--) {
    const name = reader.text()
    if (!(hiddenErrorFields as readonly string[]).includes(name)) throw unknown('error field')
    define(error, name, reader.read(), false)
  }
  for (let count = reader.input.count(2); count > 0; count--) {
    const name = reader.text()
    define(error, name, reader.read(), true)
  }
  return error
}

function asInstance(error: Error, owner: object): void {
  const { prototype } = owner as { prototype?: unknown }
  if (prototype instanceof Error) Object.setPrototypeOf(error, prototype)
}

/** An error without the properties that the constructor of this process gave it. */
function bareError(builtin: string): Error {
  const ErrorClass = errorClasses[builtin]!
  const error = builtin === 'AggregateError' ? new AggregateError([]) : new ErrorClass()
  for (const name of Reflect.ownKeys(error)) Reflect.deleteProperty(error, name)
  return error
}

function readDomException(reader: ValueReader): Error {
  const message = reader.text()
  const name = reader.text()
  const { DOMException = undefined } = platform
  if (DOMException === undefined) throw new MalformedError('This platform has no DOMException.')
  const error = reader.register(new DOMException(message, name)) as Error
  define(error, 'stack', reader.primitive(), false)
  return error
}

/** @throws {ArgumentError} when data, shape and type do not fit each other. */
function readNdArray(reader: ValueReader): NdArray {
  const at = reader.reserve()
  const dtype = reader.text()
  const shape: number[] = []
  for (let count = reader.input.count(1); count > 0; count--) shape.push(reader.input.varint())
  return reader.fill(at, new NdArray(reader.read() as NumericArray, shape, dtype))
}

function readComplex(reader: ValueReader): Complex {
  const re = reader.input.float64()
  return reader.register(new Complex(re, reader.input.float64()))
}

/** `defineProperty`, for an assignment to `__proto__` or to an accessor does something else. */
export function define(target: object, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true })
}

function unknown(what: string): MalformedError {
  return new MalformedError(`The bytes are no encoded value: ${what} is not known.`)
}
