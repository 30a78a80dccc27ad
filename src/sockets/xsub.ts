import type { SocketContext, SocketOptions } from './options.ts'
import type { SendOutcome } from './routing.ts'
import { DuplexSocket } from './socket.ts'
import { SubscribingRouting, topicBytes } from './subscribing.ts'

class XSubRouting extends SubscribingRouting {
  /** To every publisher; a message of the form of a subscription is one. */
  override send(frames: readonly Uint8Array[]): SendOutcome {
    const head = frames[0]
    if (frames.length === 1 && head !== undefined && (head[0] === 1 || head[0] === 0)) {
      const topic = new Uint8Array(head.subarray(1))
      if (head[0] === 1) this.subscribe(topic)
      else this.unsubscribe(topic)
    } else {
      for (const pipe of this.pipes) pipe.send(frames)
    }
    return 'sent'
  }
}

/**
 * A `Sub` that may also send: subscriptions as messages of one frame (a byte 1 or 0, then the
 * topic), and anything else to every publisher. What comes is not filtered again.
 * Source: RFC 29, "The XSUB Socket Type".
 */
export class XSub extends DuplexSocket {
  readonly #routing: XSubRouting

  constructor(context: SocketContext, options: SocketOptions = {}) {
    const routing = new XSubRouting(false)
    super(context, 'XSUB', routing, options)
    this.#routing = routing
  }

  /** As `Sub.subscribe`. */
  subscribe(topic: string | Uint8Array): void {
    this.#routing.subscribe(topicBytes(topic))
  }

  /** As `Sub.unsubscribe`. */
  unsubscribe(topic: string | Uint8Array): void {
    this.#routing.unsubscribe(topicBytes(topic))
  }
}
