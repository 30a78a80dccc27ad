import type { ByteWriter } from './byte-writer.ts'
import { outOfBandBytesMin } from './format.ts'

/** A stretch of memory that a value looks at. */
interface Stretch {
  readonly buffer: ArrayBufferLike
  readonly start: number
  readonly length: number
  /** Bytes: 1, 2, 4 or 8. */
  readonly alignment: number
  /** The value is the `ArrayBuffer` itself, which must arrive with exactly this length. */
  readonly whole: boolean
}

/** Stretches of one buffer that overlap, sent once so that they still share memory there. */
interface Region {
  readonly buffer: ArrayBufferLike
  readonly start: number
  end: number
  alignment: number
  whole: boolean
}

export const regionFlags = { outOfBand: 0x80, whole: 0x40, alignmentShift: 3, phase: 0x07 } as const

/**
 * Collects the memory behind views, buffers and long text, and writes the memory table:
 *
 * ```
 * table  = count of regions, (length, flags)*, count of stretches, (region, offset in it)*,
 *          the bytes of the regions that do not travel out of band
 * flags  = 0x80 out of band, 0x40 whole ArrayBuffer, 0x38 log2 of alignment, 0x07 start modulo 8
 * ```
 *
 * Stretches are numbered in the order in which the value refers to them.
 */
export class MemoryWriter {
  readonly #stretches: Stretch[] = []

  get isEmpty(): boolean {
    return this.#stretches.length === 0
  }

  view(view: ArrayBufferView, alignment: number): void {
    const { buffer, byteOffset: start, byteLength: length } = view
    this.#stretches.push({ buffer, start, length, alignment, whole: false })
  }

  buffer(buffer: ArrayBuffer): void {
    this.#stretches.push({ buffer, start: 0, length: buffer.byteLength, alignment: 1, whole: true })
  }

  /** Writes the table to `out` and returns the frames to send after it: views, not copies. */
  finish(out: ByteWriter): Uint8Array[] {
    const { regions, places } = mergeRegions(this.#stretches)
    const frames: Uint8Array[] = []
    const inline: Uint8Array[] = []
    out.varint(regions.length)
    for (const region of regions) {
      const bytes = regionBytes(region)
      const outOfBand = bytes.length >= outOfBandBytesMin
      const list = outOfBand ? frames : inline
      list.push(bytes)
      out.varint(bytes.length)
      out.uint8(flagsOf(region, outOfBand))
    }
    out.varint(places.length)
    this.#stretches.forEach((stretch, i) => {
      const place = places[i]!
      out.varint(place)
      out.varint(stretch.start - regions[place]!.start)
    })
    for (const bytes of inline) out.bytes(bytes)
    return frames
  }
}

function flagsOf(region: Region, outOfBand: boolean): number {
  const alignment = Math.log2(region.alignment) << regionFlags.alignmentShift
  return (
    (outOfBand ? regionFlags.outOfBand : 0) |
    (region.whole ? regionFlags.whole : 0) |
    alignment |
    (region.start & regionFlags.phase)
  )
}

function regionBytes(region: Region): Uint8Array {
  // Memory may have been transferred away, and a view on that cannot be made.
  if (region.end === region.start) return new Uint8Array(0)
  const bytes = new Uint8Array(region.buffer, region.start, region.end - region.start)
  // Shared memory may change while it is being sent, so that a peer would see half of two states.
  return region.buffer instanceof ArrayBuffer ? bytes : bytes.slice()
}

/** Also says for each stretch in which region it lies. */
function mergeRegions(stretches: readonly Stretch[]): { regions: Region[]; places: number[] } {
  const byBuffer = new Map<ArrayBufferLike, number[]>()
  stretches.forEach(({ buffer }, i) => {
    const known = byBuffer.get(buffer)
    if (known === undefined) byBuffer.set(buffer, [i])
    else known.push(i)
  })
  const regions: Region[] = []
  const places: number[] = []
  for (const indices of byBuffer.values()) {
    indices.sort((a, b) => stretches[a]!.start - stretches[b]!.start)
    let region: Region | undefined
    for (const i of indices) {
      const { buffer, start, length, alignment, whole } = stretches[i]!
      if (region === undefined || start >= region.end) {
        region = { buffer, start, end: start + length, alignment, whole }
        regions.push(region)
      } else {
        region.end = Math.max(region.end, start + length)
        region.alignment = Math.max(region.alignment, alignment)
        region.whole ||= whole
      }
      places[i] = regions.length - 1
    }
  }
  return { regions, places }
}
