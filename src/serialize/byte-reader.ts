import { MalformedError } from './errors.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const fromUnits = String.fromCharCode
/** Below this many bytes, reading unit by unit is faster than a call of `TextDecoder`. */
const decoderBytesMin = 16

/** Reads what `ByteWriter` wrote; whatever would read past the end is a `MalformedError`. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #end: number
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#end = bytes.length
  }

  get position(): number {
    return this.#position
  }

  get remaining(): number {
    return this.#end - this.#position
  }

  /** Reads on from `position`, up to `end`. */
  window(position: number, end: number): void {
    if (position > end || end > this.#bytes.length) throw short()
    this.#position = position
    this.#end = end
  }

  uint8(): number {
    if (this.#position >= this.#end) throw short()
    return this.#bytes[this.#position++]!
  }

  /** Moves on if the next byte is `byte`, and says whether it was. */
  skip(byte: number): boolean {
    if (this.#bytes[this.#position] !== byte) return false
    this.#position++
    return true
  }

  int16(): number {
    return this.#view.getInt16(this.#advance(2), true)
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8), true)
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 8; i++) {
      const byte = this.uint8()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
    throw new MalformedError('The bytes are no encoded value: a number is too long.')
  }

  /** A count of things that each take at least `bytesEach`. */
  count(bytesEach: number): number {
    const value = this.varint()
    if (value * bytesEach > this.remaining) throw short()
    return value
  }

  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  ascii(length: number): string {
    const start = this.#advance(length)
    const end = start + length
    const bytes = this.#bytes
    if (length >= decoderBytesMin) return decodeUtf8(bytes.subarray(start, end))
    let text = ''
    let at = start
    for (; at + 4 <= end; at += 4) {
      text += fromUnits(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)
    }
    for (; at < end; at++) text += fromUnits(bytes[at]!)
    return text
  }

  utf8(): string {
    return decodeUtf8(this.bytes(this.uint32()))
  }

  utf16(): string {
    const units = this.count(2)
    let text = ''
    for (let i = 0; i < units; i++) text += fromUnits(this.#view.getUint16(this.#advance(2), true))
    return text
  }

  #advance(length: number): number {
    const start = this.#position
    if (length > this.#end - start) throw short()
    this.#position = start + length
    return start
  }
}

/** @throws {MalformedError} when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new MalformedError('The bytes are no encoded value: text is not UTF-8.', { cause })
  }
}

function short(): MalformedError {
  return new MalformedError('The bytes are no encoded value: they end too early.')
}
