import { assert } from '../base/mod.ts'
import { frameFlags } from './frame.ts'

const empty = new Uint8Array(0)

/** Bits 7 to 3 must be zero. Source: RFC 37, "Framing". */
const reservedFlags = 0xf8

/**
 * A body of at least this many bytes is copied out of the chunk in which it came: the copy begins
 * at a multiple of eight, so that a `Float64Array` can look at it, and keeps nothing else alive.
 */
const ownBytesMin = 4_096

/** A body of at most this many bytes is copied too: V8 keeps it on its own heap, cheaper than a view. */
const inlineBytesMax = 64

/** Memory that a claimed size is given before any of its bytes arrive. */
const firstBytesMax = 262_144

/**
 * Memory that it is given when these have arrived. The platform commits pages as they
 * are written, so a lie costs address space only; above this the space grows with what arrived.
 */
const trustedBytesMax = 67_108_864

/** How much larger the space for a body becomes when it is full. */
const growth = 8

/** The rest of a body is offered as `space` from this size on, in pieces of at most that. */
const spaceBytesMin = 65_536
const spaceBytesMax = 1_048_576

/** Bounds on a frame's body, in bytes. */
export interface FrameBounds {
  readonly messageBytesMax: number
  readonly commandBytesMax: number
}

/**
 * Cuts a stream of bytes into frames: `push` a chunk, then call `next` until it returns false.
 * A body is a view of the chunk or a copy of its own; the parser does not touch either again.
 */
export class FrameParser {
  /** The flags of the frame at hand, `long` taken away. */
  flags = 0
  /** The body of the frame at hand. */
  body: Uint8Array = empty
  /** Why the bytes are not frames; once set, `next` returns false for ever. */
  fault: string | undefined
  bounds: FrameBounds

  #chunk: Uint8Array = empty
  #at = 0
  // The part of a header that a chunk ended in.
  readonly #header = new Uint8Array(9)
  #headerLength = 0
  // The part of a body that chunks ended in.
  #gather: Uint8Array | undefined
  #gathered = 0
  #length = 0

  constructor(bounds: FrameBounds) {
    this.bounds = bounds
  }

  /** Bytes of a body that is not complete. */
  get gathered(): number {
    return this.#gather === undefined ? 0 : this.#gathered
  }

  push(chunk: Uint8Array): void {
    // Whoever got the last body may have passed its memory on to another thread: its length is 0 now.
    assert(this.#at >= this.#chunk.length || this.fault !== undefined, 'a chunk was left over')
    // A Buffer's `slice` does not copy, and everything made from it would be a Buffer again.
    this.#chunk =
      chunk.constructor === Uint8Array
        ? chunk
        : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    this.#at = 0
  }

  /** The part of a large body that the next bytes are; `push` knows it when it comes back filled. */
  space(): Uint8Array | undefined {
    const gather = this.#gather
    if (gather === undefined || this.#length - this.#gathered < spaceBytesMin) return undefined
    const end = Math.min(this.#gathered + spaceBytesMax, gather.length)
    return gather.subarray(this.#gathered, end)
  }

  /** Moves to the next whole frame; false when there is none yet. */
  next(): boolean {
    if (this.fault !== undefined) return false
    if (this.#gather !== undefined) return this.#gatherMore()
    const chunk = this.#chunk
    const at = this.#at
    if (at === chunk.length) return false
    if (this.#headerLength > 0) return this.#headerMore()
    const flags = chunk[at]!
    if ((flags & frameFlags.long) !== 0) {
      if (at + 9 > chunk.length) return this.#headerMore()
      return this.#begin(chunk, at, at + 9)
    }
    if (at + 2 > chunk.length) return this.#headerMore()
    const bodyAt = at + 2
    const end = bodyAt + chunk[at + 1]!
    // The way of most frames: short, whole, nothing wrong with it.
    if (end > chunk.length || (flags & (reservedFlags | frameFlags.command)) !== 0) {
      return this.#begin(chunk, at, bodyAt)
    }
    this.flags = flags
    this.body =
      end - bodyAt <= inlineBytesMax
        ? chunk.slice(bodyAt, end)
        : new Uint8Array(chunk.buffer, chunk.byteOffset + bodyAt, end - bodyAt)
    this.#at = end
    return true
  }

  /** The header stands in `bytes` at `at`; the chunk goes on with the body at `bodyAt`. */
  #begin(bytes: Uint8Array, at: number, bodyAt: number): boolean {
    const flags = bytes[at]!
    let length = bytes[at + 1]!
    if ((flags & frameFlags.long) !== 0) {
      length = 0
      for (let i = at + 1; i < at + 9; i++) length = length * 256 + bytes[i]!
    }
    this.#check(flags, length)
    if (this.fault !== undefined) return false
    this.flags = flags & ~frameFlags.long
    this.#at = bodyAt
    this.#headerLength = 0
    const end = bodyAt + length
    if (end <= this.#chunk.length) {
      this.body =
        length >= ownBytesMin || length <= inlineBytesMax
          ? this.#chunk.slice(bodyAt, end)
          : new Uint8Array(this.#chunk.buffer, this.#chunk.byteOffset + bodyAt, length)
      this.#at = end
      return true
    }
    this.#length = length
    this.#gathered = 0
    this.#gather = this.#allocate(Math.min(length, firstBytesMax))
    return this.#gatherMore()
  }

  #check(flags: number, length: number): void {
    const command = (flags & frameFlags.command) !== 0
    if ((flags & reservedFlags) !== 0) this.fault = 'reserved bits in a frame header'
    else if (command && (flags & frameFlags.more) !== 0) this.fault = 'a command with more frames'
    else {
      const max = command ? this.bounds.commandBytesMax : this.bounds.messageBytesMax
      if (length > max) {
        this.fault = `a ${command ? 'command' : 'frame'} of ${length} bytes; the bound is ${max}`
      }
    }
  }

  #headerMore(): boolean {
    const chunk = this.#chunk
    const header = this.#header
    while (this.#at < chunk.length) {
      header[this.#headerLength++] = chunk[this.#at++]!
      const length = (header[0]! & frameFlags.long) !== 0 ? 9 : 2
      if (this.#headerLength === length) return this.#begin(header, 0, this.#at)
    }
    return false
  }

  #gatherMore(): boolean {
    let gather = this.#gather
    while (gather !== undefined) {
      const room = gather.length - this.#gathered
      const taken = Math.min(room, this.#chunk.length - this.#at)
      // The chunk may be the piece of `gather` that `space` offered: then it is where it belongs.
      if (this.#chunk.buffer !== gather.buffer) {
        gather.set(this.#chunk.subarray(this.#at, this.#at + taken), this.#gathered)
      }
      this.#gathered += taken
      this.#at += taken
      if (taken < room) return false
      if (this.#gathered === this.#length) {
        this.body = gather
        this.#gather = undefined
        return true
      }
      const next = Math.max(trustedBytesMax, gather.length * growth)
      gather = this.#allocate(Math.min(this.#length, next))
      gather?.set(this.#gather!)
      this.#gather = gather
    }
    return false
  }

  #allocate(length: number): Uint8Array | undefined {
    try {
      return new Uint8Array(length)
    } catch {
      this.fault = `no memory for a frame of ${this.#length} bytes`
      return undefined
    }
  }
}
