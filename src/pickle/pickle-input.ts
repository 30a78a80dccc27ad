import { MalformedError } from '../serialize/mod.ts'
import { latin1 } from './python-text.ts'

const newline = 0x0a

/** The bytes of a pickle, read from the front; no length is believed before it is checked. */
export class PickleInput {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get position(): number {
    return this.#at
  }

  get length(): number {
    return this.#bytes.length
  }

  uint8(): number {
    return this.#bytes[this.#skip(1)]!
  }

  uint16(): number {
    return this.#view.getUint16(this.#skip(2), true)
  }

  int32(): number {
    return this.#view.getInt32(this.#skip(4), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.#skip(4), true)
  }

  /** @throws {MalformedError} for one that no length can be. */
  uint64(): number {
    const value = this.#view.getBigUint64(this.#skip(8), true)
    if (value > BigInt(this.length)) throw new MalformedError('The pickle is cut off.')
    return Number(value)
  }

  /** Python's binary floats are big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#skip(8), false)
  }

  /** A view of the input. */
  bytes(length: number): Uint8Array {
    const from = this.#skip(length)
    return this.#bytes.subarray(from, from + length)
  }

  /** The bytes up to the end of the line, which is skipped. */
  lineBytes(): Uint8Array {
    const end = this.#bytes.indexOf(newline, this.#at)
    if (end === -1) throw new MalformedError('The pickle is cut off.')
    const line = this.#bytes.subarray(this.#at, end)
    this.#at = end + 1
    return line
  }

  line(): string {
    return latin1(this.lineBytes())
  }

  #skip(count: number): number {
    const from = this.#at
    if (count < 0 || count > this.length - from) throw new MalformedError('The pickle is cut off.')
    this.#at = from + count
    return from
  }
}
