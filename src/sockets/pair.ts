import type { SocketContext, SocketOptions } from './options.ts'
import type { Pipe } from './pipe.ts'
import { noMessages, type Routing, type SendOutcome } from './routing.ts'
import { DuplexSocket } from './socket.ts'

class PairRouting implements Routing {
  readonly skip = 0
  #peer: Pipe | undefined

  pipeAdded(pipe: Pipe): void {
    this.#peer ??= pipe
  }

  pipeOpened(pipe: Pipe): string | undefined {
    const free = this.#peer === undefined || this.#peer === pipe
    return free ? undefined : 'a PAIR has one peer, and it is there'
  }

  pipeRemoved(pipe: Pipe): readonly Uint8Array[][] {
    if (this.#peer === pipe) this.#peer = undefined
    return noMessages
  }

  received(_: Pipe, frames: Uint8Array[]): Uint8Array[] {
    return frames
  }

  send(frames: readonly Uint8Array[]): SendOutcome {
    return this.#peer?.send(frames) ? 'sent' : 'full'
  }
}

/** Talks to exactly one peer; others are refused. Source: RFC 31, "The PAIR Socket Type". */
export class Pair extends DuplexSocket {
  constructor(context: SocketContext, options: SocketOptions = {}) {
    super(context, 'PAIR', new PairRouting(), options)
  }
}
