import { concat, text, utf8 } from '../base/mod.ts'

/** A ZMTP command: a name and what its definition makes of the rest. */
export interface Command {
  readonly name: string
  readonly data: Uint8Array
}

/** The body of a command frame. */
export function encodeCommand(name: string, data: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(name.length), utf8(name), data])
}

/** The command in the body of a command frame, or `undefined` when it has no proper name. */
export function decodeCommand(body: Uint8Array): Command | undefined {
  const nameEnd = 1 + (body[0] ?? 0)
  if (nameEnd < 2 || nameEnd > body.length) return undefined
  return { name: text(body.subarray(1, nameEnd)), data: body.subarray(nameEnd) }
}

/** `ERROR` with its reason, cut to the 255 bytes that fit. */
export function encodeError(reason: string): Uint8Array {
  const bytes = utf8(reason).subarray(0, 255)
  return encodeCommand('ERROR', concat([Uint8Array.of(bytes.length), bytes]))
}

/** The printable part of the reason in an `ERROR`'s data; peers are not trusted with our log. */
export function decodeErrorReason(data: Uint8Array): string {
  const reason = text(data.subarray(1, 1 + (data[0] ?? 0)))
  return reason.replace(/[^\x20-\x7e]/g, '?')
}

/** Longest context that a PING may carry, in bytes. Source: RFC 37, "Connection Heartbeating". */
const pingContextBytesMax = 16

/** `ttlMs`: how long the peer may hear nothing from us before it gives us up; 0 says nothing. */
export function encodePing(ttlMs: number, context: Uint8Array): Uint8Array {
  const tenths = Math.min(Math.ceil(ttlMs / 100), 0xffff)
  return encodeCommand('PING', concat([Uint8Array.of(tenths >> 8, tenths & 0xff), context]))
}

export interface Ping {
  readonly ttlMs: number
  readonly context: Uint8Array
}

/** The contents of a `PING`, or `undefined` when it is too short; a long context is cut. */
export function decodePing(data: Uint8Array): Ping | undefined {
  if (data.length < 2) return undefined
  return {
    ttlMs: ((data[0]! << 8) | data[1]!) * 100,
    context: data.subarray(2, 2 + pingContextBytesMax),
  }
}
