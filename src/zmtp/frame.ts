/** The bits of a frame's first byte. Source: RFC 37, "Framing". */
export const frameFlags = { more: 1, long: 2, command: 4 } as const

/** Largest body whose size is written in one byte. */
const shortFrameBytesMax = 255

/** Bytes before a body of `length` bytes. */
export function frameHeaderBytes(length: number): number {
  return length > shortFrameBytesMax ? 9 : 2
}

/** Writes the header of a frame into `out` and returns where the body begins. */
export function writeFrameHeader(
  out: Uint8Array,
  at: number,
  flags: number,
  length: number,
): number {
  if (length <= shortFrameBytesMax) {
    out[at] = flags
    out[at + 1] = length
    return at + 2
  }
  out[at] = flags | frameFlags.long
  // A size is below 2^53, so bitwise operators would lose its upper half: divide instead.
  let rest = length
  for (let i = at + 8; i > at; i--) {
    out[i] = rest & 0xff
    rest = Math.floor(rest / 256)
  }
  return at + 9
}
