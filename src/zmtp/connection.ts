import { concat, limits, text, utf8 } from '../base/mod.ts'
import {
  decodeCommand,
  decodeErrorReason,
  decodePing,
  encodeCommand,
  encodeError,
  encodePing,
} from './command.ts'
import { frameFlags } from './frame.ts'
import { FrameParser } from './frame-parser.ts'
import { FrameWriter } from './frame-writer.ts'
import {
  decodeGreeting,
  encodeGreeting,
  type Greeting,
  greetingBytes,
  greetingFault,
} from './greeting.ts'
import type { Mechanism } from './mechanism/mechanism.ts'
import { encodeMetadata, type Metadata } from './metadata.ts'
import { isSocketType, mayTalk, type SocketType } from './socket-type.ts'

/** How this side of a connection introduces itself, and what it takes from the other. */
export interface ConnectionOptions {
  readonly socketType: SocketType
  /** Told to the peer by REQ, DEALER and ROUTER only; 0 to 255 bytes. Default empty. */
  readonly routingId?: Uint8Array
  readonly mechanism: Mechanism
  /** Largest frame, and largest sum of a message's frames, in bytes; default `limits.frameBytesMax`. */
  readonly frameBytesMax?: number
  /** 0 speaks ZMTP 3.0, which has no PING and subscribes by messages. Default 1. */
  readonly minorVersion?: 0 | 1
}

/** What the handshake told about the other side. */
export interface PeerFacts {
  readonly socketType: SocketType
  /** Empty when the peer did not name itself. */
  readonly routingId: Uint8Array
  /** The minor version that both sides speak. */
  readonly minorVersion: number
  readonly metadata: Metadata
}

/** What the peer's bytes mean. Nothing comes after `failed`. */
export type ConnectionEvent =
  | { readonly type: 'handshake-completed'; readonly peer: PeerFacts }
  | { readonly type: 'message'; readonly frames: Uint8Array[] }
  | { readonly type: 'subscribed'; readonly topic: Uint8Array }
  | { readonly type: 'cancelled'; readonly topic: Uint8Array }
  /** It was answered; `ttlMs` is how long the peer may now be silent, 0 meaning for ever. */
  | { readonly type: 'ping-received'; readonly ttlMs: number }
  | { readonly type: 'pong-received' }
  /** Write `takeOutput()`, which may hold an ERROR for the peer, then close the stream. */
  | { readonly type: 'failed'; readonly reason: string }

type State = 'greeting' | 'handshake' | 'open' | 'failed'
type Input = 'greeting' | 'handshake-command' | 'ready' | 'command' | 'message'

/** Every legal move; an input that is not listed for a state closes the connection. */
const next: Record<State, Partial<Record<Input, State>>> = {
  greeting: { greeting: 'handshake' },
  handshake: { 'handshake-command': 'handshake', ready: 'open' },
  open: { command: 'open', message: 'open' },
  failed: {},
}

const empty = new Uint8Array(0)
const routedTypes: readonly SocketType[] = ['REQ', 'DEALER', 'ROUTER']
const routingIdBytesMax = 255

/**
 * One ZMTP 3.1 connection without its socket: bytes in, events out, and bytes to write.
 * It holds no timer: the owner closes a handshake that takes too long and asks for pings.
 * Source: RFC 37; RFC 23 for peers of minor version 0.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #mechanism: Mechanism
  readonly #parser: FrameParser
  readonly #writer = new FrameWriter()
  readonly #messageBytesMax: number
  readonly #minorVersion: 0 | 1
  readonly #publishes: boolean
  #state: State = 'greeting'
  #greeting: Uint8Array = empty
  #peerMinor = 0
  // The frames of a message whose last frame has not come.
  #frames: Uint8Array[] = []
  #frameBytes = 0
  #events: ConnectionEvent[] = []

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#mechanism = options.mechanism
    this.#messageBytesMax = options.frameBytesMax ?? limits.frameBytesMax
    this.#minorVersion = options.minorVersion ?? 1
    this.#publishes = options.socketType === 'PUB' || options.socketType === 'XPUB'
    // Until the handshake is over, a peer gets no more memory than a command needs.
    const max = limits.handshakeCommandBytesMax
    this.#parser = new FrameParser({ messageBytesMax: max, commandBytesMax: max })
    const { name, asServer } = this.#mechanism
    this.#writer.raw(
      encodeGreeting({ major: 3, minor: this.#minorVersion, mechanism: name, asServer }),
    )
  }

  /** Whether messages may be sent. */
  get open(): boolean {
    return this.#state === 'open'
  }

  /** What it usually means when the peer closes the connection now; for messages to people. */
  get whenCut(): string | undefined {
    return this.#state === 'handshake' ? this.#mechanism.whenCut : undefined
  }

  /** Bytes that `takeOutput` would return. */
  get outputBytes(): number {
    return this.#writer.bytes
  }

  /** Bytes of memory that a message takes which has not come to its end. */
  get heldBytes(): number {
    const overhead = this.#frames.length * limits.frameOverheadBytes
    return this.#frameBytes + overhead + this.#parser.gathered
  }

  /**
   * What `bytes` mean. They may be kept as views in the events, so the caller must not write to
   * them again.
   */
  receive(bytes: Uint8Array): ConnectionEvent[] {
    const events: ConnectionEvent[] = []
    this.#events = events
    let rest: Uint8Array | undefined = bytes
    if (this.#state === 'greeting') rest = this.#receiveGreeting(bytes)
    if (rest !== undefined && this.#state !== 'failed') {
      this.#parser.push(rest)
      this.#receiveFrames()
    }
    return events
  }

  /**
   * Where the next bytes belong when they are the middle of a large frame: who reads them to there
   * and passes that very piece of memory to `receive` saves a copy.
   */
  space(): Uint8Array | undefined {
    return this.#parser.space()
  }

  /** Bytes to write now, in order. Large frames are passed on without being copied. */
  takeOutput(): Uint8Array[] {
    return this.#writer.take()
  }

  /**
   * Queues the message that `frames` are from the index `first` on. The connection must be open
   * and the frames must not be written to again.
   */
  send(frames: readonly Uint8Array[], first: number = 0): void {
    const last = frames.length - 1
    for (let i = first; i <= last; i++) {
      this.#write(i < last ? frameFlags.more : 0, frames[i]!)
    }
  }

  /** Asks the peer for messages that begin with `topic`. */
  subscribe(topic: Uint8Array): void {
    this.#subscription('SUBSCRIBE', 1, topic)
  }

  /** Takes one `subscribe` of the same topic back. */
  cancel(topic: Uint8Array): void {
    this.#subscription('CANCEL', 0, topic)
  }

  /**
   * Asks for a sign of life; `ttlMs` as in `encodePing`. Returns whether it did: a peer of version
   * 3.0 cannot be asked.
   */
  ping(ttlMs: number): boolean {
    if (this.#peerMinor === 0) return false
    this.#write(frameFlags.command, encodePing(ttlMs, empty))
    return true
  }

  #subscription(name: 'SUBSCRIBE' | 'CANCEL', first: 0 | 1, topic: Uint8Array): void {
    if (this.#peerMinor > 0) this.#write(frameFlags.command, encodeCommand(name, topic))
    else this.#write(0, concat([Uint8Array.of(first), topic]))
  }

  #write(flags: number, body: Uint8Array): void {
    if (this.#mechanism.seal === undefined) this.#writer.frame(flags, body)
    else this.#writer.frame(0, this.#mechanism.seal(flags, body))
  }

  /** Makes the move for `input`, or fails with `reason`. */
  #move(input: Input, reason: string): boolean {
    const state = next[this.#state][input]
    if (state === undefined) return this.#fail(reason)
    this.#state = state
    return true
  }

  /** Returns false, as every step does that ends the connection. */
  #fail(reason: string): false {
    this.#state = 'failed'
    this.#frames = []
    this.#events.push({ type: 'failed', reason })
    return false
  }

  /** Returns what follows the greeting, or `undefined` when it is not complete. */
  #receiveGreeting(bytes: Uint8Array): Uint8Array | undefined {
    const missing = greetingBytes - this.#greeting.length
    this.#greeting = concat([this.#greeting, bytes.subarray(0, missing)])
    const fault = greetingFault(this.#greeting)
    if (fault !== undefined) this.#fail(fault)
    if (fault !== undefined || bytes.length < missing) return undefined
    const peer = decodeGreeting(this.#greeting)
    this.#greeting = empty
    const mechanism = this.#mechanism
    const conflict = mechanismConflict(mechanism, peer)
    if (conflict !== undefined) {
      this.#fail(conflict)
      return undefined
    }
    this.#peerMinor = peer.major > 3 ? this.#minorVersion : Math.min(peer.minor, this.#minorVersion)
    this.#move('greeting', '')
    const first = mechanism.start(this.#properties())
    if (first !== undefined) this.#writer.frame(frameFlags.command, first)
    return bytes.subarray(missing)
  }

  #properties(): Uint8Array {
    const { socketType, routingId } = this.#options
    const properties: [string, Uint8Array][] = [['Socket-Type', utf8(socketType)]]
    if (routedTypes.includes(socketType)) properties.push(['Identity', routingId ?? empty])
    return encodeMetadata(properties)
  }

  #receiveFrames(): void {
    const parser = this.#parser
    const mechanism = this.#mechanism
    while (parser.next()) {
      let flags = parser.flags
      let body = parser.body
      if (this.#state === 'open' && mechanism.open !== undefined) {
        const opened = mechanism.open(body)
        if (typeof opened === 'string') {
          this.#fail(opened)
          return
        }
        flags = opened.flags
        body = opened.body
      }
      const legal =
        (flags & frameFlags.command) === 0
          ? this.#receiveFrame(flags, body)
          : this.#receiveCommand(body)
      if (!legal) return
    }
    if (parser.fault !== undefined) this.#fail(parser.fault)
  }

  #receiveFrame(flags: number, body: Uint8Array): boolean {
    // Asked for every frame, so without the string that a failure would need.
    if (next[this.#state].message === undefined) {
      return this.#fail('a message before the end of the handshake')
    }
    const frames = this.#frames
    frames.push(body)
    this.#frameBytes += body.length
    if (frames.length > limits.framesPerMessageMax || this.#frameBytes > this.#messageBytesMax) {
      return this.#fail(`a message of ${frames.length} frames, ${this.#frameBytes} bytes so far`)
    }
    if ((flags & frameFlags.more) !== 0) return true
    this.#frames = []
    this.#frameBytes = 0
    if (this.#publishes && frames.length === 1 && this.#receiveSubscription(body)) return true
    this.#events.push({ type: 'message', frames })
    return true
  }

  /** A subscription as ZMTP 3.0 writes it: a message whose first byte is 1 or 0. */
  #receiveSubscription(body: Uint8Array): boolean {
    if (body.length === 0 || body[0]! > 1) return false
    const type = body[0] === 1 ? 'subscribed' : 'cancelled'
    this.#events.push({ type, topic: body.slice(1) })
    return true
  }

  #receiveCommand(body: Uint8Array): boolean {
    if (this.#state === 'handshake') return this.#receiveHandshake(body)
    if (!this.#move('command', 'a command that does not belong here')) return false
    if (body.length > limits.commandBytesMax) {
      return this.#fail(`a command of ${body.length} bytes; the bound is ${limits.commandBytesMax}`)
    }
    const command = decodeCommand(body)
    if (command === undefined) return this.#fail('a command without a name')
    const { name, data } = command
    switch (name) {
      case 'PING': {
        const ping = decodePing(data)
        if (ping === undefined) return this.#fail('a PING without its time to live')
        this.#write(frameFlags.command, encodeCommand('PONG', ping.context))
        this.#events.push({ type: 'ping-received', ttlMs: ping.ttlMs })
        return true
      }
      case 'PONG':
        this.#events.push({ type: 'pong-received' })
        return true
      case 'SUBSCRIBE':
      case 'CANCEL': {
        if (!this.#publishes) return this.#fail(`${name} sent to a ${this.#options.socketType}`)
        const type = name === 'SUBSCRIBE' ? 'subscribed' : 'cancelled'
        this.#events.push({ type, topic: data.slice() })
        return true
      }
      case 'ERROR':
        return this.#fail(`the peer gave up: ${decodeErrorReason(data)}`)
      case 'READY':
        return this.#fail('READY after the end of the handshake')
      default:
        // A command of a version or an extension that we do not know.
        return true
    }
  }

  #receiveHandshake(body: Uint8Array): boolean {
    const step = this.#mechanism.receive(body)
    if (step.type !== 'ready') {
      if (step.send !== undefined) this.#writer.frame(frameFlags.command, step.send)
      return step.type === 'failed' ? this.#fail(step.reason) : this.#move('handshake-command', '')
    }
    const socketType = text(step.metadata.get('socket-type') ?? empty)
    const routingId = step.metadata.get('identity') ?? empty
    const { socketType: own } = this.#options
    if (!isSocketType(socketType) || !mayTalk(own, socketType)) {
      const shown = isSocketType(socketType) ? socketType : 'socket of unknown type'
      return this.#refuse(`a ${shown} cannot talk to a ${own}`)
    }
    if (routingId.length > routingIdBytesMax || routingId[0] === 0) {
      return this.#refuse('a routing id has 1 to 255 bytes and does not begin with zero')
    }
    // Only now: a peer that is refused hears ERROR instead.
    if (step.send !== undefined) this.#writer.frame(frameFlags.command, step.send)
    this.#move('ready', '')
    this.#parser.bounds = {
      messageBytesMax: this.#messageBytesMax + (this.#mechanism.sealBytes ?? 0),
      commandBytesMax: limits.commandBytesMax,
    }
    const minorVersion = this.#peerMinor
    const peer = { socketType, routingId, minorVersion, metadata: step.metadata }
    this.#events.push({ type: 'handshake-completed', peer })
    return true
  }

  #refuse(reason: string): false {
    // The server of an encrypted connection takes nothing in the clear any more.
    const { seal, asServer } = this.#mechanism
    if (seal === undefined || asServer) {
      this.#writer.frame(frameFlags.command, encodeError(reason))
    }
    return this.#fail(reason)
  }
}

/** Why two sides cannot come to terms, and what to do about it. */
function mechanismConflict(own: Mechanism, peer: Greeting): string | undefined {
  if (peer.mechanism === own.name) {
    return own.name === 'CURVE' && own.asServer && peer.asServer
      ? 'both sides are CURVE servers: one of them needs the public key of the other instead'
      : undefined
  }
  const shown = peer.mechanism.replace(/[^\x20-\x7e]/g, '?')
  const conflict = `the peer's security mechanism is '${shown}', ours ${own.name}`
  if (own.name === 'CURVE') return `${conflict}: the peer has no CURVE key, and needs one`
  if (shown === 'CURVE') return `${conflict}: this side has no CURVE key, and needs one`
  return conflict
}
