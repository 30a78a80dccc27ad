const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()
const loneSurrogate = /\p{Surrogate}/u

/**
 * The UTF-8 of a text, lone surrogates included, as Python's error handler `surrogatepass` writes
 * them.
 */
export function encodeText(text: string): Uint8Array {
  if (!loneSurrogate.test(text)) return encoder.encode(text)
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code >= 0xd800 && code <= 0xdfff) {
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    } else {
      for (const byte of encoder.encode(character)) bytes.push(byte)
    }
  }
  return Uint8Array.from(bytes)
}

/** Inverse of `encodeText`; undefined for bytes that are no such text. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return decodeWithSurrogates(bytes)
  }
}

function decodeWithSurrogates(bytes: Uint8Array): string | undefined {
  const pieces: string[] = []
  let from = 0
  for (let at = 0; at + 2 < bytes.length; at++) {
    const second = bytes[at + 1]!
    if (bytes[at] !== 0xed || second < 0xa0 || second > 0xbf) continue
    const third = bytes[at + 2]!
    if ((third & 0xc0) !== 0x80) return undefined
    try {
      pieces.push(strict.decode(bytes.subarray(from, at)))
    } catch {
      return undefined
    }
    pieces.push(String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)))
    at += 2
    from = at + 1
  }
  try {
    pieces.push(strict.decode(bytes.subarray(from)))
  } catch {
    return undefined
  }
  return pieces.join('')
}

/** One character for each byte. */
export function latin1(bytes: Uint8Array): string {
  const pieces: string[] = []
  for (let at = 0; at < bytes.length; at += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)))
  }
  return pieces.join('')
}

/** Inverse of `latin1`; undefined when a character does not fit a byte. */
export function latin1Bytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0xff) return undefined
    bytes[i] = code
  }
  return bytes
}

/**
 * Python's `raw_unicode_escape`: latin-1, and `\uXXXX` or `\UXXXXXXXX` for what that has not. A
 * backslash before another one is none of an escape.
 */
export function rawUnicodeEscape(bytes: Uint8Array): string {
  return latin1(bytes).replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\\)/g,
    (whole, short?: string, long?: string) => {
      const code = Number.parseInt(short ?? long ?? '', 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}
