import { assert, text, utf8 } from '../base/mod.ts'

/** Length of a ZMTP 3 greeting, in bytes. */
export const greetingBytes = 64

/** What the first 64 bytes of a connection say. */
export interface Greeting {
  readonly major: number
  readonly minor: number
  /** `NULL`, `PLAIN`, `CURVE`. */
  readonly mechanism: string
  readonly asServer: boolean
}

const versionAt = 10
const mechanismAt = 12
const mechanismBytes = 20
const asServerAt = 32

/** Source: RFC 37, "Formal Grammar". */
export function encodeGreeting(greeting: Greeting): Uint8Array {
  assert(greeting.mechanism.length <= mechanismBytes, 'the mechanism name is too long')
  const bytes = new Uint8Array(greetingBytes)
  bytes[0] = 0xff
  bytes[9] = 0x7f
  bytes[versionAt] = greeting.major
  bytes[versionAt + 1] = greeting.minor
  bytes.set(utf8(greeting.mechanism), mechanismAt)
  bytes[asServerAt] = greeting.asServer ? 1 : 0
  return bytes
}

/**
 * Why `bytes`, the beginning of a connection, can never become a greeting that we accept;
 * `undefined` as long as they can. Told as early as the bytes allow, so that a peer that speaks
 * another protocol does not keep us waiting for 64 bytes.
 */
export function greetingFault(bytes: Uint8Array): string | undefined {
  if (bytes.length > 0 && bytes[0] !== 0xff) return 'not a ZMTP greeting'
  // ZMTP 1.0 put the flags of a message here; bit 0 tells a versioned peer (RFC 37, "Backwards").
  if (bytes.length > 9 && (bytes[9]! & 1) === 0) return 'ZMTP 1.0 is not supported'
  const major = bytes[versionAt]
  if (major !== undefined && major < 3) {
    // The number of ZMTP 2.0 is 1. Source: RFC 15, "Formal Grammar".
    return `ZMTP ${major === 0 ? '1.0' : '2.0'} is not supported`
  }
  return undefined
}

/** Reads a whole greeting for which `greetingFault` found nothing. */
export function decodeGreeting(bytes: Uint8Array): Greeting {
  assert(bytes.length === greetingBytes, 'a greeting has 64 bytes')
  const name = bytes.subarray(mechanismAt, mechanismAt + mechanismBytes)
  const end = name.indexOf(0)
  return {
    major: bytes[versionAt]!,
    minor: bytes[versionAt + 1]!,
    mechanism: text(end < 0 ? name : name.subarray(0, end)),
    asServer: bytes[asServerAt] === 1,
  }
}
