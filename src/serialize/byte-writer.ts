import { limits } from '../base/mod.ts'

const encoder = new TextEncoder()
const loneSurrogate = /\p{Surrogate}/u

/** Bytes that grow. Made once and used again: `take` copies out what was written. */
export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(4096)
  #view: DataView = new DataView(this.#bytes.buffer)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Bytes of memory held. */
  get capacity(): number {
    return this.#bytes.length
  }

  clear(): void {
    this.#length = 0
  }

  /** What was written, in memory of its own. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  uint8(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1)
    this.#bytes[this.#length++] = value
  }

  setUint8(at: number, value: number): void {
    this.#bytes[at] = value
  }

  int16(value: number): void {
    this.#reserve(2)
    this.#view.setInt16(this.#length, value, true)
    this.#length += 2
  }

  int32(value: number): void {
    this.#reserve(4)
    this.#view.setInt32(this.#length, value, true)
    this.#length += 4
  }

  float64(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  /** A non-negative safe integer, seven bits a byte, low ones first. */
  varint(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  /** Writes `text` as `tag + length` and ASCII; when it is not ASCII writes nothing: false. */
  shortAscii(tag: number, text: string): boolean {
    const units = text.length
    this.#reserve(units + 1)
    const bytes = this.#bytes
    let at = this.#length + 1
    for (let i = 0; i < units; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 0x7f) return false
      bytes[at++] = unit
    }
    bytes[this.#length] = tag + units
    this.#length = at
    return true
  }

  /** Writes a 32-bit byte length and UTF-8; when `text` has lone surrogates writes nothing: false. */
  utf8(text: string): boolean {
    this.#reserve(text.length * 3 + 4)
    const start = this.#length + 4
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(start))
    if (written !== text.length && loneSurrogate.test(text)) return false
    this.#view.setUint32(this.#length, written, true)
    this.#length = start + written
    return true
  }

  /** Writes the number of UTF-16 units, and the units. */
  utf16(text: string): void {
    this.varint(text.length)
    this.#reserve(text.length * 2)
    for (let i = 0; i < text.length; i++) {
      this.#view.setUint16(this.#length, text.charCodeAt(i), true)
      this.#length += 2
    }
  }

  #reserve(count: number): void {
    if (this.#length + count > this.#bytes.length) this.#grow(count)
  }

  #grow(count: number): void {
    const wanted = Math.max(this.#length + count, this.#bytes.length * 2)
    const larger = new Uint8Array(Math.min(wanted, limits.frameBytesMax))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}
