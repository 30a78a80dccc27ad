import { frameHeaderBytes, writeFrameHeader } from './frame.ts'

/** A body of at least this many bytes is passed on as it is; smaller ones are copied together. */
const passBytesMin = 16_384

/** `set` has a fixed cost that a loop over this few bytes does not reach. */
const loopBytesMax = 32

/** A marker among the flags: `body` stands without a frame header. */
const rawFlag = -1

/** Collects frames, then writes all small ones of a turn into one piece of memory. */
export class FrameWriter {
  #flags: number[] = []
  #bodies: Uint8Array[] = []
  #bytes = 0
  // The part of `#bytes` that has to be copied.
  #copiedBytes = 0

  /** Bytes waiting to be taken. */
  get bytes(): number {
    return this.#bytes
  }

  /** Adds bytes that are not a frame: the greeting. */
  raw(bytes: Uint8Array): void {
    this.#flags.push(rawFlag)
    this.#bodies.push(bytes)
    this.#bytes += bytes.length
    this.#copiedBytes += bytes.length
  }

  frame(flags: number, body: Uint8Array): void {
    this.#flags.push(flags)
    this.#bodies.push(body)
    const length = body.length
    const headerBytes = frameHeaderBytes(length)
    this.#bytes += headerBytes + length
    this.#copiedBytes += length >= passBytesMin ? headerBytes : headerBytes + length
  }

  /** The bytes of everything added since the last call, in order. */
  take(): Uint8Array[] {
    if (this.#bytes === 0) return []
    const flags = this.#flags
    const bodies = this.#bodies
    const out = new Uint8Array(this.#copiedBytes)
    this.#flags = []
    this.#bodies = []
    this.#bytes = 0
    this.#copiedBytes = 0
    const chunks: Uint8Array[] = []
    let at = 0
    let taken = 0
    for (let i = 0; i < bodies.length; i++) {
      const body = bodies[i]!
      const length = body.length
      if (flags[i] !== rawFlag) at = writeFrameHeader(out, at, flags[i]!, length)
      if (length >= passBytesMin) {
        chunks.push(out.subarray(taken, at), body)
        taken = at
      } else if (length <= loopBytesMax) {
        for (let j = 0; j < length; j++) out[at++] = body[j]!
      } else {
        out.set(body, at)
        at += length
      }
    }
    if (at > taken) chunks.push(taken === 0 ? out : out.subarray(taken, at))
    return chunks
  }
}
