import type { ByteReader } from './byte-reader.ts'
import { MalformedError } from './errors.ts'
import { regionFlags } from './memory-writer.ts'

/** Memory as it arrived: `offset` is where the region starts in `buffer`. */
interface Region {
  readonly buffer: ArrayBufferLike
  readonly offset: number
  readonly length: number
}

/** A place in memory that a view or buffer of the value is to be made on. */
export interface Place {
  readonly buffer: ArrayBufferLike
  readonly offset: number
}

/** Reads what `MemoryWriter` wrote, and hands out the stretches in their order. */
export class MemoryReader {
  readonly #regions: Region[] = []
  readonly #stretches: { region: Region; offset: number }[] = []
  #next = 0

  /** No table: there is no stretch. `frames` are exactly those out of band. */
  constructor(table: ByteReader | undefined, frames: readonly Uint8Array[]) {
    if (table !== undefined) this.#read(table, frames)
  }

  /** The place of the next stretch, which is to have `length` bytes. */
  take(length: number, alignment: number): Place {
    const stretch = this.#stretches[this.#next++]
    if (stretch === undefined || stretch.offset + length > stretch.region.length) throw wrong()
    const { buffer, offset } = stretch.region
    const start = offset + stretch.offset
    if (start % alignment !== 0) throw wrong()
    return { buffer, offset: start }
  }

  /** The next stretch as the buffer that it was. */
  takeBuffer(length: number): ArrayBufferLike {
    const { buffer, offset } = this.take(length, 1)
    if (offset !== 0 || buffer.byteLength !== length) throw wrong()
    return buffer
  }

  #read(table: ByteReader, frames: readonly Uint8Array[]): void {
    const headers: { length: number; flags: number }[] = []
    const regionCount = table.count(2)
    for (let i = 0; i < regionCount; i++) {
      headers.push({ length: table.varint(), flags: table.uint8() })
    }
    const places: { region: number; offset: number }[] = []
    const stretchCount = table.count(2)
    for (let i = 0; i < stretchCount; i++) {
      places.push({ region: table.varint(), offset: table.varint() })
    }
    let frame = 0
    for (const { length, flags } of headers) {
      const outOfBand = (flags & regionFlags.outOfBand) !== 0
      const bytes = outOfBand ? frames[frame++] : table.bytes(length)
      if (bytes?.length !== length) throw wrong()
      this.#regions.push(regionFrom(bytes, flags, outOfBand))
    }
    if (frame !== frames.length || table.remaining > 0) throw wrong()
    for (const { region, offset } of places) {
      const found = this.#regions[region]
      if (found === undefined || offset > found.length) throw wrong()
      this.#stretches.push({ region: found, offset })
    }
  }
}

/** The region in place where alignment and length allow it, in a copy otherwise. */
function regionFrom(bytes: Uint8Array, flags: number, outOfBand: boolean): Region {
  const { byteOffset, length } = bytes
  const phase = flags & regionFlags.phase
  const alignment = 1 << ((flags >> regionFlags.alignmentShift) & 7)
  const whole = (flags & regionFlags.whole) !== 0
  const inPlace = whole
    ? byteOffset === 0 && bytes.buffer.byteLength === length
    : (byteOffset - phase) % alignment === 0
  // What is small is copied, for a view would keep the whole message in memory.
  if (outOfBand && inPlace) return { buffer: bytes.buffer, offset: byteOffset, length }
  const copy = new Uint8Array(phase + length)
  copy.set(bytes, phase)
  return { buffer: copy.buffer, offset: phase, length }
}

function wrong(): MalformedError {
  return new MalformedError('The bytes are no encoded value: the memory table does not fit them.')
}
