import type { Random } from '../../base/mod.ts'
import { CurveClient, type CurveClientKeys } from './curve-client.ts'
import { CurveServer, type CurveServerKeys } from './curve-server.ts'
import type { Mechanism } from './mechanism.ts'
import { keyBytes, Nacl } from './nacl.ts'

/** Two keys of 32 bytes that belong together. */
export interface CurveKeyPair {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

/** Everything of CURVE that needs cryptography; `loadCurve` makes the one of a process. */
export class Curve {
  readonly #nacl: Nacl

  private constructor(nacl: Nacl) {
    this.#nacl = nacl
  }

  static async load(): Promise<Curve> {
    return new Curve(await Nacl.load())
  }

  keyPair(random: Random): CurveKeyPair {
    const secretKey = random.bytes(keyBytes)
    return { publicKey: this.publicKeyOf(secretKey), secretKey }
  }

  /** The public key that belongs to a secret one of 32 bytes. */
  publicKeyOf(secretKey: Uint8Array): Uint8Array {
    return this.#nacl.publicKeyOf(secretKey)
  }

  /** The mechanism of one connection, on the side that knows the other's public key. */
  client(random: Random, keys: CurveClientKeys): Mechanism {
    return new CurveClient(this.#nacl, random, keys)
  }

  /** The mechanism of one connection, on the other side. */
  server(random: Random, keys: CurveServerKeys): Mechanism {
    return new CurveServer(this.#nacl, random, keys)
  }
}
