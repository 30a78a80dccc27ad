import { platform } from './platform.ts'

/** A class of views on memory. */
export interface ViewKind {
  readonly name: string
  /** Bytes of an element. */
  readonly bytes: number
  /** Absent where the platform does not have the class. */
  readonly make?: (buffer: ArrayBufferLike, offset: number, length: number) => ArrayBufferView
}

export interface ViewClass {
  new (buffer: ArrayBufferLike, offset: number, length: number): ArrayBufferView
  readonly name: string
  readonly prototype: object
  readonly BYTES_PER_ELEMENT: number
}

/** The typed arrays that every platform has. */
export const viewClasses: readonly ViewClass[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
]

/** Every class of views. The position is the number on the wire: only ever append. */
export const viewKinds: readonly ViewKind[] = [
  ...viewClasses.map(kindOf),
  {
    name: 'DataView',
    bytes: 1,
    make: (memory, offset, length) => new DataView(memory, offset, length),
  },
  { name: 'Buffer', bytes: 1, make: makeBuffer },
  platform.Float16Array === undefined
    ? { name: 'Float16Array', bytes: 2 }
    : kindOf(platform.Float16Array),
]

function kindOf(View: ViewClass): ViewKind {
  return {
    name: View.name,
    bytes: View.BYTES_PER_ELEMENT,
    make: (memory, offset, length) => new View(memory, offset, length),
  }
}

function makeBuffer(memory: ArrayBufferLike, offset: number, length: number): Uint8Array {
  return platform.Buffer?.from(memory, offset, length) ?? new Uint8Array(memory, offset, length)
}
