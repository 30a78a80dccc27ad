import { text, utf8 } from '../../base/mod.ts'
import { frameFlags } from '../frame.ts'
import type { Counter, Nacl } from './nacl.ts'

/** `MESSAGE`, as a command writes its name. */
const name = Uint8Array.of(7, ...utf8('MESSAGE'))
const counterAt = name.length
const headBytes = counterAt + 8

/** The name, the counter, the tag and the flags. */
export const messageBytes: number = headBytes + 16 + 1

/** The flags within a MESSAGE. Source: RFC 26; `command` as libzmq does it. */
const payloadFlags = { more: 1, command: 2 } as const

/** Counts what one side of a connection sends, from 1 on. */
export class SendCounter implements Counter {
  high = 0
  low = 0

  next(): this {
    this.low = (this.low + 1) >>> 0
    if (this.low === 0) this.high++
    return this
  }

  /** Writes the counter of now. */
  write(out: Uint8Array, at: number): void {
    for (let i = 0; i < 4; i++) {
      out[at + i] = this.high >>> (24 - 8 * i)
      out[at + 4 + i] = this.low >>> (24 - 8 * i)
    }
  }
}

/** Sees to it that the peer uses no number twice: without that, what was sent could be sent again. */
export class PeerCounter implements Counter {
  high = 0
  low = 0

  /** Takes the next number from `bytes`; false when it is not above the last. */
  advance(bytes: Uint8Array, at: number): boolean {
    const high = uint32(bytes, at)
    const low = uint32(bytes, at + 4)
    if (high < this.high || (high === this.high && low <= this.low)) return false
    this.high = high
    this.low = low
    return true
  }
}

/** Seals and opens the MESSAGEs of one connection. Source: RFC 26, "The MESSAGE Command". */
export class CurveTraffic {
  readonly #nacl: Nacl
  readonly #sendKey: Uint8Array
  readonly #receiveKey: Uint8Array
  readonly #sent: SendCounter
  readonly #received: PeerCounter

  /** `sent` and `received` have counted the handshake, and go on. */
  constructor(
    nacl: Nacl,
    key: Uint8Array,
    asServer: boolean,
    sent: SendCounter,
    received: PeerCounter,
  ) {
    const fromServer = nacl.frameKey(key, utf8('CurveZMQMESSAGES'))
    const fromClient = nacl.frameKey(key, utf8('CurveZMQMESSAGEC'))
    this.#nacl = nacl
    this.#sendKey = asServer ? fromServer : fromClient
    this.#receiveKey = asServer ? fromClient : fromServer
    this.#sent = sent
    this.#received = received
  }

  seal(flags: number, body: Uint8Array): Uint8Array {
    const counter = this.#sent.next()
    const more = (flags & frameFlags.more) === 0 ? 0 : payloadFlags.more
    const command = (flags & frameFlags.command) === 0 ? 0 : payloadFlags.command
    const frame = this.#nacl.sealFrame(this.#sendKey, counter, more | command, body)
    frame.set(name)
    counter.write(frame, counterAt)
    return frame
  }

  open(frame: Uint8Array): { readonly flags: number; readonly body: Uint8Array } | string {
    for (let i = 0; i < name.length; i++) {
      if (frame[i] !== name[i]) return whatInstead(frame)
    }
    if (frame.length < messageBytes) return 'a MESSAGE that is too short'
    if (!this.#received.advance(frame, counterAt)) return 'a MESSAGE that came before'
    const opened = this.#nacl.openFrame(this.#receiveKey, this.#received, frame)
    if (opened === undefined) return 'a MESSAGE that does not decrypt'
    const { first, body } = opened
    if (first > (payloadFlags.more | payloadFlags.command)) return 'reserved bits in a MESSAGE'
    if (first === (payloadFlags.more | payloadFlags.command)) return 'a command with more frames'
    let flags = 0
    if ((first & payloadFlags.more) !== 0) flags = frameFlags.more
    if ((first & payloadFlags.command) !== 0) flags = frameFlags.command
    return { flags, body }
  }
}

/** A `DataView` would take longer to make than to use. */
function uint32(bytes: Uint8Array, at: number): number {
  const upper = (bytes[at]! << 24) | (bytes[at + 1]! << 16)
  return (upper | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

function whatInstead(frame: Uint8Array): string {
  const isError = text(frame.subarray(0, 6)) === '\x05ERROR'
  return isError ? 'the peer gave up' : 'a frame that is not encrypted'
}
