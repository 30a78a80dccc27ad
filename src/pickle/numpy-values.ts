import {
  Complex,
  type Dtype,
  dtypeOfCode,
  halfToNumber,
  NdArray,
  type Nested,
  type NumericArray,
  sizeOf,
} from '../serialize/mod.ts'
import { bytesIn } from './node-bytes.ts'
import { ObjectNode, type PythonNode, TupleNode } from './python-node.ts'
import { latin1 } from './python-text.ts'

/** What NumPy says of the elements of an array. */
export interface ElementType {
  /** `<f8`, `>i4`, `|O`, `<U5`, `<M8[ns]`. */
  readonly code: string
  readonly isBigEndian: boolean
}

function elementType(text: string): ElementType | undefined {
  const match = /^([<>=|]?)(.+)$/.exec(text)
  return match === null ? undefined : { code: match[2]!, isBigEndian: match[1] === '>' }
}

/** A type as it is pickled, or as a text; undefined for a structured one. */
export function readElementType(node: PythonNode | undefined): ElementType | undefined {
  if (typeof node === 'string') return elementType(node)
  if (!(node instanceof ObjectNode) || node.callee?.path !== 'numpy.dtype') return undefined
  const [code] = node.args
  if (typeof code !== 'string') return undefined
  if (node.state === undefined) return elementType(code)
  if (!(node.state instanceof TupleNode)) return undefined
  // Source: numpy.dtype.__reduce__: version, byte order, subarray, names, fields, size, …
  const [, order, subarray, names, , itemSize, , , metadata] = node.state.items
  if ((subarray ?? null) !== null || (names ?? null) !== null) return undefined
  const isBigEndian = order === '>'
  if (/^[Mm]8$/.test(code)) return { code: code + unitOf(metadata), isBigEndian }
  const isText = /^[USV]\d*$/.test(code) && typeof itemSize === 'number' && itemSize >= 0
  const itemUnit = code.startsWith('U') ? 4 : 1
  return { code: isText ? `${code[0]}${Number(itemSize) / itemUnit}` : code, isBigEndian }
}

/** `[ns]`, `[25us]`, or nothing. */
function unitOf(metadata: PythonNode | undefined): string {
  const unit = metadata instanceof TupleNode ? metadata.items.at(-1) : undefined
  if (!(unit instanceof TupleNode)) return ''
  const [name, count] = unit.items
  const bytes = bytesIn(name)
  if (bytes === undefined || bytes.length > 16) return ''
  return `[${count === 1 ? '' : String(count)}${latin1(bytes)}]`
}

/** The lengths of the axes; undefined for what is none. */
export function readShape(node: PythonNode | undefined): number[] | undefined {
  const items = node instanceof TupleNode ? node.items : Array.isArray(node) ? node : undefined
  if (items === undefined || items.length > 64) return undefined
  const valid = items.every((length) => Number.isSafeInteger(length) && (length as number) >= 0)
  return valid ? (items as number[]) : undefined
}

/**
 * A NumPy array in JavaScript: a typed array where one says it all, text in arrays, else an
 * `NdArray`. Nothing is copied where order, byte order and alignment are the machine's. Undefined
 * when elements of that type cannot be had here, or the bytes are not as many as there should be.
 */
export function makeArray(
  type: ElementType,
  shape: readonly number[],
  bytes: Uint8Array,
  isFortran: boolean,
): unknown {
  const size = sizeOf(shape)
  if (/^U\d+$/.test(type.code)) return makeTexts(type, shape, bytes, isFortran)
  const dtype = dtypeOfCode(type.code)
  if (dtype === undefined || bytes.length !== size * dtype.itemBytes) return undefined
  const isTurned = isFortran && shape.length > 1
  const ordered = isTurned ? turned(bytes, shape, dtype.itemBytes) : bytes
  const data = elements(dtype, ordered, type.isBigEndian)
  return dtype.isNative && shape.length === 1 ? data : new NdArray(data, shape, dtype.name)
}

/** A single element; undefined as for arrays. */
export function makeScalar(type: ElementType, bytes: Uint8Array): unknown {
  if (/^U\d+$/.test(type.code)) return makeTexts(type, [], bytes, false)
  if (/^S\d+$/.test(type.code)) return bytes
  const dtype = dtypeOfCode(type.code)
  if (dtype === undefined || /^[Mm]8/.test(dtype.code)) return undefined
  if (bytes.length !== dtype.itemBytes) return undefined
  const data = elements(dtype, bytes, type.isBigEndian)
  const value = data[0]!
  if (dtype.elementsPerItem === 2) return new Complex(value as number, data[1] as number)
  if (dtype.name === 'bool') return value !== 0
  if (typeof value === 'number') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** Objects of Python's in rows. Undefined when they are not as many as there should be. */
export function makeNested(
  items: readonly unknown[],
  shape: readonly number[],
  isFortran: boolean,
): unknown {
  if (items.length !== sizeOf(shape)) return undefined
  const strides = isFortran ? fortranStrides(shape) : cStrides(shape)
  const build = (depth: number, at: number): Nested<unknown> => {
    const length = shape[depth]
    if (length === undefined) return items[at]
    return Array.from({ length }, (_, i) => build(depth + 1, at + i * strides[depth]!))
  }
  // An axis of length 0 makes the others free, and so as long as anybody likes.
  return items.length === 0 ? [] : build(0, 0)
}

function makeTexts(
  type: ElementType,
  shape: readonly number[],
  bytes: Uint8Array,
  isFortran: boolean,
): unknown {
  const itemBytes = Number(type.code.slice(1)) * 4
  if (bytes.length !== sizeOf(shape) * itemBytes) return undefined
  if (itemBytes === 0) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const texts: string[] = []
  for (let at = 0; at < bytes.length; at += itemBytes) {
    let text = ''
    for (let i = at; i < at + itemBytes; i += 4) {
      const code = view.getUint32(i, !type.isBigEndian)
      if (code > 0x10ffff) return undefined
      text += String.fromCodePoint(code)
    }
    let end = text.length
    while (end > 0 && text.charCodeAt(end - 1) === 0) end--
    texts.push(text.slice(0, end))
  }
  return makeNested(texts, shape, isFortran)
}

function elements(dtype: Dtype, bytes: Uint8Array, isBigEndian: boolean): NumericArray {
  const unit = dtype.itemBytes / dtype.elementsPerItem
  const inOrder = isBigEndian && unit > 1 ? swapped(bytes, unit) : bytes
  if (dtype.name === 'float16') {
    const view = new DataView(inOrder.buffer, inOrder.byteOffset, inOrder.byteLength)
    const length = inOrder.length / 2
    return Float32Array.from({ length }, (_, i) => halfToNumber(view.getUint16(i * 2, true)))
  }
  const aligned = inOrder.byteOffset % unit === 0 ? inOrder : inOrder.slice()
  return new dtype.array(aligned.buffer, aligned.byteOffset, aligned.byteLength / unit)
}

/** A copy in which the bytes of each element stand the other way round. */
function swapped(bytes: Uint8Array, unit: number): Uint8Array {
  const copy = new Uint8Array(bytes.length)
  for (let at = 0; at < bytes.length; at += unit) {
    for (let i = 0; i < unit; i++) copy[at + i] = bytes[at + unit - 1 - i]!
  }
  return copy
}

/** A copy in C order of what is in Fortran's. */
function turned(bytes: Uint8Array, shape: readonly number[], itemBytes: number): Uint8Array {
  const copy = new Uint8Array(bytes.length)
  const strides = fortranStrides(shape)
  const size = sizeOf(shape)
  const indices: number[] = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < size; to++) {
    copy.set(bytes.subarray(from * itemBytes, (from + 1) * itemBytes), to * itemBytes)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      indices[axis]!++
      from += strides[axis]!
      if (indices[axis]! < shape[axis]!) break
      from -= indices[axis]! * strides[axis]!
      indices[axis] = 0
    }
  }
  return copy
}

function fortranStrides(shape: readonly number[]): number[] {
  let stride = 1
  return shape.map((length) => {
    const own = stride
    stride *= length
    return own
  })
}

function cStrides(shape: readonly number[]): number[] {
  return fortranStrides(shape.toReversed()).reverse()
}
