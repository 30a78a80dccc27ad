import { ArgumentError, ClosedError, Deferred, limits } from '../base/mod.ts'
import { type Endpoint, type PeerFacts, parseEndpoint, type SocketType } from '../zmtp/mod.ts'
import { Connector } from './connector.ts'
import { DropLog } from './drop-log.ts'
import { BindError, SchemeError } from './errors.ts'
import { Inbox } from './inbox.ts'
import { Link, type LinkEnd, type TrafficEvent } from './link.ts'
import type { SocketEvent } from './monitor.ts'
import { type Settings, type SocketContext, type SocketOptions, settingsOf } from './options.ts'
import { Outbox } from './outbox.ts'
import { Pipe, type PipeOwner } from './pipe.ts'
import type { Routing } from './routing.ts'
import type { ByteStream, Listener, Transport } from './transport.ts'

/** Ends of connections that never carried anything, by the event that tells of them. */
const failures: Partial<Record<LinkEnd['kind'], 'handshake-failed' | 'refused'>> = {
  'handshake-failed': 'handshake-failed',
  abandoned: 'handshake-failed',
  refused: 'refused',
}

/** What every socket is made of, whatever its pattern: endpoints, connections, queues. */
export class SocketCore implements PipeOwner {
  readonly inbox: Inbox
  readonly outbox: Outbox
  onEvent: ((event: SocketEvent) => void) | undefined
  readonly #context: SocketContext
  readonly #socketType: SocketType
  readonly #settings: Settings
  readonly #routing: Routing
  readonly #listeners = new Map<string, Listener>()
  readonly #connectors = new Map<Pipe, Connector>()
  readonly #pipes = new Set<Pipe>()
  // Every connection that is not gone, those in their handshake and those that end included.
  readonly #links = new Set<Link>()
  // The connections that came and are in their handshake, the oldest first, with their beginning.
  readonly #handshakes = new Map<Pipe, number>()
  readonly #drops: DropLog
  #closing: Promise<void> | undefined

  constructor(
    context: SocketContext,
    socketType: SocketType,
    routing: Routing,
    options: SocketOptions,
  ) {
    this.#context = context
    this.#socketType = socketType
    this.#routing = routing
    this.#settings = settingsOf(options, context)
    const onTaken = routing.taken?.bind(routing)
    this.inbox = new Inbox(this.#settings.receiveHighWaterMark, onTaken)
    this.outbox = new Outbox(routing)
    this.#drops = new DropLog(socketType, context.clock, context.logger)
  }

  async bind(endpoint: string): Promise<string> {
    const [transport, parsed] = this.#locate(endpoint)
    const { prepare } = this.#settings
    if (prepare !== undefined) await prepare()
    // Where it really listens, once that is known.
    let actual = endpoint
    const listener = await transport
      .listen(parsed, (stream) => this.#accept(actual, stream))
      .catch((cause) => {
        throw new BindError(endpoint, cause)
      })
    actual = listener.endpoint
    if (this.#closing !== undefined) {
      await listener.close()
      throw new ClosedError('the socket was closed while it was bound')
    }
    this.#listeners.set(actual, listener)
    this.onEvent?.({ type: 'listening', endpoint: actual })
    return actual
  }

  async unbind(endpoint: string): Promise<void> {
    const listener = this.#listeners.get(endpoint)
    if (listener === undefined) throw new ArgumentError(`${endpoint} is not bound`)
    this.#listeners.delete(endpoint)
    await listener.close()
  }

  connect(endpoint: string): void {
    const [transport] = this.#locate(endpoint)
    const pipe = new Pipe(endpoint, false, this.#settings.sendHighWaterMark, this)
    const connector = new Connector({
      endpoint,
      transport,
      context: this.#context,
      settings: this.#settings,
      onStream: (stream) => this.#attach(pipe, stream),
      onEvent: (event) => this.onEvent?.(event),
    })
    this.#connectors.set(pipe, connector)
    this.#pipes.add(pipe)
    this.#routing.pipeAdded(pipe)
    connector.start()
    this.outbox.retry()
  }

  disconnect(endpoint: string): void {
    const found = [...this.#connectors].find(([pipe]) => pipe.endpoint === endpoint)
    if (found === undefined) throw new ArgumentError(`${endpoint} is not connected`)
    const [pipe, connector] = found
    connector.close()
    this.#connectors.delete(pipe)
    if (pipe.link === undefined) this.#remove(pipe)
    else pipe.link.close('closed', 'disconnected by this side')
  }

  flush(): void {
    for (const { link } of this.#pipes) link?.flush()
  }

  close(lingerMs: number): Promise<void> {
    this.#closing ??= this.#close(lingerMs)
    return this.#closing
  }

  pipeOpened(pipe: Pipe, peer: PeerFacts): string | undefined {
    this.#handshakes.delete(pipe)
    if (this.#closing !== undefined && pipe.incoming) return 'the socket is being closed'
    const refusal = this.#routing.pipeOpened(pipe, peer)
    if (refusal !== undefined) return refusal
    if (pipe.incoming) {
      this.#pipes.add(pipe)
      this.#routing.pipeAdded(pipe)
    }
    this.onEvent?.({
      type: pipe.incoming ? 'accepted' : 'connected',
      endpoint: pipe.endpoint,
      remote: pipe.link!.remote,
      peerType: peer.socketType,
      peerRoutingId: peer.routingId,
    })
    this.outbox.retry()
    return undefined
  }

  pipeReceived(pipe: Pipe, event: TrafficEvent): void {
    const routing = this.#routing
    switch (event.type) {
      case 'message': {
        const frames = routing.received(pipe, event.frames)
        if (frames !== undefined) this.inbox.deliver(pipe, frames)
        return
      }
      case 'subscribed':
      case 'cancelled': {
        const frames = routing[event.type]?.(pipe, event.topic)
        if (frames !== undefined) this.inbox.deliver(pipe, frames)
      }
    }
  }

  pipeHasRoom(): void {
    this.outbox.retry()
  }

  pipeCut(pipe: Pipe, end: LinkEnd): void {
    const { endpoint } = pipe
    const { remote } = pipe.link!
    const { kind, reason } = end
    const connector = this.#connectors.get(pipe)
    this.#handshakes.delete(pipe)
    const failure = failures[kind]
    // Who comes and goes again has done nothing wrong: a program that ended soon, for example.
    const isHarmless = kind === 'abandoned' && connector === undefined
    if ((failure !== undefined || kind === 'illegal') && !isHarmless) {
      this.#drops.report(endpoint, remote, reason)
    }
    if (failure !== undefined) {
      this.onEvent?.({ type: failure, endpoint, remote, reason })
    } else {
      const peerRoutingId = pipe.peer?.routingId ?? new Uint8Array(0)
      this.onEvent?.({ type: 'disconnected', endpoint, remote, reason, peerRoutingId })
    }
    if (connector === undefined) this.#remove(pipe)
    else connector.reconnect()
  }

  #remove(pipe: Pipe): void {
    if (!this.#pipes.delete(pipe)) return
    for (const frames of this.#routing.pipeRemoved(pipe)) this.inbox.deliver(pipe, frames)
    this.outbox.retry()
  }

  #locate(endpoint: string): [Transport, Endpoint] {
    if (this.#closing !== undefined) throw new ClosedError('the socket is closed')
    const parsed = parseEndpoint(endpoint)
    const transport = this.#context.transports.find(({ scheme }) => scheme === parsed.scheme)
    if (transport === undefined) {
      const known = this.#context.transports.map(({ scheme }) => `${scheme}://`).join(', ')
      throw new SchemeError(`'${endpoint}' has an unknown scheme; known here: ${known}`)
    }
    return [transport, parsed]
  }

  #accept(endpoint: string, stream: ByteStream): void {
    if (this.#closing !== undefined) {
      stream.destroy()
      return
    }
    if (!this.#makePlace()) {
      const reason = `${this.#handshakes.size} connections are in their handshake`
      this.#drops.report(endpoint, stream.remote, reason)
      this.onEvent?.({ type: 'refused', endpoint, remote: stream.remote, reason })
      stream.destroy()
      return
    }
    const pipe = new Pipe(endpoint, true, this.#settings.sendHighWaterMark, this)
    this.#handshakes.set(pipe, this.#context.clock.monotonicMs())
    this.#attach(pipe, stream)
  }

  /**
   * Whether one more may begin its handshake. Who connects and says nothing must not keep others
   * out, so the oldest gives way; but not at once, for it may be one of many honest ones.
   */
  #makePlace(): boolean {
    if (this.#handshakes.size < limits.handshakesMax) return true
    const nowMs = this.#context.clock.monotonicMs()
    for (const [oldest, startedMs] of this.#handshakes) {
      if (nowMs - startedMs < limits.handshakeGraceMs) return false
      oldest.link!.close('handshake-failed', 'too many are in their handshake, this one longest')
      return true
    }
    return false
  }

  #attach(pipe: Pipe, stream: ByteStream): void {
    const link = new Link({
      stream,
      clock: this.#context.clock,
      settings: this.#settings,
      socketType: this.#socketType,
      binder: pipe.incoming,
      outbound: pipe.outbound,
      skip: this.#routing.skip,
      owner: pipe,
      strangers: pipe.incoming ? this.#context.strangers : undefined,
    })
    pipe.link = link
    this.#links.add(link)
    void link.gone.then(() => this.#links.delete(link))
    link.start()
  }

  async #close(lingerMs: number): Promise<void> {
    this.outbox.close()
    this.inbox.close()
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()))
    this.#listeners.clear()
    const expired = new Deferred<void>()
    const timer = this.#context.clock.setTimer(lingerMs, () => expired.resolve())
    const idle = Promise.all([...this.#pipes].map((pipe) => pipe.whenIdle()))
    await Promise.race([idle, expired.promise])
    for (const connector of this.#connectors.values()) connector.close()
    this.#connectors.clear()
    const links = [...this.#links]
    for (const link of links) link.close('closed', 'the socket was closed')
    for (const pipe of this.#pipes) this.#remove(pipe)
    const gone = Promise.all(links.map((link) => link.gone))
    await Promise.race([gone, expired.promise])
    timer.cancel()
    for (const link of this.#links) link.destroy()
    await gone
  }
}
