import type { Clock, Timer } from '../base/mod.ts'
import { limits } from '../base/mod.ts'
import { Connection, type ConnectionEvent, type PeerFacts, type SocketType } from '../zmtp/mod.ts'
import type { Backlog } from './backlog.ts'
import type { Settings } from './options.ts'
import type { Stranger, Strangers } from './strangers.ts'
import type { ByteStream } from './transport.ts'

/**
 * Why a link is no more. `cut` is the network's doing, everything else somebody's decision;
 * `abandoned`: the peer left during the handshake.
 */
export interface LinkEnd {
  readonly kind:
    | 'handshake-failed'
    | 'abandoned'
    | 'refused'
    | 'illegal'
    | 'silent'
    | 'cut'
    | 'closed'
  readonly reason: string
}

export type TrafficEvent = Extract<
  ConnectionEvent,
  { readonly type: 'message' | 'subscribed' | 'cancelled' }
>

/** What a link tells its pipe. Nothing comes after `linkEnded`. */
export interface LinkOwner {
  /** The handshake is over. A string refuses the peer, for that reason. */
  linkOpened(peer: PeerFacts): string | undefined
  linkReceived(event: TrafficEvent): void
  /** Messages were handed to the stream and it takes more. */
  linkDrained(): void
  linkEnded(end: LinkEnd): void
}

export interface LinkOptions {
  readonly stream: ByteStream
  readonly clock: Clock
  readonly settings: Settings
  readonly socketType: SocketType
  /** Whether our side listened. */
  readonly binder: boolean
  /** Messages to send: taken from here as fast as the stream takes them. */
  readonly outbound: Backlog
  /** Frames at the head of each of those that are not for the wire: a ROUTER's address. */
  readonly skip: 0 | 1
  readonly owner: LinkOwner
  /** Who bounds what a peer may send that has not shown yet that it belongs here. */
  readonly strangers: Strangers | undefined
}

/** Bytes that are written at once; more would only wait in the stream instead of the queue. */
const batchBytes = 262_144

/** Messages that wait for the end of the turn, to be written together; the next one writes them. */
const eagerMessages = 64

/** Milliseconds that a stream gets to end in good order before it is destroyed. */
const endMs = 1_000

/** Milliseconds in which a peer that is asked for a sign of life must give one. */
const probeMs = 3_000

const pausedByOwner = 1
const pausedByOutput = 2

/**
 * One live connection: a stream, the protocol on it, and the timers that the protocol itself does
 * not have. It takes messages from a queue that outlives it.
 */
export class Link implements Stranger {
  readonly remote: string
  /** Settles when the stream is gone. */
  readonly gone: Promise<void>
  readonly #options: LinkOptions
  readonly #stream: ByteStream
  readonly #connection: Connection
  readonly #outbound: Backlog
  #resolveGone!: () => void
  // Messages handed to the stream since it last took everything.
  #inFlight = 0
  #blocked = false
  #flushScheduled = false
  #ended = false
  #pauses = 0
  #heard = true
  #silentMs = 0
  // Until the peer has shown that it belongs here.
  #strangers: Strangers | undefined
  #rememberedBytes = 0
  #handshakeTimer: Timer | undefined
  #heartbeatTimer: Timer | undefined
  #ttlTimer: Timer | undefined
  #endTimer: Timer | undefined
  #probeTimer: Timer | undefined

  constructor(options: LinkOptions) {
    const { stream, settings, socketType } = options
    this.#options = options
    this.#stream = stream
    this.#outbound = options.outbound
    this.#strangers = options.strangers
    this.remote = stream.remote
    this.gone = new Promise((resolve) => {
      this.#resolveGone = resolve
    })
    this.#connection = new Connection({
      socketType,
      routingId: settings.routingId,
      mechanism: settings.mechanism(options.binder),
      frameBytesMax: settings.frameBytesMax,
      minorVersion: settings.minorVersion,
    })
  }

  /** Sends the greeting. Call it once, when the owner is ready to be called back. */
  start(): void {
    const { clock, settings } = this.#options
    this.#handshakeTimer = clock.setTimer(settings.handshakeMs, () => {
      this.#end('handshake-failed', `no handshake within ${settings.handshakeMs} ms`)
    })
    this.#stream.start({
      data: (bytes) => this.#receive(bytes),
      space: () => this.#connection.space(),
      drain: () => this.#drained(),
      closed: (cause) => this.#closed(cause),
    })
    this.flush()
  }

  /** Whether messages flow: the handshake is over and nothing ended. */
  get open(): boolean {
    return this.#connection.open && !this.#ended
  }

  /** Messages that the peer's slowness keeps in the stream. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Whether everything was handed to the operating system. */
  get idle(): boolean {
    return this.#inFlight === 0 && this.#connection.outputBytes === 0
  }

  /** Something was put into the queue: it goes out at the end of this turn, or at once if it is much. */
  wake(): void {
    if (this.#outbound.size >= eagerMessages && this.open) this.flush()
    else this.#flushSoon()
  }

  /** Hands as much to the stream as it takes. */
  flush(): void {
    const connection = this.#connection
    const outbound = this.#outbound
    const { skip } = this.#options
    while (!this.#blocked && !this.#ended) {
      if (connection.open) {
        while (connection.outputBytes < batchBytes) {
          const frames = outbound.shift()
          if (frames === undefined) break
          connection.send(frames, skip)
          this.#inFlight++
        }
      }
      if (connection.outputBytes === 0) break
      this.#blocked = !this.#stream.write(connection.takeOutput())
      if (!this.#blocked) this.#inFlight = 0
    }
    if (!this.#blocked && !this.#ended) this.#options.owner.linkDrained()
  }

  subscribe(topic: Uint8Array): void {
    this.#connection.subscribe(topic)
    this.#flushSoon()
  }

  cancel(topic: Uint8Array): void {
    this.#connection.cancel(topic)
    this.#flushSoon()
  }

  /** Holds the peer back: nothing is received until `resume`. */
  pause(): void {
    this.#pause(pausedByOwner)
  }

  resume(): void {
    this.#resume(pausedByOwner)
  }

  /** Asks the peer whether it is still there, and ends when it does not answer. */
  probe(): void {
    if (this.#probeTimer !== undefined || !this.#connection.ping(0)) return
    this.#flushSoon()
    this.#heard = false
    this.#probeTimer = this.#options.clock.setTimer(probeMs, () => {
      this.#probeTimer = undefined
      if (!this.#heard && this.#pauses === 0) this.#end('silent', `no answer for ${probeMs} ms`)
    })
  }

  /** Ends in good order; the peer gets what was handed to the stream. */
  close(kind: LinkEnd['kind'], reason: string): void {
    this.#end(kind, reason)
  }

  destroy(): void {
    this.#end('closed', 'destroyed')
    this.#stream.destroy()
  }

  /** The peer takes too much: nothing of it is kept, and nothing more is read. */
  expel(reason: string): void {
    this.#end('illegal', reason)
    this.#stream.destroy()
  }

  /** Bytes that the socket remembers for the peer's sake. */
  remembers(bytes: number): void {
    this.#rememberedBytes = bytes
    this.#weigh()
  }

  #receive(bytes: Uint8Array): void {
    if (this.#ended) return
    this.#heard = true
    this.#ttlTimer?.cancel()
    for (const event of this.#connection.receive(bytes)) {
      this.#handle(event)
      if (this.#ended) return
    }
    this.#weigh()
    if (this.#ended) return
    const { outputBytes } = this.#connection
    if (outputBytes === 0) return
    // A peer that asks much and reads nothing is not asked on.
    if (this.#blocked && outputBytes > limits.commandBytesMax) this.#pause(pausedByOutput)
    this.#flushSoon()
  }

  #handle(event: ConnectionEvent): void {
    switch (event.type) {
      case 'message':
        if (this.#strangers?.admits(event.frames)) this.#admit()
        this.#options.owner.linkReceived(event)
        return
      case 'subscribed':
      case 'cancelled':
        this.#options.owner.linkReceived(event)
        return
      case 'handshake-completed':
        this.#opened(event.peer)
        return
      case 'ping-received':
        if (event.ttlMs > 0) this.#expectTrafficWithin(event.ttlMs)
        return
      case 'pong-received':
        return
      case 'failed':
        this.#end(this.#handshakeTimer ? 'handshake-failed' : 'illegal', event.reason)
    }
  }

  #opened(peer: PeerFacts): void {
    this.#handshakeTimer?.cancel()
    this.#handshakeTimer = undefined
    if (this.#strangers?.knows(peer.routingId)) this.#admit()
    const refusal = this.#options.owner.linkOpened(peer)
    if (this.#ended) return
    if (refusal !== undefined) {
      this.#end('refused', refusal)
      return
    }
    if (this.#options.settings.heartbeat !== undefined && peer.minorVersion > 0) this.#beat()
    this.#flushSoon()
  }

  #weigh(): void {
    this.#strangers?.holds(this, this.#connection.heldBytes + this.#rememberedBytes)
  }

  #admit(): void {
    this.#strangers?.forget(this)
    this.#strangers = undefined
  }

  /**
   * Silence is counted in beats, not read from a clock: after the process itself stood still, what
   * arrived meanwhile is heard before the next beat.
   */
  #beat(): void {
    const { intervalMs, timeoutMs } = this.#options.settings.heartbeat!
    const stepMs = Math.min(intervalMs, timeoutMs)
    this.#heartbeatTimer = this.#options.clock.setTimer(stepMs, () => {
      this.#silentMs = this.#heard || this.#pauses !== 0 ? 0 : this.#silentMs + stepMs
      if (this.#silentMs >= timeoutMs) {
        this.#end('silent', `heard nothing for ${this.#silentMs} ms`)
        return
      }
      this.#heard = false
      this.#connection.ping(timeoutMs)
      this.#flushSoon()
      this.#beat()
    })
  }

  #expectTrafficWithin(ttlMs: number): void {
    const { clock } = this.#options
    // One read may bring several PINGs.
    this.#ttlTimer?.cancel()
    // The second timer lets a process that stood still read what arrived meanwhile.
    this.#ttlTimer = clock.setTimer(ttlMs, () => {
      this.#ttlTimer = clock.setTimer(1, () => {
        if (this.#pauses === 0) this.#end('silent', `heard nothing for the peer's ${ttlMs} ms`)
      })
    })
  }

  #flushSoon(): void {
    if (this.#flushScheduled || this.#blocked) return
    this.#flushScheduled = true
    this.#options.clock.afterTurn(() => {
      this.#flushScheduled = false
      this.flush()
    })
  }

  #drained(): void {
    this.#blocked = false
    this.#inFlight = 0
    this.#resume(pausedByOutput)
    this.flush()
  }

  #pause(reason: number): void {
    if (this.#pauses === 0) this.#stream.pause()
    this.#pauses |= reason
  }

  #resume(reason: number): void {
    const before = this.#pauses
    this.#pauses &= ~reason
    if (before !== 0 && this.#pauses === 0) this.#stream.resume()
  }

  #end(kind: LinkEnd['kind'], reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#admit()
    this.#handshakeTimer?.cancel()
    this.#heartbeatTimer?.cancel()
    this.#ttlTimer?.cancel()
    this.#probeTimer?.cancel()
    const rest = this.#connection.takeOutput()
    if (rest.length > 0) this.#stream.write(rest)
    // What still comes is thrown away, but the end of the stream must be seen.
    this.#resume(pausedByOwner | pausedByOutput)
    this.#stream.end()
    this.#endTimer = this.#options.clock.setTimer(endMs, () => this.#stream.destroy())
    this.#options.owner.linkEnded({ kind, reason })
  }

  #closed(cause: Error | undefined): void {
    const { whenCut } = this.#connection
    const what = cause?.message ?? 'the peer closed the connection'
    const reason = whenCut === undefined ? what : `${what}: ${whenCut}`
    this.#end(this.#handshakeTimer ? 'abandoned' : 'cut', reason)
    this.#endTimer?.cancel()
    this.#resolveGone()
  }
}
