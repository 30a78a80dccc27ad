import { SocketStateError } from './errors.ts'
import type { SocketContext, SocketOptions } from './options.ts'
import { checkMessage } from './outbox.ts'
import type { Pipe } from './pipe.ts'
import { RoundRobin } from './round-robin.ts'
import { noMessages, type Routing, type SendOutcome } from './routing.ts'
import { DuplexSocket } from './socket.ts'

/** How a REQ socket behaves, beside what every socket can be told. */
export interface ReqOptions extends SocketOptions {
  /**
   * A new request may be sent before the answer to the last one came; that answer is then dropped.
   * Requests carry a number for it (libzmq's ZMQ_REQ_RELAXED and ZMQ_REQ_CORRELATE). Default false.
   */
  readonly relaxed?: boolean
}

const delimiter = new Uint8Array(0)

class ReqRouting implements Routing {
  readonly skip = 0
  /** From the request until the program has taken the answer. */
  waiting = false
  readonly #relaxed: boolean
  readonly #peers = new RoundRobin()
  #asked: Pipe | undefined
  #number = 0

  constructor(relaxed: boolean) {
    this.#relaxed = relaxed
  }

  pipeAdded(pipe: Pipe): void {
    this.#peers.add(pipe)
  }

  pipeOpened(): undefined {}

  pipeRemoved(pipe: Pipe): readonly Uint8Array[][] {
    this.#peers.remove(pipe)
    return noMessages
  }

  /** Only the answer to the last request, from the peer that got it. */
  received(pipe: Pipe, frames: Uint8Array[]): Uint8Array[] | undefined {
    if (pipe !== this.#asked) return undefined
    const expected = this.#envelope()
    const proper =
      frames.length > expected.length && expected.every((frame, i) => same(frame, frames[i]!))
    if (!proper) return undefined
    this.#asked = undefined
    return frames.slice(expected.length)
  }

  taken(): void {
    this.waiting = false
  }

  send(frames: readonly Uint8Array[]): SendOutcome {
    this.#number = (this.#number + 1) >>> 0
    const pipe = this.#peers.send([...this.#envelope(), ...frames])
    if (pipe === undefined) return 'full'
    this.#asked = pipe
    return 'sent'
  }

  #envelope(): Uint8Array[] {
    if (!this.#relaxed) return [delimiter]
    const number = new Uint8Array(4)
    new DataView(number.buffer).setUint32(0, this.#number)
    return [number, delimiter]
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/**
 * Asks one of its peers at a time and waits for the answer. Source: RFC 28, "The REQ Socket Type".
 */
export class Req extends DuplexSocket {
  readonly #relaxed: boolean
  readonly #routing: ReqRouting

  constructor(context: SocketContext, options: ReqOptions = {}) {
    const relaxed = options.relaxed ?? false
    const routing = new ReqRouting(relaxed)
    super(context, 'REQ', routing, options)
    this.#relaxed = relaxed
    this.#routing = routing
  }

  /** Asks; false when there is no room, or no answer to the last request yet (unless `relaxed`). */
  override trySend(frames: readonly Uint8Array[]): boolean {
    if (!this.#begin(frames)) return false
    const sent = super.trySend(frames)
    if (!sent) this.#routing.waiting = false
    return sent
  }

  /**
   * Asks, waiting for a peer with room if need be.
   * @throws {SocketStateError} when the last request has no answer yet, unless `relaxed`.
   * @throws {ClosedError} when the socket is closed.
   */
  override async send(frames: readonly Uint8Array[]): Promise<void> {
    if (!this.#begin(frames))
      throw new SocketStateError('the last request has not been answered yet')
    await super.send(frames)
  }

  /** Asks and waits for the answer. `signal` gives up, as in `receive`. */
  async request(
    frames: readonly Uint8Array[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Uint8Array[]> {
    await this.send(frames)
    return this.receive(options)
  }

  #begin(frames: readonly Uint8Array[]): boolean {
    checkMessage(frames)
    if (this.#routing.waiting && !this.#relaxed) return false
    this.#routing.waiting = true
    // An answer that nobody took belongs to an older request.
    this.core.inbox.clear()
    this.core.inbox.proceed()
    return true
  }
}
