import { decodeUtf8 } from './byte-reader.ts'
import { MalformedError } from './errors.ts'
import { tags } from './format.ts'
import type { ValueReader } from './value-reader.ts'

/** Reads the primitive value that begins with `tag`. */
export function readScalar(reader: ValueReader, tag: number): unknown {
  const { input } = reader
  switch (tag) {
    case tags.undefined:
      return undefined
    case tags.null:
      return null
    case tags.false:
      return false
    case tags.true:
      return true
    case tags.uint8:
      return input.uint8()
    case tags.int16:
      return input.int16()
    case tags.int32:
      return input.int32()
    case tags.float64:
      return input.float64()
    case tags.bigint:
      return parseHexadecimal(reader.text())
    case tags.utf8:
      return input.utf8()
    case tags.utf16:
      return input.utf16()
    case tags.memoryText:
      return readMemoryText(reader)
    case tags.registeredSymbol:
      return Symbol.for(reader.text())
    case tags.wellKnownSymbol:
      return readWellKnownSymbol(reader)
  }
  throw new MalformedError(`No primitive value begins with 0x${tag.toString(16)}.`)
}

function parseHexadecimal(digits: string): bigint {
  if (!/^-?[0-9a-f]+$/.test(digits)) throw new MalformedError('A bigint was expected.')
  return digits.startsWith('-') ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`)
}

function readMemoryText({ input, memory }: ValueReader): string {
  const length = input.varint()
  const { buffer, offset } = memory.take(length, 1)
  return decodeUtf8(new Uint8Array(buffer, offset, length))
}

function readWellKnownSymbol(reader: ValueReader): symbol {
  const name = reader.text()
  const value: unknown = (Symbol as unknown as Readonly<Record<string, unknown>>)[name]
  if (typeof value === 'symbol') return value
  throw new MalformedError(`There is no Symbol.${name} here.`)
}
