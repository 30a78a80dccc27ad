import { concat, text, utf8 } from '../base/mod.ts'

/** Properties of a connection. Names are compared without case, so the keys are lowercase. */
export type Metadata = ReadonlyMap<string, Uint8Array>

const nameGrammar = /^[A-Za-z0-9\-_.+]{1,255}$/

/** `properties` as name and value, the names written as they should appear. */
export function encodeMetadata(properties: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [name, value] of properties) {
    const size = new Uint8Array(4)
    new DataView(size.buffer).setUint32(0, value.length)
    parts.push(Uint8Array.of(name.length), utf8(name), size, value)
  }
  return concat(parts)
}

/** The properties in `bytes`, or `undefined` when they break the grammar of RFC 37. */
export function decodeMetadata(bytes: Uint8Array): Metadata | undefined {
  const metadata = new Map<string, Uint8Array>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  while (at < bytes.length) {
    const nameEnd = at + 1 + bytes[at]!
    if (nameEnd + 4 > bytes.length) return undefined
    const name = text(bytes.subarray(at + 1, nameEnd))
    if (!nameGrammar.test(name)) return undefined
    const valueEnd = nameEnd + 4 + view.getUint32(nameEnd)
    if (valueEnd > bytes.length) return undefined
    // A copy: the bytes belong to a chunk that should not live as long as the connection.
    metadata.set(name.toLowerCase(), bytes.slice(nameEnd + 4, valueEnd))
    at = valueEnd
  }
  return metadata
}
