import type { Complex } from './complex.ts'
import { tags } from './format.ts'
import type { NdArray } from './nd-array.ts'
import type { ValueWriter } from './value-writer.ts'

/** What came from NumPy may go on to an engine of ours, and to Python from there. */
export function writeNdArray(writer: ValueWriter, { data, shape, dtype }: NdArray): void {
  writer.out.uint8(tags.ndArray)
  writer.text(dtype)
  writer.out.varint(shape.length)
  for (const length of shape) writer.out.varint(length)
  writer.child('data', data)
}

export function writeComplex({ out }: ValueWriter, { re, im }: Complex): void {
  out.uint8(tags.complex)
  out.float64(re)
  out.float64(im)
}
