import { type Header, type JsonObject, Message, parseObject, readHeader } from '../jupyter/mod.ts'
import type { RecordedMessage } from './task-record.ts'

/** Bytes of a slab, and of the largest message that goes into one. */
const slabBytes = 65_536
const messageBytesMax = 4_096

/**
 * Puts messages that are to be kept into a few large pieces of memory. A received message is
 * dozens of objects, and a thousand of them, for ever being replaced, are what a garbage
 * collector is worst at. Messages with much data are kept as they are, uncopied.
 */
export class RecordArchive {
  #slab: Uint8Array = new Uint8Array(0)
  #used = 0

  keep(message: RecordedMessage): RecordedMessage {
    if (!(message instanceof Message)) return message
    const { header, metadata, content } = message.frames
    const parts = [header, metadata, content, ...message.buffers]
    let bytes = 0
    for (const part of parts) bytes += part.length
    if (bytes > messageBytesMax) return message
    if (this.#used + bytes > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes)
      this.#used = 0
    }
    const start = this.#used
    const ends = new Uint32Array(parts.length)
    for (let i = 0; i < parts.length; i++) {
      this.#slab.set(parts[i]!, this.#used)
      this.#used += parts[i]!.length
      ends[i] = this.#used
    }
    return new ArchivedMessage(this.#slab, start, ends)
  }
}

/** A message in a slab; everything is read anew when it is asked for, which is rarely. */
class ArchivedMessage implements RecordedMessage {
  readonly #slab: Uint8Array
  readonly #start: number
  /** Where the header, the metadata, the content and each buffer end. */
  readonly #ends: Uint32Array

  constructor(slab: Uint8Array, start: number, ends: Uint32Array) {
    this.#slab = slab
    this.#start = start
    this.#ends = ends
  }

  get header(): Header {
    return readHeader(parseObject(this.#part(0), 'header'))
  }

  get metadata(): JsonObject {
    return parseObject(this.#part(1), 'metadata')
  }

  get content(): JsonObject {
    return parseObject(this.#part(2), 'content')
  }

  get buffers(): readonly Uint8Array[] {
    return Array.from(this.#ends.subarray(3), (_, i) => this.#part(i + 3))
  }

  #part(index: number): Uint8Array {
    const begin = index === 0 ? this.#start : this.#ends[index - 1]!
    return this.#slab.subarray(begin, this.#ends[index]!)
  }
}
