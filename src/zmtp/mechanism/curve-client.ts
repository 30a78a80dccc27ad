import { concat, type Random } from '../../base/mod.ts'
import { decodeCommand, decodeErrorReason, encodeCommand } from '../command.ts'
import { decodeMetadata } from '../metadata.ts'
import { longNonce, shortNonce } from './curve-nonce.ts'
import { CurveTraffic, messageBytes, PeerCounter, SendCounter } from './curve-traffic.ts'
import type { Mechanism, MechanismStep } from './mechanism.ts'
import { boxBytes, keyBytes, type Nacl } from './nacl.ts'

/** What a client must have: the server's public key, and a key pair of its own. */
export interface CurveClientKeys {
  readonly serverKey: Uint8Array
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

const cookieBytes = 96
const welcomeBytes = 16 + keyBytes + cookieBytes + boxBytes
const counterBytes = 8

function failed(reason: string): MechanismStep {
  return { type: 'failed', reason }
}

/**
 * The side of CURVE that knows the other's public key beforehand. With it, and with keys made for
 * this connection only, it proves who it is, finds out that the server is the right one, and
 * agrees on a key for the traffic. Source: RFC 25 and 26; libzmq's `curve_client.cpp`.
 */
export class CurveClient implements Mechanism {
  readonly name = 'CURVE'
  readonly asServer = false
  readonly sealBytes: number = messageBytes
  readonly #nacl: Nacl
  readonly #random: Random
  readonly #keys: CurveClientKeys
  readonly #sent = new SendCounter()
  readonly #received = new PeerCounter()
  // The pair for this connection: C' and c' of the specification.
  readonly #publicKey: Uint8Array
  readonly #secretKey: Uint8Array
  #properties: Uint8Array = new Uint8Array(0)
  #expected: 'WELCOME' | 'READY' = 'WELCOME'
  // Of c' with S at first, then with S'.
  #key: Uint8Array
  #traffic: CurveTraffic | undefined

  constructor(nacl: Nacl, random: Random, keys: CurveClientKeys) {
    this.#nacl = nacl
    this.#random = random
    this.#keys = keys
    this.#secretKey = random.bytes(keyBytes)
    this.#publicKey = nacl.publicKeyOf(this.#secretKey)
    // A key that is none has no box in common with anybody: the server will not open ours.
    this.#key = nacl.sharedKey(this.#secretKey, keys.serverKey) ?? random.bytes(keyBytes)
  }

  get whenCut(): string | undefined {
    return this.#expected === 'WELCOME'
      ? 'the server does not open what is encrypted for it: is the server key the one of this server?'
      : 'the server does not want this client'
  }

  start(properties: Uint8Array): Uint8Array {
    this.#properties = properties
    const counter = this.#count()
    const signature = this.#nacl.seal(
      this.#key,
      shortNonce('CurveZMQHELLO---', counter),
      new Uint8Array(64),
    )
    const version = Uint8Array.of(1, 0)
    // The padding makes it longer than its answer: nobody can have us flood a third party.
    const parts = [version, new Uint8Array(72), this.#publicKey, counter, signature]
    return encodeCommand('HELLO', concat(parts))
  }

  receive(bytes: Uint8Array): MechanismStep {
    const command = decodeCommand(bytes)
    if (command?.name === 'ERROR') {
      return failed(`the peer refused us: ${decodeErrorReason(command.data)}`)
    }
    if (command?.name === 'HELLO') {
      return failed('both sides are CURVE clients: one, usually the one that binds, is the server')
    }
    if (command?.name !== this.#expected) return failed(`expected the ${this.#expected} command`)
    return this.#expected === 'WELCOME'
      ? this.#receiveWelcome(command.data)
      : this.#receiveReady(command.data)
  }

  seal(flags: number, body: Uint8Array): Uint8Array {
    return this.#traffic!.seal(flags, body)
  }

  open(frame: Uint8Array): { readonly flags: number; readonly body: Uint8Array } | string {
    return this.#traffic!.open(frame)
  }

  #receiveWelcome(data: Uint8Array): MechanismStep {
    if (data.length !== welcomeBytes) return failed('a malformed WELCOME')
    const nacl = this.#nacl
    const nonce = longNonce('WELCOME-', data.subarray(0, 16))
    const welcome = nacl.open(this.#key, nonce, data.subarray(16))
    if (welcome === undefined) {
      return failed('a WELCOME that does not decrypt: the server key is not the one of this server')
    }
    const serverKey = welcome.subarray(0, keyBytes)
    const key = nacl.sharedKey(this.#secretKey, serverKey)
    const vouch = this.#vouch(serverKey)
    if (key === undefined || vouch === undefined) return failed('a WELCOME with a key that is none')
    this.#key = key
    this.#expected = 'READY'
    const counter = this.#count()
    const box = nacl.seal(
      key,
      shortNonce('CurveZMQINITIATE', counter),
      concat([this.#keys.publicKey, vouch, this.#properties]),
    )
    const send = encodeCommand('INITIATE', concat([welcome.subarray(keyBytes), counter, box]))
    return { type: 'continue', send }
  }

  /** Proof, by our lasting key, that the keys of this connection are ours, and for this server. */
  #vouch(serverKey: Uint8Array): Uint8Array | undefined {
    const { publicKey, secretKey, serverKey: lasting } = this.#keys
    const key = this.#nacl.sharedKey(secretKey, serverKey)
    if (key === undefined || publicKey.length !== keyBytes) return undefined
    const end = this.#random.bytes(16)
    const text = concat([this.#publicKey, lasting])
    return concat([end, this.#nacl.seal(key, longNonce('VOUCH---', end), text)])
  }

  #receiveReady(data: Uint8Array): MechanismStep {
    if (data.length < counterBytes + boxBytes) return failed('a malformed READY')
    if (!this.#received.advance(data, 0)) return failed('a READY that counts from zero')
    const nonce = shortNonce('CurveZMQREADY---', data.subarray(0, counterBytes))
    const properties = this.#nacl.open(this.#key, nonce, data.subarray(counterBytes))
    if (properties === undefined) return failed('a READY that does not decrypt')
    const metadata = decodeMetadata(properties)
    if (metadata === undefined) return failed('malformed metadata in READY')
    this.#traffic = new CurveTraffic(this.#nacl, this.#key, false, this.#sent, this.#received)
    return { type: 'ready', metadata }
  }

  #count(): Uint8Array {
    const counter = new Uint8Array(counterBytes)
    this.#sent.next().write(counter, 0)
    return counter
  }
}
