import { limits } from '../base/mod.ts'
import { opcodes } from './opcodes.ts'

/** The bytes of a pickle as they come to be. */
export class PickleOutput {
  #bytes: Uint8Array = new Uint8Array(256)
  #view: DataView = new DataView(this.#bytes.buffer)
  #length = 0

  /** What was written: a view of memory that nobody else has. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  op(opcode: keyof typeof opcodes): void {
    this.uint8(opcodes[opcode])
  }

  uint8(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  uint16(value: number): void {
    this.#reserve(2)
    this.#view.setUint16(this.#length, value, true)
    this.#length += 2
  }

  /** Also of a negative number. */
  uint32(value: number): void {
    this.#reserve(4)
    this.#view.setUint32(this.#length, value, true)
    this.#length += 4
  }

  uint64(value: number): void {
    this.#reserve(8)
    this.#view.setBigUint64(this.#length, BigInt(value), true)
    this.#length += 8
  }

  float64(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value, false)
    this.#length += 8
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const wanted = Math.max(needed, this.#bytes.length * 2)
    const larger = new Uint8Array(Math.max(needed, Math.min(wanted, limits.frameBytesMax)))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}
