import { type Dtype, dtypeNameOf, dtypeOfName, NdArray, numberToHalf } from '../serialize/mod.ts'

/** An array as NumPy is told of it. */
export interface PackedArray {
  /** `<f8` */
  readonly code: string
  readonly shape: readonly number[]
  /** In C order: a view of the array's own memory, unless its type has to be converted. */
  readonly bytes: Uint8Array
}

/** The bytes of what is `bytes` in Python: a byte array, an ArrayBuffer, a DataView. */
export function arrayBytes(value: object): Uint8Array | undefined {
  if (value instanceof Uint8Array) return viewOf(value)
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer) {
    return new Uint8Array(value)
  }
  return value instanceof DataView ? viewOf(value) : undefined
}

/** What is a NumPy array in Python: typed arrays other than byte arrays, and `NdArray`. */
export function describeArray(value: object): PackedArray | undefined {
  if (value instanceof NdArray) {
    return pack(dtypeOfName(value.dtype)!, value.shape, value.data)
  }
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return undefined
  const name = dtypeNameOf(value)
  if (name === undefined) return halfArray(value)
  return pack(dtypeOfName(name)!, [(value as unknown as { length: number }).length], value)
}

function pack(dtype: Dtype, shape: readonly number[], data: ArrayBufferView): PackedArray {
  const code = `${dtype.itemBytes === 1 ? '|' : '<'}${dtype.code}`
  if (dtype.name !== 'float16') return { code, shape, bytes: viewOf(data) }
  const halves = Uint16Array.from(data as Float32Array, numberToHalf)
  return { code, shape, bytes: viewOf(halves) }
}

/** A Float16Array, where the platform has that. */
function halfArray(value: ArrayBufferView): PackedArray | undefined {
  if (Object.prototype.toString.call(value) !== '[object Float16Array]') return undefined
  return { code: '<f2', shape: [value.byteLength / 2], bytes: viewOf(value) }
}

function viewOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
