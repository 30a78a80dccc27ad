import type { SocketContext, SocketOptions } from './options.ts'
import { ReceivingSocket } from './socket.ts'
import { SubscribingRouting, topicBytes } from './subscribing.ts'

/** Receives what it subscribed to. Source: RFC 29, "The SUB Socket Type". */
export class Sub extends ReceivingSocket {
  readonly #routing: SubscribingRouting

  constructor(context: SocketContext, options: SocketOptions = {}) {
    const routing = new SubscribingRouting(true)
    super(context, 'SUB', routing, options)
    this.#routing = routing
  }

  /** Asks for messages whose first frame begins with `topic`; `''` asks for all. */
  subscribe(topic: string | Uint8Array): void {
    this.#routing.subscribe(topicBytes(topic))
  }

  /** Takes one `subscribe` of the same topic back; without one, it does nothing. */
  unsubscribe(topic: string | Uint8Array): void {
    this.#routing.unsubscribe(topicBytes(topic))
  }
}
