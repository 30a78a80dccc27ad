import type { ByteWriter } from './byte-writer.ts'
import { outOfBandBytesMin, packedNumbersMin, tags } from './format.ts'
import { type Packed, packings, packNumbers } from './packed-numbers.ts'
import type { ValueWriter } from './value-writer.ts'

/** How many holes in a row are looked at one by one before the elements are listed instead. */
const holesTriedMax = 64

/** Writes the elements of `array`; its named properties do not travel. */
export function writeArray(writer: ValueWriter, array: readonly unknown[]): void {
  const { out } = writer
  const { length } = array
  if (length >= packedNumbersMin) {
    const packed = packNumbers(array)
    if (packed !== undefined) {
      writePacked(writer, packed)
      return
    }
  }
  if (length < 16) out.uint8(tags.smallArray + length)
  else {
    out.uint8(tags.array)
    out.varint(length)
  }
  for (let i = 0; i < length; ) {
    const element = array[i]
    if (element !== undefined || i in array) {
      writer.child(i, element)
      i++
      continue
    }
    const next = holesEnd(array, i)
    if (next === undefined) {
      writeSparse(writer, array, i)
      return
    }
    writeHoles(out, next - i)
    i = next
  }
}

function writePacked({ out, memory }: ValueWriter, packed: Packed): void {
  out.uint8(tags.packedNumbers)
  out.uint8(packings.findIndex((packing) => packed instanceof packing))
  out.varint(packed.length)
  if (packed.byteLength < outOfBandBytesMin) out.bytes(new Uint8Array(packed.buffer))
  else memory.view(packed, packed.BYTES_PER_ELEMENT)
}

/** The index after the run of holes that starts at `start`; undefined when that is far away. */
function holesEnd(array: readonly unknown[], start: number): number | undefined {
  const end = Math.min(array.length, start + holesTriedMax)
  let next = start + 1
  while (next < end && !(next in array)) next++
  return next === end && end < array.length ? undefined : next
}

/** Writes the elements from `start` on by listing them: trying each index could take for ever. */
function writeSparse(writer: ValueWriter, array: readonly unknown[], start: number): void {
  let next = start
  for (const key of Object.keys(array)) {
    const index = Number(key)
    if (!Number.isInteger(index) || index < next || index >= array.length) continue
    if (index > next) writeHoles(writer.out, index - next)
    writer.child(index, array[index])
    next = index + 1
  }
  if (next < array.length) writeHoles(writer.out, array.length - next)
}

function writeHoles(out: ByteWriter, count: number): void {
  out.uint8(tags.holes)
  out.varint(count)
}
