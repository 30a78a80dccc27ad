import { concat } from '../base/mod.ts'
import type { SocketContext, SocketOptions } from './options.ts'
import type { Pipe } from './pipe.ts'
import { PublishingRouting } from './publishing.ts'
import { DuplexSocket } from './socket.ts'

/** How an XPUB socket behaves, beside what every socket can be told. */
export interface XPubOptions extends SocketOptions {
  /** Hear of every subscription, not only of the first and last to a topic. Default false. */
  readonly verbose?: boolean
}

class XPubRouting extends PublishingRouting {
  readonly #verbose: boolean

  constructor(verbose: boolean) {
    super()
    this.#verbose = verbose
  }

  override received(_: Pipe, frames: Uint8Array[]): Uint8Array[] {
    return frames
  }

  protected override told(
    first: 0 | 1,
    topic: Uint8Array,
    news: boolean,
  ): Uint8Array[] | undefined {
    return news || this.#verbose ? [concat([Uint8Array.of(first), topic])] : undefined
  }

  protected override unsubscribed(topics: readonly Uint8Array[]): readonly Uint8Array[][] {
    return topics.map((topic) => [concat([Uint8Array.of(0), topic])])
  }
}

/**
 * A `Pub` that hears of subscriptions, as messages of one frame: a byte 1 (subscribe) or 0
 * (cancel), then the topic. Source: RFC 29, "The XPUB Socket Type"; libzmq for the form.
 */
export class XPub extends DuplexSocket {
  constructor(context: SocketContext, options: XPubOptions = {}) {
    super(context, 'XPUB', new XPubRouting(options.verbose ?? false), options)
  }
}
