import { limits } from '../base/mod.ts'
import { Complex, PythonTuple, Reference, UnserializableError } from '../serialize/mod.ts'
import { datetimeBytes } from './datetime.ts'
import { arrayBytes, describeArray, type PackedArray } from './packed-array.ts'
import { PickleOutput } from './pickle-output.ts'
import { PythonGlobal, PythonObject } from './python-object.ts'
import { encodeText } from './python-text.ts'

/** Texts that are not longer are written once each, and then referred to. UTF-16 units. */
const sharedTextMax = 64

/** Classes that Python has under the same name, and that say the same. */
const sameErrors = new Set(['TypeError', 'SyntaxError'])

/**
 * Writes values as one pickle of protocol 4. Objects that come again are written once, so shared
 * and cyclic references stay so.
 */
export class PickleWriter {
  readonly out: PickleOutput = new PickleOutput()
  readonly #memo = new Map<object | string, number>()
  readonly #root: string
  readonly #path: string[] = []
  #memoSize = 0

  /** `root` is what the path of an error starts with. */
  constructor(root: string) {
    this.#root = root
    this.out.op('proto')
    this.out.uint8(4)
  }

  finish(): Uint8Array {
    this.out.op('stop')
    return this.out.finish()
  }

  /** `segment`, such as `[0]` or `.name`, is added to the path of an error within `write`. */
  within(segment: string, write: () => void): void {
    if (this.#path.push(segment) > limits.valueNestingMax) {
      this.#path.length = 3
      this.refuse(`it is nested more than ${limits.valueNestingMax} deep`)
    }
    write()
    this.#path.pop()
  }

  /** Fails for what is being written. */
  refuse(reason: string, cause?: unknown): never {
    const options = cause === undefined ? {} : { cause }
    throw new UnserializableError(this.#root + this.#path.join(''), reason, options)
  }

  write(value: unknown): void {
    switch (typeof value) {
      case 'undefined':
        this.out.op('none')
        break
      case 'boolean':
        this.out.op(value ? 'newTrue' : 'newFalse')
        break
      case 'number':
        this.number(value)
        break
      case 'bigint':
        this.integer(value)
        break
      case 'string':
        this.text(value)
        break
      case 'object':
        if (value === null) this.out.op('none')
        else this.#object(value)
        break
      case 'function':
        this.refuse(
          'a JavaScript function cannot run in Python ' +
            "(a client gives Python's own as source text: py('lambda x: x * 2'))",
        )
        break
      default:
        this.refuse(`Python has no ${typeof value}`)
    }
  }

  number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      this.integer(value)
    } else {
      this.out.op('binFloat')
      this.out.float64(value)
    }
  }

  integer(value: number | bigint): void {
    const { out } = this
    if (value >= 0 && value < 0x100) {
      out.op('binInt1')
      out.uint8(Number(value))
    } else if (value >= 0 && value < 0x10000) {
      out.op('binInt2')
      out.uint16(Number(value))
    } else if (value >= -0x80000000 && value < 0x80000000) {
      out.op('binInt')
      out.uint32(Number(value))
    } else {
      this.#long(BigInt(value))
    }
  }

  text(value: string): void {
    const isShared = value.length <= sharedTextMax
    if (isShared && this.#recall(value)) return
    const bytes = encodeText(value)
    if (bytes.length < 0x100) {
      this.out.op('shortBinUnicode')
      this.out.uint8(bytes.length)
    } else {
      this.out.op('binUnicode8')
      this.out.uint64(bytes.length)
    }
    this.out.bytes(bytes)
    if (isShared) this.#remember(value)
  }

  bytes(value: Uint8Array): void {
    if (value.length < 0x100) {
      this.out.op('shortBinBytes')
      this.out.uint8(value.length)
    } else {
      this.out.op('binBytes8')
      this.out.uint64(value.length)
    }
    this.out.bytes(value)
  }

  global(module: string, name: string): void {
    this.text(module)
    this.text(name)
    this.out.op('stackGlobal')
  }

  list(items: ArrayLike<unknown>, write: (item: unknown) => void): void {
    this.out.op('emptyList')
    this.#items(items, write)
  }

  tuple(items: readonly unknown[], write: (item: unknown) => void): void {
    this.out.op('mark')
    for (let i = 0; i < items.length; i++) this.within(`[${i}]`, () => write(items[i]))
    this.out.op('tuple')
  }

  dict(entries: Iterable<readonly [unknown, unknown]>, write: (item: unknown) => void): void {
    this.out.op('emptyDict')
    this.entries(entries, write)
  }

  /** An array with its bytes in the pickle; it can be written to in Python. */
  inlineArray(array: PackedArray): void {
    this.global('numpy', 'ndarray')
    this.out.op('mark')
    this.tuple(array.shape, (length) => this.write(length))
    this.text(array.code)
    this.global('builtins', 'bytearray')
    this.bytes(array.bytes)
    this.out.op('tuple1')
    this.out.op('reduce')
    this.out.op('tuple')
    this.out.op('reduce')
  }

  #long(value: bigint): void {
    // As many bytes as hold the number and its sign.
    const magnitude = value < 0n ? -value - 1n : value
    const length = (magnitude.toString(16).length >> 1) + 1
    const digits = BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, '0')
    const bytes = Uint8Array.from({ length }, (_, i) =>
      Number.parseInt(digits.slice(2 * (length - i - 1), 2 * (length - i)), 16),
    )
    if (length < 0x100) {
      this.out.op('long1')
      this.out.uint8(length)
    } else {
      this.out.op('long4')
      this.out.uint32(length)
    }
    this.out.bytes(bytes)
  }

  #object(value: object): void {
    if (this.#recall(value)) return
    if (Array.isArray(value)) {
      this.out.op('emptyList')
      this.#remember(value)
      this.#items(value, (item) => this.write(item))
    } else if (value instanceof Map) {
      this.out.op('emptyDict')
      this.#remember(value)
      this.entries(value, (item) => this.write(item))
    } else if (value instanceof Set) {
      this.out.op('emptySet')
      this.#remember(value)
      this.out.op('mark')
      for (const item of value) this.within('.keys()', () => this.#key(item))
      this.out.op('addItems')
    } else if (isPlain(value)) {
      this.out.op('emptyDict')
      this.#remember(value)
      this.entries(Object.entries(value), (item) => this.write(item))
    } else {
      this.#special(value)
    }
  }

  #special(value: object): void {
    const bytes = arrayBytes(value)
    const array = describeArray(value)
    if (bytes !== undefined) this.bytes(bytes)
    else if (array !== undefined) this.inlineArray(array)
    else if (value instanceof PythonTuple) this.tuple(value.items, (item) => this.write(item))
    else if (value instanceof PythonGlobal) this.global(value.module, value.name)
    else if (value instanceof Date) this.#date(value)
    else if (value instanceof Complex) this.#complex(value)
    else if (value instanceof Error) this.#error(value)
    else this.#refuseObject(value)
    this.#remember(value)
  }

  /** In a key, what is a list elsewhere is a tuple: lists are no keys. */
  #key(value: unknown): void {
    if (Array.isArray(value)) this.tuple(value, (item) => this.#key(item))
    else if (value instanceof PythonTuple) this.tuple(value.items, (item) => this.#key(item))
    else if (value instanceof Map || value instanceof Set || (isObject(value) && isPlain(value))) {
      this.refuse('Python takes no dict or set as a key')
    } else if (isObject(value) && describeArray(value) !== undefined) {
      this.refuse('Python takes no array as a key')
    } else this.write(value)
  }

  #items(items: ArrayLike<unknown>, write: (item: unknown) => void): void {
    if (items.length === 0) return
    this.out.op('mark')
    for (let i = 0; i < items.length; i++) {
      const item = items[i]
      if (typeof item === 'number') this.number(item)
      else this.within(`[${i}]`, () => write(item))
    }
    this.out.op('appends')
  }

  entries(entries: Iterable<readonly [unknown, unknown]>, write: (item: unknown) => void): void {
    this.out.op('mark')
    for (const [key, value] of entries) {
      const shown = typeof key === 'string' ? JSON.stringify(key) : String(typeof key)
      const isName = typeof key === 'string' && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
      this.within(isName ? `.${key}` : `[${shown}]`, () => {
        this.#key(key)
        write(value)
      })
    }
    this.out.op('setItems')
  }

  #date(value: Date): void {
    const bytes = datetimeBytes(value)
    if (bytes === undefined) this.refuse('Python has only dates of the years 1 to 9999')
    this.global('datetime', 'datetime')
    this.bytes(bytes)
    this.global('datetime', 'timezone')
    this.global('datetime', 'timedelta')
    this.integer(0)
    this.out.op('tuple1')
    this.out.op('reduce')
    this.out.op('tuple1')
    this.out.op('reduce')
    this.out.op('tuple2')
    this.out.op('reduce')
  }

  #complex({ re, im }: Complex): void {
    this.global('builtins', 'complex')
    this.out.op('binFloat')
    this.out.float64(re)
    this.out.op('binFloat')
    this.out.float64(im)
    this.out.op('tuple2')
    this.out.op('reduce')
  }

  #error(error: Error): void {
    const isSame = sameErrors.has(error.name)
    const text =
      isSame || error.name === 'Error' ? error.message : `${error.name}: ${error.message}`
    this.global('builtins', isSame ? error.name : 'Exception')
    this.text(text)
    this.out.op('tuple1')
    this.out.op('reduce')
  }

  #refuseObject(value: object): never {
    if (value instanceof Reference) {
      this.refuse(
        'a Reference is only found as an argument, or directly in a list or object that is one',
      )
    }
    if (value instanceof PythonObject) {
      this.refuse(`nothing but its type is known of this ${value.type}; keep it on the engine`)
    }
    if (value instanceof Promise) this.refuse('it is a Promise; await it first')
    const name = (value as { constructor?: { name?: unknown } }).constructor?.name
    this.refuse(
      `Python has nothing like an instance of ${typeof name === 'string' ? name : 'its class'}; ` +
        'send what it holds as a plain object',
    )
  }

  /** Whether it was written before, and is now referred to. */
  #recall(value: object | string): boolean {
    const index = this.#memo.get(value)
    if (index === undefined) return false
    if (index < 0x100) {
      this.out.op('binGet')
      this.out.uint8(index)
    } else {
      this.out.op('longBinGet')
      this.out.uint32(index)
    }
    return true
  }

  #remember(value: object | string): void {
    if (this.#memo.size >= limits.pickleMemoMax) return
    this.#memo.set(value, this.#memoSize++)
    this.out.op('memoize')
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** An object literal, or one without a prototype. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return true
  // One of another realm: its prototype is the end of its chain, too.
  return (
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype as object, 'hasOwnProperty')
  )
}
