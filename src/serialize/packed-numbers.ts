export type Packed = Uint8Array | Int16Array | Int32Array | Float64Array

interface PackedClass {
  new (length: number): Packed
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): Packed
  readonly BYTES_PER_ELEMENT: number
}

/** What an array of numbers is packed into. The order is the number on the wire. */
export const packings: readonly PackedClass[] = [Uint8Array, Int16Array, Int32Array, Float64Array]

/** The narrowest typed array that keeps every element; undefined if one is no number. */
export function packNumbers(array: readonly unknown[]): Packed | undefined {
  const { length } = array
  let min = 0
  let max = 0
  let i = 0
  for (; i < length; i++) {
    const value = array[i]
    if (typeof value !== 'number') return undefined
    const integer = value | 0
    if (integer !== value || (integer === 0 && Object.is(value, -0))) break
    if (integer < min) min = integer
    else if (integer > max) max = integer
  }
  const integral = i === length
  for (; i < length; i++) if (typeof array[i] !== 'number') return undefined
  const Packing = integral ? narrowest(min, max) : Float64Array
  const packed = new Packing(length)
  for (let j = 0; j < length; j++) packed[j] = array[j] as number
  return packed
}

function narrowest(min: number, max: number): PackedClass {
  if (min >= 0 && max < 256) return Uint8Array
  return min >= -32_768 && max < 32_768 ? Int16Array : Int32Array
}

export function unpackNumbers(packed: Packed): number[] {
  const { length } = packed
  const array = new Array<number>(length)
  for (let i = 0; i < length; i++) array[i] = packed[i]!
  return array
}
