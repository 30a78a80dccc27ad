/** Arrays whose elements are numbers, as JavaScript has them. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array

interface NumericArrayClass {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): NumericArray
  new (length: number): NumericArray
  readonly BYTES_PER_ELEMENT: number
}

/** How the elements of a NumPy array lie in memory. */
export interface Dtype {
  /** NumPy's name: `float64`, `datetime64[ns]`. */
  readonly name: string
  /** NumPy's code without byte order: `f8`. */
  readonly code: string
  readonly itemBytes: number
  /** Its elements in JavaScript; two of them for a complex number. */
  readonly array: NumericArrayClass
  readonly elementsPerItem: 1 | 2
  /** Whether a typed array of JavaScript by itself says all there is to know. */
  readonly isNative: boolean
}

function dtype(
  name: string,
  code: string,
  array: NumericArrayClass,
  options: {
    readonly isNative?: boolean
    readonly elementsPerItem?: 2
    readonly bytes?: number
  } = {},
): Dtype {
  const { isNative = true, elementsPerItem = 1 } = options
  const itemBytes = options.bytes ?? array.BYTES_PER_ELEMENT * elementsPerItem
  return { name, code, itemBytes, array, elementsPerItem, isNative }
}

const foreign = { isNative: false } as const
const pair = { isNative: false, elementsPerItem: 2 } as const

const dtypes: readonly Dtype[] = [
  dtype('int8', 'i1', Int8Array),
  dtype('int16', 'i2', Int16Array),
  dtype('int32', 'i4', Int32Array),
  dtype('int64', 'i8', BigInt64Array),
  dtype('uint8', 'u1', Uint8Array),
  dtype('uint16', 'u2', Uint16Array),
  dtype('uint32', 'u4', Uint32Array),
  dtype('uint64', 'u8', BigUint64Array),
  dtype('float32', 'f4', Float32Array),
  dtype('float64', 'f8', Float64Array),
  dtype('bool', 'b1', Uint8Array, foreign),
  // Not every platform has a Float16Array; the larger floats hold each of its numbers.
  dtype('float16', 'f2', Float32Array, { isNative: false, bytes: 2 }),
  dtype('complex64', 'c8', Float32Array, pair),
  dtype('complex128', 'c16', Float64Array, pair),
]

const byCode = new Map(dtypes.map((type) => [type.code, type]))
const byName = new Map(dtypes.map((type) => [type.name, type]))

const timeCode = /^([Mm])8(\[[^\]]{1,32}\])?$/
const timeName = /^(datetime64|timedelta64)(\[[^\]]{1,32}\])?$/

function timeDtype(letter: string, unit: string): Dtype {
  const name = letter === 'M' ? 'datetime64' : 'timedelta64'
  return dtype(`${name}${unit}`, `${letter}8${unit}`, BigInt64Array, foreign)
}

/** The type of a code such as `f8`; undefined for what has no counterpart here. */
export function dtypeOfCode(code: string): Dtype | undefined {
  const time = timeCode.exec(code)
  return time === null ? byCode.get(code) : timeDtype(time[1]!, time[2] ?? '')
}

/** The type of a name such as `float64`. */
export function dtypeOfName(name: string): Dtype | undefined {
  const time = timeName.exec(name)
  return time === null
    ? byName.get(name)
    : timeDtype(time[1] === 'datetime64' ? 'M' : 'm', time[2] ?? '')
}

/** The name of the type that a typed array has by itself; undefined for what is none. */
export function dtypeNameOf(array: ArrayBufferView): string | undefined {
  if (array instanceof Uint8ClampedArray) return 'uint8'
  return dtypes.find((type) => type.isNative && array instanceof type.array)?.name
}

/** Reads the numbers of a half-precision float. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024)
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
}

/** The nearest half-precision float; ties go to the even one. */
export function numberToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (Number.isNaN(value)) return 0x7e00
  // The midpoint between the largest half and what would be the next one.
  if (size >= 65520) return sign | 0x7c00
  const exponent = Math.max(size === 0 ? -14 : Math.floor(Math.log2(size)), -14)
  const steps = roundHalfToEven(size / 2 ** (exponent - 10))
  // What is rounded up to the next power of two carries into the exponent by itself.
  return sign | (exponent === -14 ? steps : ((exponent + 14) << 10) + steps)
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1
  return Math.round(value)
}
