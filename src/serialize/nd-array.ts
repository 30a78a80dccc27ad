import { ArgumentError } from '../base/mod.ts'
import { Complex } from './complex.ts'
import { type Dtype, dtypeNameOf, dtypeOfName, type NumericArray } from './dtype.ts'

/** What an element of an array is to JavaScript. */
export type Scalar = number | bigint | boolean | Complex

/** Numbers in rows, rows of rows, and so on, all equally long. */
export type Nested<T> = T | readonly Nested<T>[]

/**
 * An array of NumPy's that is more than a typed array: it has several dimensions, or elements that
 * JavaScript has no typed array for. Its data lie in C order, without gaps.
 *
 * `new NdArray(Float64Array.of(1, 2, 3, 4), [2, 2])` is a matrix.
 */
export class NdArray<A extends NumericArray = NumericArray> {
  /** The elements, the last index running fastest; real and imaginary part of complex ones in turn. */
  readonly data: A
  readonly shape: readonly number[]
  /** NumPy's name of the elements' type: `float64`, `bool`, `complex128`, `datetime64[ns]`. */
  readonly dtype: string

  /**
   * `shape` is by default that of a vector, `dtype` what `data` says.
   * @throws {ArgumentError} when data, shape and type do not fit each other.
   */
  constructor(data: A, shape?: readonly number[], dtype?: string) {
    const name = dtype ?? dtypeNameOf(data)
    const type = name === undefined ? undefined : dtypeOfName(name)
    if (type === undefined) {
      throw new ArgumentError(
        dtype === undefined
          ? 'an NdArray is made of a typed array'
          : `'${dtype}' is no type of elements that an NdArray can have`,
      )
    }
    if (
      !(data instanceof type.array) &&
      !(type.name === 'uint8' && dtypeNameOf(data) === 'uint8')
    ) {
      throw new ArgumentError(`elements of type ${name} are kept in a ${type.array.name}`)
    }
    const items = data.length / type.elementsPerItem
    this.data = data
    this.shape = Object.freeze([...(shape ?? [items])])
    this.dtype = type.name
    const valid = this.shape.every((length) => Number.isSafeInteger(length) && length >= 0)
    if (!valid || sizeOf(this.shape) !== items) {
      throw new ArgumentError(`${items} elements do not have the shape [${this.shape.join(', ')}]`)
    }
  }

  /** Holds for those of every copy of the class: it travels with functions that use it. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return Object.prototype.toString.call(value) === '[object NdArray]'
  }

  get [Symbol.toStringTag](): string {
    return 'NdArray'
  }

  /** A matrix, or more, of nested arrays of numbers. @throws {ArgumentError} for uneven rows. */
  static from(nested: readonly Nested<number>[]): NdArray<Float64Array> {
    const shape: number[] = []
    for (let level: Nested<number> = nested; typeof level !== 'number'; level = level[0]!) {
      if (Object(level) !== level) throw new ArgumentError('an NdArray is made of numbers')
      shape.push(level.length)
      if (level.length === 0) break
    }
    const data = new Float64Array(sizeOf(shape))
    let at = 0
    const fill = (level: Nested<number>, depth: number): void => {
      const isNumber = typeof level === 'number'
      if (isNumber !== (depth === shape.length) || (!isNumber && level.length !== shape[depth])) {
        throw new ArgumentError('the rows of an NdArray are all equally long')
      }
      if (isNumber) data[at++] = level
      else for (const inner of level) fill(inner, depth + 1)
    }
    fill(nested, 0)
    return newArray(data, shape)
  }

  /** Elements along the first axis. */
  get length(): number {
    return this.shape[0] ?? 0
  }

  /** All elements. */
  get size(): number {
    return sizeOf(this.shape)
  }

  /** One element. @throws {ArgumentError} when there is none at these indices. */
  get(...indices: readonly number[]): Scalar {
    const { shape } = this
    const fits = indices.length === shape.length && indices.every((at, i) => isIndex(at, shape[i]!))
    if (!fits) {
      throw new ArgumentError(`nothing is at [${indices.join(', ')}] of [${shape.join(', ')}]`)
    }
    let at = 0
    for (const [i, index] of indices.entries()) at = at * shape[i]! + index
    return elementOf(this, at)
  }

  /** Those from `from` to `to` along the first axis: a view, nothing is copied. */
  slice(from: number, to: number): NdArray<A> {
    const [length = 0, ...rest] = this.shape
    const begin = Math.min(Math.max(from, 0), length)
    const end = Math.min(Math.max(to, begin), length)
    const step = sizeOf(rest) * typeOf(this).elementsPerItem
    const data = this.data.subarray(begin * step, end * step) as A
    return newArray(data, [end - begin, ...rest], this.dtype)
  }

  /** A copy that has these along its first axis, in this order. */
  take(indices: readonly number[]): NdArray<A> {
    const rest = this.shape.slice(1)
    const type = typeOf(this)
    const step = sizeOf(rest) * type.elementsPerItem
    const data = new type.array(indices.length * step)
    for (const [at, index] of indices.entries()) {
      data.set(this.data.subarray(index * step, (index + 1) * step) as never, at * step)
    }
    return newArray(data as A, [indices.length, ...rest], this.dtype)
  }

  /** As arrays of arrays. Without dimensions it is the element itself. */
  toNested(): Nested<Scalar> {
    const build = (depth: number, at: number): Nested<Scalar> => {
      const length = this.shape[depth]
      if (length === undefined) return elementOf(this, at)
      return Array.from({ length }, (_, i) => build(depth + 1, at * length + i))
    }
    return build(0, 0)
  }

  /** What there is along the first axis: numbers, or rows. */
  *[Symbol.iterator](): Generator<Scalar | NdArray<A> | A, void, undefined> {
    for (let i = 0; i < this.length; i++) {
      if (this.shape.length === 1) yield elementOf(this, i)
      else {
        const row = this.slice(i, i + 1)
        const rest = this.shape.slice(1)
        const isPlain = rest.length === 1 && typeOf(this).isNative
        yield isPlain ? row.data : newArray(row.data, rest, this.dtype)
      }
    }
  }

  /** `NdArray(float64, 2 x 3)` */
  toString(): string {
    return `NdArray(${[this.dtype, this.shape.join(' x ')].filter(Boolean).join(', ')})`
  }
}

/** The class does not name itself: bundlers would rename it for that, and its name is shown. */
function newArray<A extends NumericArray>(
  data: A,
  shape: readonly number[],
  dtype?: string,
): NdArray<A> {
  return new NdArray(data, shape, dtype)
}

function typeOf(array: NdArray): Dtype {
  return dtypeOfName(array.dtype)!
}

function elementOf(array: NdArray, at: number): Scalar {
  const { data, dtype } = array
  if (typeOf(array).elementsPerItem === 2) {
    return new Complex(data[at * 2] as number, data[at * 2 + 1] as number)
  }
  return dtype === 'bool' ? data[at] !== 0 : data[at]!
}

function isIndex(index: number, length: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < length
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}
