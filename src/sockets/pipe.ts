import { Deferred, Queue } from '../base/mod.ts'
import type { PeerFacts } from '../zmtp/mod.ts'
import { Backlog } from './backlog.ts'
import type { Link, LinkEnd, LinkOwner, TrafficEvent } from './link.ts'

/** What a pipe tells its socket. */
export interface PipeOwner {
  pipeOpened(pipe: Pipe, peer: PeerFacts): string | undefined
  pipeReceived(pipe: Pipe, event: TrafficEvent): void
  /** The pipe takes messages again after `send` returned false. */
  pipeHasRoom(pipe: Pipe): void
  /** Its link is gone; an outgoing pipe waits for the next one. */
  pipeCut(pipe: Pipe, end: LinkEnd): void
}

/**
 * The two queues between a socket and one peer. The pipe of `connect` outlives its connections,
 * as in libzmq: what is sent while there is none goes out over the next.
 */
export class Pipe implements LinkOwner {
  readonly endpoint: string
  /** Whether the peer came to us; such a pipe ends with its connection. */
  readonly incoming: boolean
  readonly outbound: Backlog = new Backlog()
  /** Messages received and not yet asked for. */
  readonly inbound: Queue<Uint8Array[]> = new Queue()
  /** What the peer said in its last handshake. */
  peer: PeerFacts | undefined
  /** How a ROUTER calls the peer. */
  routingId: Uint8Array | undefined
  readonly #owner: PipeOwner
  readonly #mark: number
  #link: Link | undefined
  #refusedSend = false
  #idle: Deferred<void> | undefined

  constructor(endpoint: string, incoming: boolean, mark: number, owner: PipeOwner) {
    this.endpoint = endpoint
    this.incoming = incoming
    this.#mark = mark
    this.#owner = owner
  }

  /** The connection of the moment, in its handshake or open. */
  get link(): Link | undefined {
    return this.#link
  }

  set link(link: Link) {
    this.#link = link
  }

  /** Resolves when everything sent was handed to the operating system, or cannot be any more. */
  async whenIdle(): Promise<void> {
    if (this.outbound.size === 0 && (this.#link?.idle ?? true)) return
    this.#idle ??= new Deferred()
    await this.#idle.promise
  }

  /** Queues a message, which must not be written to again; false at the high-water mark. */
  send(frames: readonly Uint8Array[]): boolean {
    const link = this.#link
    if (this.#waiting() >= this.#mark) {
      // What only waits for the end of this turn does not count.
      link?.flush()
      if (this.#waiting() >= this.#mark) {
        this.#refusedSend = true
        return false
      }
    }
    this.outbound.push(frames)
    link?.wake()
    return true
  }

  subscribe(topic: Uint8Array): void {
    if (this.#link?.open) this.#link.subscribe(topic)
  }

  cancel(topic: Uint8Array): void {
    if (this.#link?.open) this.#link.cancel(topic)
  }

  linkOpened(peer: PeerFacts): string | undefined {
    this.peer = peer
    return this.#owner.pipeOpened(this, peer)
  }

  linkReceived(event: TrafficEvent): void {
    this.#owner.pipeReceived(this, event)
  }

  linkDrained(): void {
    if (this.outbound.size === 0) this.#idle?.resolve()
    if (!this.#refusedSend || this.outbound.size > this.#mark / 2) return
    this.#refusedSend = false
    this.#owner.pipeHasRoom(this)
  }

  linkEnded(end: LinkEnd): void {
    this.#owner.pipeCut(this, end)
    this.#link = undefined
    if (this.incoming || this.outbound.size === 0) this.#idle?.resolve()
  }

  #waiting(): number {
    return this.outbound.size + (this.#link?.inFlight ?? 0)
  }
}
