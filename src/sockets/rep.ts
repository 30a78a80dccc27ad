import { SocketStateError } from './errors.ts'
import type { SocketContext, SocketOptions } from './options.ts'
import type { Pipe } from './pipe.ts'
import { noMessages, type Routing, type SendOutcome } from './routing.ts'
import { DuplexSocket } from './socket.ts'

interface Origin {
  readonly pipe: Pipe
  /** Everything up to the empty frame, that one included. */
  readonly envelope: readonly Uint8Array[]
}

class RepRouting implements Routing {
  readonly skip = 0
  readonly #origins = new WeakMap<Uint8Array[], Origin>()
  // Where the request came from that the program works on.
  #current: Origin | undefined

  get answering(): boolean {
    return this.#current !== undefined
  }

  pipeAdded(): void {}

  pipeOpened(): undefined {}

  pipeRemoved(): readonly Uint8Array[][] {
    return noMessages
  }

  received(pipe: Pipe, frames: Uint8Array[]): Uint8Array[] | undefined {
    const end = frames.findIndex((frame) => frame.length === 0) + 1
    if (end === 0 || end === frames.length) return undefined
    const request = frames.slice(end)
    this.#origins.set(request, { pipe, envelope: frames.slice(0, end) })
    return request
  }

  taken(request: Uint8Array[]): void {
    this.#current = this.#origins.get(request)
  }

  /** A reply that cannot be taken, or whose asker is gone, is dropped (RFC 28). */
  send(frames: readonly Uint8Array[]): SendOutcome {
    const origin = this.#current
    if (origin === undefined) return 'unreachable'
    this.#current = undefined
    origin.pipe.send([...origin.envelope, ...frames])
    return 'sent'
  }
}

/**
 * Answers requests one by one: the next is received when the one before was answered.
 * Source: RFC 28, "The REP Socket Type".
 */
export class Rep extends DuplexSocket {
  readonly #routing: RepRouting

  constructor(context: SocketContext, options: SocketOptions = {}) {
    const routing = new RepRouting()
    super(context, 'REP', routing, options)
    this.#routing = routing
  }

  /** Answers the request that was received last; false when there is none. */
  override trySend(frames: readonly Uint8Array[]): boolean {
    const sent = super.trySend(frames)
    if (sent) this.core.inbox.proceed()
    return sent
  }

  /**
   * Answers the request that was received last.
   * @throws {SocketStateError} when there is none.
   * @throws {ClosedError} when the socket is closed.
   */
  override async send(frames: readonly Uint8Array[]): Promise<void> {
    if (!this.#routing.answering) throw new SocketStateError('there is no request to answer')
    await super.send(frames)
    this.core.inbox.proceed()
  }
}
