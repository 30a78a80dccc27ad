/** The alphabet of Z85: 85 characters that need no quoting in source code or JSON. */
const digits =
  '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'
const values: ReadonlyMap<string, number> = new Map([...digits].map((digit, i) => [digit, i]))

/** Text for bytes, whose count is a multiple of four: five characters for four. Source: RFC 32. */
export function encodeZ85(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ''
  for (let at = 0; at < bytes.length; at += 4) {
    let rest = view.getUint32(at)
    let group = ''
    for (let i = 0; i < 5; i++) {
      group = digits[rest % 85]! + group
      rest = Math.floor(rest / 85)
    }
    text += group
  }
  return text
}

/** The bytes in a text of `encodeZ85`; `undefined` when it is none. */
export function decodeZ85(text: string): Uint8Array | undefined {
  if (text.length % 5 !== 0) return undefined
  const bytes = new Uint8Array((text.length / 5) * 4)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < text.length; at += 5) {
    let value = 0
    for (let i = at; i < at + 5; i++) {
      const digit = values.get(text[i]!)
      if (digit === undefined) return undefined
      value = value * 85 + digit
    }
    if (value > 0xffff_ffff) return undefined
    view.setUint32((at / 5) * 4, value)
  }
  return bytes
}
