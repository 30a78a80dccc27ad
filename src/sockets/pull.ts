import type { SocketContext, SocketOptions } from './options.ts'
import type { Pipe } from './pipe.ts'
import { noMessages, type Routing, type SendOutcome } from './routing.ts'
import { ReceivingSocket } from './socket.ts'

class PullRouting implements Routing {
  readonly skip = 0

  pipeAdded(): void {}

  pipeOpened(): undefined {}

  pipeRemoved(): readonly Uint8Array[][] {
    return noMessages
  }

  received(_: Pipe, frames: Uint8Array[]): Uint8Array[] {
    return frames
  }

  send(): SendOutcome {
    return 'unreachable'
  }
}

/** Takes messages from its peers, fairly. Source: RFC 30, "The PULL Socket Type". */
export class Pull extends ReceivingSocket {
  constructor(context: SocketContext, options: SocketOptions = {}) {
    super(context, 'PULL', new PullRouting(), options)
  }
}
