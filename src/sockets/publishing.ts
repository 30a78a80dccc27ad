import { equal, limits } from '../base/mod.ts'
import type { Pipe } from './pipe.ts'
import { noMessages, type Routing, type SendOutcome } from './routing.ts'
import { SubscriptionTrie } from './subscription-trie.ts'

const nothing = new Uint8Array(0)

/** What the trie needs for one topic besides the topic's bytes, about. */
const topicOverheadBytes = 128

/**
 * As at the high-water mark, what does not fit is dropped: who subscribes and never reads must not
 * fill the memory, whatever the mark. A connection that we made is trusted with more.
 */
function send(pipe: Pipe, frames: readonly Uint8Array[]): void {
  if (!pipe.incoming || pipe.outbound.bytes < limits.unreadBytesMax) pipe.send(frames)
}

/**
 * Keeps who subscribed to what and sends accordingly: PUB, and what XPUB has in common with it.
 * An outgoing pipe keeps its subscriptions while it reconnects, so that nothing is missed.
 */
export class PublishingRouting implements Routing {
  readonly skip = 0
  protected readonly subscriptions: SubscriptionTrie<Pipe> = new SubscriptionTrie()
  // Bytes that a peer makes us remember; a hostile one must not get any number.
  readonly #bytes = new Map<Pipe, number>()

  /** See `Pub.welcome`. */
  welcome: (() => Iterable<readonly Uint8Array[]>) | undefined

  pipeAdded(): void {}

  /** After a reconnection the peer says everything again. */
  pipeOpened(pipe: Pipe): undefined {
    this.#bytes.set(pipe, 0)
  }

  pipeRemoved(pipe: Pipe): readonly Uint8Array[][] {
    this.#bytes.delete(pipe)
    return this.unsubscribed(this.subscriptions.removeOwner(pipe))
  }

  /** A PUB drops whatever subscribers say. */
  received(_pipe: Pipe, _frames: Uint8Array[]): Uint8Array[] | undefined {
    return undefined
  }

  /** To each pipe that subscribed to a beginning of the first frame, once. */
  send(frames: readonly Uint8Array[]): SendOutcome {
    let first: ReadonlySet<Pipe> | undefined
    let seen: Set<Pipe> | undefined
    this.subscriptions.match(frames[0] ?? nothing, (pipes) => {
      if (first === undefined) {
        first = pipes
        for (const pipe of pipes) send(pipe, frames)
        return
      }
      seen ??= new Set(first)
      for (const pipe of pipes) {
        if (seen.has(pipe)) continue
        seen.add(pipe)
        send(pipe, frames)
      }
    })
    return 'sent'
  }

  subscribed(pipe: Pipe, topic: Uint8Array): Uint8Array[] | undefined {
    const bytes = this.#bytes.get(pipe)! + topic.length + topicOverheadBytes
    if (bytes > limits.subscriptionBytesMax) {
      pipe.link?.close('illegal', 'too many subscriptions')
      return undefined
    }
    const isFirst = this.#bytes.get(pipe) === 0
    this.#bytes.set(pipe, bytes)
    if (isFirst) this.#greet(pipe, topic)
    const news = this.subscriptions.add(topic, pipe)
    // The last step: it may end the connection, and with it the subscription.
    pipe.link?.remembers(bytes)
    return this.told(1, topic, news)
  }

  #greet(pipe: Pipe, topic: Uint8Array): void {
    for (const frames of this.welcome?.() ?? []) {
      const start = (frames[0] ?? nothing).subarray(0, topic.length)
      if (equal(start, topic)) send(pipe, frames)
    }
  }

  cancelled(pipe: Pipe, topic: Uint8Array): Uint8Array[] | undefined {
    const bytes = this.#bytes.get(pipe)! - topic.length - topicOverheadBytes
    this.#bytes.set(pipe, Math.max(bytes, 0))
    pipe.link?.remembers(Math.max(bytes, 0))
    return this.told(0, topic, this.subscriptions.remove(topic, pipe))
  }

  /** What the program hears of a subscription: the first and the last of a topic have `news`. */
  protected told(_first: 0 | 1, _topic: Uint8Array, _news: boolean): Uint8Array[] | undefined {
    return undefined
  }

  protected unsubscribed(_topics: readonly Uint8Array[]): readonly Uint8Array[][] {
    return noMessages
  }
}
