import { concat, equalConstantTime, type Random } from '../../base/mod.ts'
import { decodeCommand, encodeCommand, encodeError } from '../command.ts'
import { decodeMetadata } from '../metadata.ts'
import { longNonce, shortNonce } from './curve-nonce.ts'
import { CurveTraffic, messageBytes, PeerCounter, SendCounter } from './curve-traffic.ts'
import type { Mechanism, MechanismStep } from './mechanism.ts'
import { boxBytes, keyBytes, type Nacl } from './nacl.ts'

/** What a server must have. */
export interface CurveServerKeys {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
  /** Says whether a client with this public key may come in. Default: every client may. */
  readonly authorize?: (clientKey: Uint8Array) => boolean
}

// Where things stand in the data of HELLO and INITIATE. Source: RFC 26, "High-level Grammar".
const hello = { padding: 2, clientKey: 74, counter: 106, box: 114, end: 194 } as const
const initiate = { cookieBox: 16, counter: 96, box: 104 } as const
/** The least that is in the box of INITIATE: the client's key, and its vouch. */
const vouch = { nonce: 32, box: 48, end: 128 } as const
const counterBytes = 8

/**
 * Sent to nobody: RFC 26 wants a stranger who makes mistakes to hear nothing but the end of the
 * connection.
 */
function failed(reason: string): MechanismStep {
  return { type: 'failed', reason }
}

/**
 * The other side of `CurveClient`. Until the client has proved that it heard our answer, all that
 * is kept of it is the key of a cookie. Source: RFC 25 and 26; libzmq's `curve_server.cpp`.
 */
export class CurveServer implements Mechanism {
  readonly name = 'CURVE'
  readonly asServer = true
  readonly sealBytes: number = messageBytes
  readonly #nacl: Nacl
  readonly #random: Random
  readonly #keys: CurveServerKeys
  readonly #sent = new SendCounter()
  readonly #received = new PeerCounter()
  #properties: Uint8Array = new Uint8Array(0)
  // Nothing once a mistake was made, or all is said.
  #expected: 'HELLO' | 'INITIATE' | undefined = 'HELLO'
  #cookieKey: Uint8Array | undefined
  #traffic: CurveTraffic | undefined

  constructor(nacl: Nacl, random: Random, keys: CurveServerKeys) {
    this.#nacl = nacl
    this.#random = random
    this.#keys = keys
  }

  start(properties: Uint8Array): undefined {
    this.#properties = properties
  }

  receive(bytes: Uint8Array): MechanismStep {
    const command = decodeCommand(bytes)
    const expected = this.#expected
    this.#expected = undefined
    if (expected === undefined) return failed('a command after the end of the handshake')
    if (command?.name !== expected) return failed(`expected the ${expected} command`)
    return expected === 'HELLO'
      ? this.#receiveHello(command.data)
      : this.#receiveInitiate(command.data)
  }

  seal(flags: number, body: Uint8Array): Uint8Array {
    return this.#traffic!.seal(flags, body)
  }

  open(frame: Uint8Array): { readonly flags: number; readonly body: Uint8Array } | string {
    return this.#traffic!.open(frame)
  }

  #receiveHello(data: Uint8Array): MechanismStep {
    if (data.length !== hello.end) return failed('a malformed HELLO')
    if (data[0] !== 1 || data[1] !== 0) return failed('a HELLO of another version of CURVE')
    if (!data.subarray(hello.padding, hello.clientKey).every((byte) => byte === 0)) {
      return failed('a HELLO whose padding is not empty')
    }
    if (!this.#received.advance(data, hello.counter)) return failed('a HELLO that counts from zero')
    const nacl = this.#nacl
    const clientKey = data.subarray(hello.clientKey, hello.counter)
    const key = nacl.sharedKey(this.#keys.secretKey, clientKey)
    const nonce = shortNonce('CurveZMQHELLO---', data.subarray(hello.counter, hello.box))
    const signature = key && nacl.open(key, nonce, data.subarray(hello.box))
    if (key === undefined || signature === undefined) {
      return failed('a HELLO that does not decrypt: the client has another server key than ours')
    }
    if (!signature.every((byte) => byte === 0)) return failed('a HELLO with a false signature')
    this.#expected = 'INITIATE'
    return { type: 'continue', send: this.#welcome(clientKey, key) }
  }

  /** Makes the keys of this connection, and gives them away in a cookie that only we can open. */
  #welcome(clientKey: Uint8Array, key: Uint8Array): Uint8Array {
    const nacl = this.#nacl
    const random = this.#random
    const secretKey = random.bytes(keyBytes)
    const cookieKey = random.bytes(keyBytes)
    const cookieEnd = random.bytes(16)
    const cookie = nacl.seal(
      cookieKey,
      longNonce('COOKIE--', cookieEnd),
      concat([clientKey, secretKey]),
    )
    const end = random.bytes(16)
    const box = nacl.seal(
      key,
      longNonce('WELCOME-', end),
      concat([nacl.publicKeyOf(secretKey), cookieEnd, cookie]),
    )
    this.#cookieKey = cookieKey
    return encodeCommand('WELCOME', concat([end, box]))
  }

  #receiveInitiate(data: Uint8Array): MechanismStep {
    const nacl = this.#nacl
    const cookieKey = this.#cookieKey!
    this.#cookieKey = undefined
    if (data.length < initiate.box + boxBytes + vouch.end) return failed('a malformed INITIATE')
    const cookieNonce = longNonce('COOKIE--', data.subarray(0, initiate.cookieBox))
    const cookieBox = data.subarray(initiate.cookieBox, initiate.counter)
    const cookie = nacl.open(cookieKey, cookieNonce, cookieBox)
    if (cookie === undefined) return failed('an INITIATE with a cookie that is not ours')
    if (!this.#received.advance(data, initiate.counter)) {
      return failed('an INITIATE that does not count on')
    }
    const clientKey = cookie.subarray(0, keyBytes)
    const secretKey = cookie.subarray(keyBytes)
    const key = nacl.sharedKey(secretKey, clientKey)
    const nonce = shortNonce('CurveZMQINITIATE', data.subarray(initiate.counter, initiate.box))
    const text = key && nacl.open(key, nonce, data.subarray(initiate.box))
    if (key === undefined || text === undefined) return failed('an INITIATE that does not decrypt')
    const lastingKey = text.slice(0, keyBytes)
    if (!this.#isVouchedFor(text, lastingKey, clientKey, secretKey)) {
      return failed('an INITIATE whose vouch is not for this connection')
    }
    const metadata = decodeMetadata(text.subarray(vouch.end))
    if (metadata === undefined) return failed('malformed metadata in INITIATE')
    if (this.#keys.authorize?.(lastingKey) === false) {
      return { ...failed('a client whose key is not authorized'), send: encodeError('400') }
    }
    return { type: 'ready', metadata, send: this.#ready(key) }
  }

  #isVouchedFor(
    text: Uint8Array,
    lastingKey: Uint8Array,
    clientKey: Uint8Array,
    secretKey: Uint8Array,
  ): boolean {
    const key = this.#nacl.sharedKey(secretKey, lastingKey)
    if (key === undefined) return false
    const nonce = longNonce('VOUCH---', text.subarray(vouch.nonce, vouch.box))
    const vouched = this.#nacl.open(key, nonce, text.subarray(vouch.box, vouch.end))
    if (vouched === undefined) return false
    return equalConstantTime(vouched, concat([clientKey, this.#keys.publicKey]))
  }

  #ready(key: Uint8Array): Uint8Array {
    const counter = new Uint8Array(counterBytes)
    this.#sent.next().write(counter, 0)
    const nonce = shortNonce('CurveZMQREADY---', counter)
    const box = this.#nacl.seal(key, nonce, this.#properties)
    this.#traffic = new CurveTraffic(this.#nacl, key, true, this.#sent, this.#received)
    return encodeCommand('READY', concat([counter, box]))
  }
}
