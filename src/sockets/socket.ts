import type { SocketType } from '../zmtp/mod.ts'
import type { MessageHandler } from './inbox.ts'
import type { SocketEvent } from './monitor.ts'
import type { SocketContext, SocketOptions } from './options.ts'
import type { Routing } from './routing.ts'
import { SocketCore } from './socket-core.ts'

/** Milliseconds that `close` waits by default for what was sent to leave. */
const lingerMsDefault = 1_000

/**
 * What all sockets have in common: any number of bound and connected endpoints, whose connections
 * come and go by themselves.
 */
export abstract class Socket {
  protected readonly core: SocketCore

  constructor(
    context: SocketContext,
    socketType: SocketType,
    routing: Routing,
    options: SocketOptions,
  ) {
    this.core = new SocketCore(context, socketType, routing, options)
  }

  /** Hears of connections: made, lost, refused. It must not throw. */
  get onEvent(): ((event: SocketEvent) => void) | undefined {
    return this.core.onEvent
  }

  set onEvent(listener: ((event: SocketEvent) => void) | undefined) {
    this.core.onEvent = listener
  }

  /**
   * Listens, and resolves with the endpoint where: `tcp://127.0.0.1:0` takes any free port.
   * @throws {ArgumentError} when the endpoint is malformed.
   * @throws {BindError} when the address cannot be had.
   * @throws {SchemeError} when no transport knows the scheme.
   */
  bind(endpoint: string): Promise<string> {
    return this.core.bind(endpoint)
  }

  /** Stops listening; connections that came from there stay. `endpoint`: as `bind` returned it. */
  unbind(endpoint: string): Promise<void> {
    return this.core.unbind(endpoint)
  }

  /**
   * Connects as soon as somebody listens there, and again whenever the connection is lost.
   * @throws {ArgumentError} when the endpoint is malformed.
   * @throws {SchemeError} when no transport knows the scheme.
   */
  connect(endpoint: string): void {
    this.core.connect(endpoint)
  }

  /** Takes one `connect` back; what was not sent is lost. */
  disconnect(endpoint: string): void {
    this.core.disconnect(endpoint)
  }

  /**
   * Hands what was sent to the operating system now, as far as it takes it. That happens by itself
   * at the end of the turn, together with what else is sent until then.
   */
  flush(): void {
    this.core.flush()
  }

  /**
   * Ends every connection and listener, and resolves when all are gone. What was sent gets up to
   * `lingerMs` milliseconds to leave; default 1000.
   */
  close(options: { readonly lingerMs?: number } = {}): Promise<void> {
    return this.core.close(options.lingerMs ?? lingerMsDefault)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** A socket that only sends. */
export abstract class SendingSocket extends Socket {
  /**
   * Sends, or returns false at once when there is no room. The frames belong to the socket from
   * then on: they may be written to the network later, without being copied.
   * @throws {ArgumentError} for what is no message: a text, or a frame without its list.
   */
  trySend(frames: readonly Uint8Array[]): boolean {
    return this.core.outbox.trySend(frames)
  }

  /**
   * Sends, waiting for room if need be. The frames belong to the socket from then on.
   * @throws {ArgumentError} for what is no message.
   * @throws {ClosedError} when the socket is closed.
   */
  send(frames: readonly Uint8Array[]): Promise<void> {
    return this.core.outbox.send(frames)
  }
}

/** A socket that only receives. */
export abstract class ReceivingSocket extends Socket implements AsyncIterable<Uint8Array[]> {
  /**
   * Gets every message as it comes, in order, before `receive` does: the fastest way. There is no
   * back pressure in it. Small frames of one read may share memory: copy before transferring one.
   */
  get onMessage(): MessageHandler | undefined {
    return this.core.inbox.handler
  }

  set onMessage(handler: MessageHandler | undefined) {
    this.core.inbox.handler = handler
  }

  /**
   * The next message. Peers are held back while many wait.
   * @throws {ClosedError} when the socket is closed, and the signal's reason when it aborts.
   */
  receive(options: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array[]> {
    return this.core.inbox.receive(options.signal)
  }

  /** Every message until the socket is closed. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array[]> {
    return this.core.inbox.messages()
  }
}

/** A socket that sends and receives. */
export abstract class DuplexSocket extends ReceivingSocket {
  /** As `SendingSocket.trySend`. */
  trySend(frames: readonly Uint8Array[]): boolean {
    return this.core.outbox.trySend(frames)
  }

  /** As `SendingSocket.send`. */
  send(frames: readonly Uint8Array[]): Promise<void> {
    return this.core.outbox.send(frames)
  }
}
