import { concat, text, utf8 } from '../../base/mod.ts'
import { decodeCommand, decodeErrorReason, encodeCommand, encodeError } from '../command.ts'
import { decodeMetadata } from '../metadata.ts'
import type { Mechanism, MechanismStep } from './mechanism.ts'

const empty = new Uint8Array(0)

function failed(reason: string): MechanismStep {
  return { type: 'failed', reason }
}

/**
 * A name and a password in clear text, told by the client: for trusted networks only.
 * Source: RFC 24 (ZMTP-PLAIN).
 */
export class PlainClient implements Mechanism {
  readonly name = 'PLAIN'
  readonly asServer = false
  readonly #hello: Uint8Array
  #properties: Uint8Array = empty
  #expected: 'WELCOME' | 'READY' = 'WELCOME'

  /** `username` and `password`: up to 255 bytes each. */
  constructor(username: string, password: string) {
    const fields = [username, password].map((field) => utf8(field).subarray(0, 255))
    const sized = fields.flatMap((field) => [Uint8Array.of(field.length), field])
    this.#hello = encodeCommand('HELLO', concat(sized))
  }

  start(properties: Uint8Array): Uint8Array {
    this.#properties = properties
    return this.#hello
  }

  receive(bytes: Uint8Array): MechanismStep {
    const command = decodeCommand(bytes)
    if (command?.name === 'ERROR') {
      return failed(`the peer refused us: ${decodeErrorReason(command.data)}`)
    }
    if (command?.name !== this.#expected) return failed(`expected the ${this.#expected} command`)
    if (this.#expected === 'WELCOME') {
      this.#expected = 'READY'
      return { type: 'continue', send: encodeCommand('INITIATE', this.#properties) }
    }
    const metadata = decodeMetadata(command.data)
    if (metadata === undefined) return failed('malformed metadata in READY')
    return { type: 'ready', metadata }
  }
}

/** Says whether a client may come in. */
export type PlainAuthenticator = (username: string, password: string) => boolean

/** The other side of `PlainClient`. */
export class PlainServer implements Mechanism {
  readonly name = 'PLAIN'
  readonly asServer = true
  readonly #authenticate: PlainAuthenticator
  #properties: Uint8Array = empty
  #expected: 'HELLO' | 'INITIATE' = 'HELLO'

  constructor(authenticate: PlainAuthenticator) {
    this.#authenticate = authenticate
  }

  start(properties: Uint8Array): undefined {
    this.#properties = properties
  }

  receive(bytes: Uint8Array): MechanismStep {
    const command = decodeCommand(bytes)
    if (command?.name !== this.#expected) return failed(`expected the ${this.#expected} command`)
    if (this.#expected === 'HELLO') {
      const credentials = decodeHello(command.data)
      if (credentials === undefined) return failed('a malformed HELLO')
      if (!this.#authenticate(...credentials)) {
        const reason = 'wrong user name or password'
        return { type: 'failed', reason, send: encodeError(reason) }
      }
      this.#expected = 'INITIATE'
      return { type: 'continue', send: encodeCommand('WELCOME', empty) }
    }
    const metadata = decodeMetadata(command.data)
    if (metadata === undefined) return failed('malformed metadata in INITIATE')
    return { type: 'ready', metadata, send: encodeCommand('READY', this.#properties) }
  }
}

function decodeHello(data: Uint8Array): [username: string, password: string] | undefined {
  const nameEnd = 1 + (data[0] ?? 0)
  const passwordEnd = nameEnd + 1 + (data[nameEnd] ?? 0)
  if (passwordEnd !== data.length) return undefined
  return [text(data.subarray(1, nameEnd)), text(data.subarray(nameEnd + 1))]
}
