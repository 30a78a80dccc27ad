import type { ByteWriter } from './byte-writer.ts'
import { outOfBandTextMin, tags } from './format.ts'
import type { MemoryWriter } from './memory-writer.ts'

const encoder = new TextEncoder()
const loneSurrogate = /\p{Surrogate}/u
const wellKnownSymbols: ReadonlyMap<symbol, string> = new Map(
  Object.getOwnPropertyNames(Symbol).flatMap((name) => {
    const value = (Symbol as unknown as Record<string, unknown>)[name]
    return typeof value === 'symbol' ? [[value, name] as const] : []
  }),
)

/** Writes `value` in the fewest bytes that keep it exactly: -0 and NaN are doubles. */
export function writeNumber(out: ByteWriter, value: number): void {
  const integer = value | 0
  if (integer !== value || (integer === 0 && Object.is(value, -0))) {
    out.uint8(tags.float64)
    out.float64(value)
  } else if (integer >= 0 && integer < tags.smallText) {
    out.uint8(integer)
  } else if (integer >= 0 && integer < 256) {
    out.uint8(tags.uint8)
    out.uint8(integer)
  } else if (integer >= -32_768 && integer < 32_768) {
    out.uint8(tags.int16)
    out.int16(integer)
  } else {
    out.uint8(tags.int32)
    out.int32(integer)
  }
}

export function writeText(out: ByteWriter, memory: MemoryWriter, value: string): void {
  if (value.length < 64 && out.shortAscii(tags.smallText, value)) return
  if (value.length >= outOfBandTextMin && writeLongText(out, memory, value)) return
  out.uint8(tags.utf8)
  if (out.utf8(value)) return
  out.setUint8(out.length - 1, tags.utf16)
  out.utf16(value)
}

/** False when `value` has lone surrogates, which UTF-8 cannot keep. */
function writeLongText(out: ByteWriter, memory: MemoryWriter, value: string): boolean {
  const bytes = encoder.encode(value)
  if (bytes.length !== value.length && loneSurrogate.test(value)) return false
  out.uint8(tags.memoryText)
  out.varint(bytes.length)
  memory.view(bytes, 1)
  return true
}

export function writeBigint(out: ByteWriter, memory: MemoryWriter, value: bigint): void {
  out.uint8(tags.bigint)
  // Hexadecimal, for a decimal takes time in the square of the digits.
  writeText(out, memory, value.toString(16))
}

/** False when `value` is a local symbol, which nothing outside this process can name. */
export function writeSymbol(out: ByteWriter, memory: MemoryWriter, value: symbol): boolean {
  const registered = Symbol.keyFor(value)
  const name = registered ?? wellKnownSymbols.get(value)
  if (name === undefined) return false
  out.uint8(registered === undefined ? tags.wellKnownSymbol : tags.registeredSymbol)
  writeText(out, memory, name)
  return true
}
