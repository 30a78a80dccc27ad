import {
  ArgumentError,
  type Clock,
  equal,
  equalConstantTime,
  hex,
  IparallelError,
  limits,
  type Random,
  RecentTable,
  type SignerFactory,
  utf8,
} from '../base/mod.ts'
import { type Header, headerText, protocolVersion, readHeader } from './header.ts'
import { ContentError, type JsonObject } from './json.ts'
import { Message, parseObject } from './message.ts'

/** Stands between the routing frames and the signature. */
export const delimiter: Uint8Array = utf8('<IDS|MSG>')

function isDelimiter(frame: Uint8Array): boolean {
  return frame.length === delimiter.length && equal(frame, delimiter)
}

const emptyObject = utf8('{}')
const noSignature = new Uint8Array(0)

/** A message that must not be believed: a wrong or missing signature, or one seen before. */
export class SignatureError extends IparallelError {
  override readonly code = 'IPAR_SIGNATURE'
  override readonly retry = 'never'
  readonly reason: 'missing' | 'wrong' | 'replayed'
  /** The message that came a second time, if that is the reason. */
  readonly replayed: Message | undefined

  constructor(reason: 'missing' | 'wrong' | 'replayed', replayed?: Message) {
    super(
      reason === 'replayed'
        ? 'the message was received before (replay)'
        : `the message's signature is ${reason}: its sender does not have this cluster's key`,
    )
    this.reason = reason
    this.replayed = replayed
  }
}

/**
 * Whoever sends what is not signed may do so as fast as he likes, and making an error with its
 * stack takes longer than checking the signature.
 */
const unsigned = new SignatureError('missing')
const wronglySigned = new SignatureError('wrong')

export interface SessionOptions {
  /** The `key` of the connection file, as text; empty means that nothing is signed. */
  readonly key: string
  /** Default `hmac-sha256`. */
  readonly signatureScheme?: string
  readonly makeSigner: SignerFactory
  readonly clock: Clock
  readonly random: Random
  /** Default: 128 random bits. An engine's is its uuid. */
  readonly id?: string
  readonly username?: string
  /** Of the messages that it makes; default 5.3, ipyparallel's. */
  readonly protocolVersion?: string
}

export interface MessageParts {
  readonly content?: JsonObject
  readonly metadata?: JsonObject
  /** The request that this message answers, or its header frame. */
  readonly parent?: Message | Uint8Array | undefined
  readonly buffers?: readonly Uint8Array[]
  readonly idents?: readonly Uint8Array[]
}

/** A new id in Python's form: 32 hexadecimal digits with a dash after the eighth. */
export function newId(random: Random): string {
  const digits = hex(random.bytes(16))
  return `${digits.slice(0, 8)}-${digits.slice(8)}`
}

/**
 * Makes, signs, checks and parses messages with one key.
 * Source: Jupyter messaging 5.3, "The Wire Protocol"; the digest history is Python's.
 */
export class Session {
  readonly id: string
  readonly username: string
  readonly #protocolVersion: string
  readonly #clock: Clock
  readonly #sign: ((parts: readonly Uint8Array[]) => Uint8Array) | undefined
  /** The first 64 bits of the latest: two signatures that are right and agree in these are one. */
  readonly #digests = new RecentTable(limits.digestHistoryMax)
  readonly #encoder = new TextEncoder()
  #scratch = new Uint8Array(4096)
  #counter = 0
  #dateMs = -1
  #date = ''

  /** @throws {ArgumentError} for a signature scheme that is not known. */
  constructor(options: SessionOptions) {
    this.id = options.id ?? newId(options.random)
    this.username = options.username ?? 'username'
    this.#protocolVersion = options.protocolVersion ?? protocolVersion
    this.#clock = options.clock
    const scheme = options.signatureScheme ?? 'hmac-sha256'
    if (!scheme.startsWith('hmac-')) {
      throw new ArgumentError(`signature scheme '${scheme}' is not known; use 'hmac-sha256'`)
    }
    if (options.key !== '') {
      const signer = options.makeSigner(scheme, options.key)
      this.#sign = (parts) => signer.sign(parts)
    }
  }

  newHeader(msgType: string, msgId?: string): Header {
    return {
      msgId: msgId ?? `${this.id}_${this.#counter++}`,
      msgType,
      username: this.username,
      session: this.id,
      date: this.date(),
      version: this.#protocolVersion,
    }
  }

  /** Signs a new message: all frames of the wire, ready to send. */
  pack(header: Header | string, parts: MessageParts = {}): Uint8Array[] {
    const own = typeof header === 'string' ? this.newHeader(header) : header
    return this.#frames(
      parts.idents ?? [],
      this.#signed([
        headerText(own),
        parts.parent instanceof Message
          ? parts.parent.frames.header
          : (parts.parent ?? emptyObject),
        parts.metadata === undefined ? emptyObject : JSON.stringify(parts.metadata),
        parts.content === undefined ? emptyObject : JSON.stringify(parts.content),
      ]),
      parts.buffers ?? [],
    )
  }

  /** Signs a received message anew after its header or metadata was changed. */
  repack(
    message: Message,
    change: { header?: JsonObject; metadata?: JsonObject; idents?: readonly Uint8Array[] },
  ): Uint8Array[] {
    const { header, parentHeader, metadata, content } = message.frames
    return this.#frames(
      change.idents ?? message.idents,
      this.#signed([
        change.header === undefined ? header : JSON.stringify(change.header),
        parentHeader,
        change.metadata === undefined ? metadata : JSON.stringify(change.metadata),
        content,
      ]),
      message.buffers,
    )
  }

  /**
   * Checks and takes apart what was received.
   * @throws {SignatureError} when the sender does not have the key, or sends it a second time; the
   *   latter without a key, too.
   * @throws {ContentError} when the frames are not a message.
   */
  unpack(frames: readonly Uint8Array[]): Message {
    const message = this.verify(frames)
    message.checkHeader()
    return message
  }

  /**
   * As `unpack`, for those who relay and may never read: no part is parsed, so that reading one
   * may throw `ContentError` later.
   */
  verify(frames: readonly Uint8Array[]): Message {
    let at = 0
    while (at < frames.length && !isDelimiter(frames[at]!)) at++
    if (at === frames.length) throw new ContentError('no <IDS|MSG> delimiter')
    if (frames.length < at + 6) throw new ContentError('fewer than five frames after <IDS|MSG>')
    const header = frames[at + 2]!
    const parentHeader = frames[at + 3]!
    const metadata = frames[at + 4]!
    const content = frames[at + 5]!
    const message = new Message(
      frames.slice(0, at),
      { header, parentHeader, metadata, content },
      frames.slice(at + 6),
    )
    const parts = [header, parentHeader, metadata, content]
    const isNew =
      this.#sign === undefined
        ? this.#remember(...fingerprint(parts))
        : this.#isNew(frames[at + 1]!, parts)
    if (!isNew) throw new SignatureError('replayed', message)
    return message
  }

  /**
   * The session of the peer that made this message, as bytes, when that is beyond doubt: the
   * signature is right and the message was not received before. It does not count as received by this.
   */
  senderOf(frames: readonly Uint8Array[]): Uint8Array | undefined {
    const at = frames.findIndex(isDelimiter)
    const [signature, ...parts] = frames.slice(at + 1, at + 6)
    if (at < 0 || parts.length < 4) return undefined
    if (this.#sign !== undefined) {
      if (!equalConstantTime(this.#sign(parts), signature!)) return undefined
      if (this.#digests.get(hexNumber(signature!, 0), hexNumber(signature!, 8)) !== 0) {
        return undefined
      }
    }
    try {
      return utf8(readHeader(parseObject(parts[0]!, 'header')).session)
    } catch (error) {
      if (error instanceof ContentError) return undefined
      throw error
    }
  }

  /** @throws {SignatureError} when the signature is not right. */
  #isNew(signature: Uint8Array, parts: readonly Uint8Array[]): boolean {
    if (signature.length === 0) throw unsigned
    if (!equalConstantTime(this.#sign!(parts), signature)) throw wronglySigned
    return this.#remember(hexNumber(signature, 0), hexNumber(signature, 8))
  }

  /** False when it is remembered already. */
  #remember(high: number, low: number): boolean {
    if (this.#digests.get(high, low) !== 0) return false
    this.#digests.set(high, low, 1)
    return true
  }

  /** Encodes the four parts into one piece of memory, so that signing reads it in one go. */
  #signed(parts: readonly (string | Uint8Array)[]): Uint8Array[] {
    let needed = 0
    for (const part of parts) needed += typeof part === 'string' ? part.length * 3 : part.length
    if (this.#scratch.length < needed) this.#scratch = new Uint8Array(needed * 2)
    const ends: number[] = []
    let end = 0
    for (const part of parts) {
      if (typeof part === 'string') {
        end += this.#encoder.encodeInto(part, this.#scratch.subarray(end)).written
      } else {
        this.#scratch.set(part, end)
        end += part.length
      }
      ends.push(end)
    }
    const all = this.#scratch.slice(0, end)
    if (this.#scratch.length > limits.commandBytesMax) this.#scratch = new Uint8Array(4096)
    const frames = ends.map((stop, i) => all.subarray(i === 0 ? 0 : ends[i - 1]!, stop))
    return [this.#sign === undefined ? noSignature : this.#sign([all]), ...frames]
  }

  #frames(
    idents: readonly Uint8Array[],
    signed: readonly Uint8Array[],
    buffers: readonly Uint8Array[],
  ): Uint8Array[] {
    return [...idents, delimiter, ...signed, ...buffers]
  }

  /**
   * The present, as headers have it. Formatting it costs more than the rest of a header, so it is
   * done once a millisecond.
   */
  date(): string {
    const ms = Math.floor(this.#clock.now())
    if (ms !== this.#dateMs) {
      this.#dateMs = ms
      this.#date = isoDate(ms)
    }
    return this.#date
  }
}

/**
 * 64 bits of what a signature is made of, which no two messages have in common: without a key there
 * is none to know a message by that is sent once more after a connection broke. It keeps nobody
 * out. Source: the mixing of cyrb53, public domain.
 */
function fingerprint(parts: readonly Uint8Array[]): [high: number, low: number] {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      high = Math.imul(high ^ part[i]!, 0x9e3779b1)
      low = Math.imul(low ^ part[i]!, 0x5f356495)
    }
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35)
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)
  return [high >>> 0, low >>> 0]
}

/** Eight hexadecimal digits as a number. */
function hexNumber(digits: Uint8Array, from: number): number {
  let number = 0
  for (let i = from; i < from + 8; i++) {
    const digit = digits[i]!
    number = (number << 4) | (digit > 0x60 ? digit - 0x57 : digit - 0x30)
  }
  return number >>> 0
}

/** ISO 8601 with microseconds and `Z`, as Python writes it; `ms` since the epoch, may be fractional. */
export function isoDate(ms: number): string {
  const whole = Math.floor(ms)
  const micros = Math.floor((ms - whole) * 1000)
  return `${new Date(whole).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`
}
