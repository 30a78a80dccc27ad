import { ArgumentError, type Random } from '../base/mod.ts'
import {
  type Curve,
  type CurveClientKeys,
  type CurveKeyPair,
  type CurveServerKeys,
  decodeZ85,
  encodeZ85,
  loadCurve,
  type MechanismFactory,
} from '../zmtp/mod.ts'

/** 40 characters of Z85, as in libzmq and in connection files, or the 32 bytes that they stand for. */
export type CurveKey = string | Uint8Array

/** For the sockets of one side, usually those that bind: one key pair, known to all others. */
export interface CurveServerOptions {
  readonly server: true
  readonly secretKey: CurveKey
  /** Only compared with the one that belongs to the secret key. */
  readonly publicKey?: CurveKey
  /**
   * Says whether a client with this public key, in Z85, may come in. Default: every client that
   * knows the server's key may.
   */
  readonly authorize?: (clientKey: string) => boolean
}

/** For the sockets of the other side. */
export interface CurveClientOptions {
  readonly server?: false
  /** The public key of the server. Whoever has its secret key is believed to be the server. */
  readonly serverKey: CurveKey
  /** This side's own pair: both or none. Default: a new one for this socket. */
  readonly publicKey?: CurveKey
  readonly secretKey?: CurveKey
}

/** Encrypts all connections of a socket with CURVE. Source: RFC 25 and 26. */
export type CurveOptions = CurveServerOptions | CurveClientOptions

/** A side's own keys in Z85; the public one is only compared with the one of the secret one. */
export interface OwnCurveKeys {
  readonly secretKey: string
  readonly publicKey?: string
}

/** A key pair in Z85. */
export interface CurveKeyTexts {
  readonly publicKey: string
  readonly secretKey: string
}

/**
 * The same context, whose sockets encrypt what they send to the server with this key; as it is
 * when there is no key.
 */
export function encryptedFor<Context extends object>(
  context: Context,
  serverKey: string | null | undefined,
  own?: OwnCurveKeys,
): Context & { readonly curve?: CurveOptions } {
  return serverKey ? { ...context, curve: { serverKey, ...own } } : context
}

/** A new key pair. */
export async function makeCurveKeyPair(random: Random): Promise<CurveKeyTexts> {
  const { publicKey, secretKey } = (await loadCurve()).keyPair(random)
  return { publicKey: encodeZ85(publicKey), secretKey: encodeZ85(secretKey) }
}

/**
 * The public key that belongs to a secret one, in Z85.
 * @throws {ArgumentError} when that is no key.
 */
export async function curvePublicKey(secretKey: CurveKey): Promise<string> {
  const bytes = readKey('secretKey', secretKey)
  return encodeZ85((await loadCurve()).publicKeyOf(bytes))
}

/** How the connections of a socket are encrypted. */
export interface Security {
  readonly mechanism: MechanismFactory
  /** To be awaited before `mechanism` is called: loads what that needs. */
  readonly prepare: () => Promise<void>
}

/** @throws {ArgumentError} for a key that is none. */
export function curveSecurity(options: CurveOptions, random: Random): Security {
  const makeFactory = options.server
    ? serverFactory(options, random)
    : clientFactory(options, random)
  let factory: MechanismFactory | undefined
  return {
    mechanism: (binder) => factory!(binder),
    prepare: async () => {
      factory ??= makeFactory(await loadCurve())
    },
  }
}

function serverFactory(options: CurveServerOptions, random: Random) {
  const secretKey = readKey('secretKey', options.secretKey)
  const given = optionalKey('publicKey', options.publicKey)
  const { authorize } = options
  return (curve: Curve): MechanismFactory => {
    const keys: CurveServerKeys = {
      ...pairOf(curve, secretKey, given),
      ...(authorize && { authorize: (key: Uint8Array) => allows(authorize, encodeZ85(key)) }),
    }
    return () => curve.server(random, keys)
  }
}

/** An error in the program lets nobody in, and is the program's to hear of. */
function allows(authorize: (clientKey: string) => boolean, key: string): boolean {
  try {
    return authorize(key)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
    return false
  }
}

function clientFactory(options: CurveClientOptions, random: Random) {
  const serverKey = readKey('serverKey', options.serverKey)
  const secretKey = optionalKey('secretKey', options.secretKey)
  const given = optionalKey('publicKey', options.publicKey)
  if (given !== undefined && secretKey === undefined) {
    throw new ArgumentError('curve: a publicKey needs the secretKey that belongs to it')
  }
  return (curve: Curve): MechanismFactory => {
    const pair = secretKey ? pairOf(curve, secretKey, given) : curve.keyPair(random)
    const keys: CurveClientKeys = { ...pair, serverKey }
    return () => curve.client(random, keys)
  }
}

function pairOf(curve: Curve, secretKey: Uint8Array, given: Uint8Array | undefined): CurveKeyPair {
  const publicKey = curve.publicKeyOf(secretKey)
  if (given !== undefined && encodeZ85(given) !== encodeZ85(publicKey)) {
    throw new ArgumentError(
      `curve: the publicKey ${encodeZ85(given)} does not belong to the secretKey, whose own is ` +
        `${encodeZ85(publicKey)}; give the right one, or only the secretKey`,
    )
  }
  return { publicKey, secretKey }
}

function optionalKey(name: string, key: CurveKey | undefined): Uint8Array | undefined {
  return key === undefined ? undefined : readKey(name, key)
}

/** A copy: the caller may do with its bytes what it likes. */
function readKey(name: string, key: CurveKey): Uint8Array {
  const bytes = typeof key === 'string' ? decodeZ85(key) : new Uint8Array(key)
  if (bytes?.length === 32) return bytes
  const what = typeof key === 'string' ? `${key.length} characters` : `${key.length} bytes`
  throw new ArgumentError(
    `curve: ${name} has ${what} and is no key: one is 40 characters of Z85, or 32 bytes; ` +
      'curveKeyPair() of iparallel/zmq makes some',
  )
}
