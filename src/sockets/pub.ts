import type { SocketContext, SocketOptions } from './options.ts'
import { PublishingRouting } from './publishing.ts'
import { SendingSocket } from './socket.ts'

/**
 * Sends each message to the peers that subscribed to the beginning of its first frame. It never
 * waits: a peer at its high-water mark misses the message. Source: RFC 29, "The PUB Socket Type".
 */
export class Pub extends SendingSocket {
  constructor(context: SocketContext, options: SocketOptions = {}) {
    super(context, 'PUB', new PublishingRouting(), options)
  }
}
