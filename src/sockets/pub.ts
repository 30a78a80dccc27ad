import { limits } from '../base/mod.ts'
import type { SocketContext, SocketOptions } from './options.ts'
import { PublishingRouting } from './publishing.ts'
import { SendingSocket } from './socket.ts'

/**
 * Sends each message to the peers that subscribed to the beginning of its first frame. It never
 * waits: a peer at its high-water mark misses the message. Source: RFC 29, "The PUB Socket Type".
 */
export class Pub extends SendingSocket {
  readonly #routing: PublishingRouting

  constructor(context: SocketContext, options: SocketOptions = {}) {
    const routing = new PublishingRouting()
    // Nobody reads what peers send, and what they subscribe to is short.
    super(context, 'PUB', routing, { frameBytesMax: limits.commandBytesMax, ...options })
    this.#routing = routing
  }

  /**
   * What a peer is sent, alone, with the first subscription of its connection: what it may have
   * missed. A message whose topic it did not subscribe to is left out.
   */
  set welcome(messages: () => Iterable<readonly Uint8Array[]>) {
    this.#routing.welcome = messages
  }
}
