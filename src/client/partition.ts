import { ArgumentError, concat } from '../base/mod.ts'
import { NdArray, type NumericArray } from '../serialize/mod.ts'

/**
 * How a sequence is dealt out to engines: in blocks, one after the other, or like cards, one at a
 * time. Python's `b` and `r` mean the same.
 */
export type Distribution = 'block' | 'roundRobin' | 'b' | 'r'

/** What is cut into slices of its own kind; anything else is gathered into an array first. */
export type Sliceable = readonly unknown[] | TypedArray

/** What can be dealt out: also rows, and rows of rows. */
export type Dealt = Sliceable | NdArray

export type TypedArray = NumericArray

export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

/** Elements `from` to `to`; of a typed array a view, without copying. */
export function slice(sequence: Sliceable, from: number, to: number): Sliceable {
  return isTypedArray(sequence) ? sequence.subarray(from, to) : sequence.slice(from, to)
}

/**
 * Cuts a sequence into `count` parts whose lengths differ by one at most; the first are longer.
 * @throws {ArgumentError} for an unknown distribution.
 */
export function partition<S extends Dealt>(sequence: S, count: number, dist: Distribution): S[] {
  return (isBlock(dist) ? inBlocks(sequence, count) : inTurns(sequence, count)) as S[]
}

/**
 * Inverse of `partition`. Typed arrays of one kind become one of that kind; anything that is no
 * sequence counts as one element, as `flatten` leaves it.
 */
export function join(
  parts: readonly unknown[],
  dist: Distribution,
): unknown[] | TypedArray | NdArray {
  const [first] = parts
  if (isTypedArray(first) && parts.every((part) => isSameKind(first, part))) {
    return joinTyped(parts as TypedArray[], isBlock(dist))
  }
  if (first instanceof NdArray && parts.every((part) => areAlike(first, part))) {
    return joinArrays(parts as NdArray[], isBlock(dist))
  }
  const arrays = parts.map((part) =>
    Array.isArray(part) ? part : isTypedArray(part) ? [...(part as Iterable<unknown>)] : [part],
  )
  if (isBlock(dist)) return arrays.flat(1)
  return inTurnsAgain(arrays, [])
}

function isBlock(dist: Distribution): boolean {
  if (dist === 'block' || dist === 'b') return true
  if (dist === 'roundRobin' || dist === 'r') return false
  throw new ArgumentError(`'${String(dist)}' is no distribution: give 'block' or 'roundRobin'`)
}

function inBlocks(sequence: Dealt, count: number): Dealt[] {
  const longer = sequence.length % count
  const length = Math.floor(sequence.length / count)
  let from = 0
  return Array.from({ length: count }, (_, i) => {
    const to = from + length + (i < longer ? 1 : 0)
    const part = sequence instanceof NdArray ? sequence.slice(from, to) : slice(sequence, from, to)
    from = to
    return part
  })
}

function inTurns(sequence: Dealt, count: number): Dealt[] {
  return Array.from({ length: count }, (_, i) => {
    const length = Math.max(0, Math.ceil((sequence.length - i) / count))
    const indices = (): number[] => Array.from({ length }, (_, k) => i + k * count)
    if (sequence instanceof NdArray) return sequence.take(indices())
    if (!isTypedArray(sequence)) {
      return Array.from({ length }, (_, k) => sequence[i + k * count])
    }
    const part = emptyLike(sequence, length)
    for (let k = 0; k < length; k++) part[k] = sequence[i + k * count]!
    return part
  })
}

function joinTyped(parts: readonly TypedArray[], block: boolean): TypedArray {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  if (!block) return inTurnsAgain(parts, emptyLike(parts[0]!, length))
  const bytes = concat(
    parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)),
  )
  const kind = parts[0]!.constructor as new (buffer: ArrayBufferLike) => TypedArray
  return new kind(bytes.buffer)
}

/** Along the first axis. */
function joinArrays(parts: readonly NdArray[], block: boolean): NdArray {
  const [first] = parts
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const data = joinTyped(
    parts.map((part) => part.data),
    true,
  )
  const whole = new NdArray(data, [length, ...first!.shape.slice(1)], first!.dtype)
  if (block) return whole
  const starts: number[] = []
  let start = 0
  for (const part of parts) {
    starts.push(start)
    start += part.length
  }
  const ranges = parts.map((part, i) =>
    Array.from({ length: part.length }, (_, k) => starts[i]! + k),
  )
  return whole.take(inTurnsAgain(ranges, []) as number[])
}

function areAlike(first: NdArray, part: unknown): boolean {
  if (!(part instanceof NdArray) || part.dtype !== first.dtype) return false
  const rest = (array: NdArray) => array.shape.slice(1).join()
  return first.shape.length > 0 && part.shape.length > 0 && rest(part) === rest(first)
}

function inTurnsAgain<A extends unknown[] | TypedArray>(
  parts: readonly (readonly unknown[] | TypedArray)[],
  whole: A,
): A {
  const longest = parts.reduce((most, part) => Math.max(most, part.length), 0)
  let at = 0
  for (let k = 0; k < longest; k++) {
    for (const part of parts) if (k < part.length) whole[at++] = part[k] as never
  }
  return whole
}

/** A `Float64Array` for a `Float64Array`; its elements are written as whatever the kind holds. */
function emptyLike(sequence: TypedArray, length: number): Record<number, unknown> & TypedArray {
  const kind = sequence.constructor as new (length: number) => Record<number, unknown> & TypedArray
  return new kind(length)
}

function isSameKind(first: TypedArray, part: unknown): boolean {
  return isTypedArray(part) && part.constructor === first.constructor
}
