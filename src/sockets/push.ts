import { DealerRouting } from './dealer.ts'
import type { SocketContext, SocketOptions } from './options.ts'
import { SendingSocket } from './socket.ts'

class PushRouting extends DealerRouting {
  /** What a PULL says back, against the pattern, is dropped. */
  override received(): undefined {}
}

/** Hands each message to one of its peers, in turn. Source: RFC 30, "The PUSH Socket Type". */
export class Push extends SendingSocket {
  constructor(context: SocketContext, options: SocketOptions = {}) {
    super(context, 'PUSH', new PushRouting(), options)
  }
}
