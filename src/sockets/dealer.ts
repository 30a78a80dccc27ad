import type { SocketContext, SocketOptions } from './options.ts'
import type { Pipe } from './pipe.ts'
import { RoundRobin } from './round-robin.ts'
import { noMessages, type Routing, type SendOutcome } from './routing.ts'
import { DuplexSocket } from './socket.ts'

/** To each peer in turn, from all: DEALER, and the sending half of PUSH. */
export class DealerRouting implements Routing {
  readonly skip = 0
  readonly #peers = new RoundRobin()

  pipeAdded(pipe: Pipe): void {
    this.#peers.add(pipe)
  }

  pipeOpened(): undefined {}

  pipeRemoved(pipe: Pipe): readonly Uint8Array[][] {
    this.#peers.remove(pipe)
    return noMessages
  }

  received(_: Pipe, frames: Uint8Array[]): Uint8Array[] | undefined {
    return frames
  }

  /** `full` also when there is no peer: one may come. */
  send(frames: readonly Uint8Array[]): SendOutcome {
    return this.#peers.send(frames) === undefined ? 'full' : 'sent'
  }
}

/**
 * Sends to its peers in turn and receives from all of them. Messages for an endpoint that is not
 * connected yet, or not any more, wait for it. Source: RFC 28, "The DEALER Socket Type".
 */
export class Dealer extends DuplexSocket {
  constructor(context: SocketContext, options: SocketOptions = {}) {
    super(context, 'DEALER', new DealerRouting(), options)
  }
}
