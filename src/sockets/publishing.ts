import { equal, limits } from '../base/mod.ts'
import type { Pipe } from './pipe.ts'
import { noMessages, type Routing, type SendOutcome } from './routing.ts'
import { SubscriptionTrie } from './subscription-trie.ts'

const nothing = new Uint8Array(0)

/** What the trie needs for one topic besides the topic's bytes, about. */
const topicOverheadBytes = 128

interface Subscriber {
  /** What its topics make us remember; a hostile one must not get any number. */
  bytes: number
  /** Whether its connection has had a subscription. */
  isGreeted: boolean
}

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
  readonly #subscribers = new Map<Pipe, Subscriber>()

  /** See `Pub.welcome`. */
  welcome: (() => Iterable<readonly Uint8Array[]>) | undefined

  pipeAdded(): void {}

  pipeOpened(pipe: Pipe): undefined {
    const { bytes = 0 } = this.#subscribers.get(pipe) ?? {}
    this.#subscribers.set(pipe, { bytes, isGreeted: false })
  }

  pipeRemoved(pipe: Pipe): readonly Uint8Array[][] {
    this.#subscribers.delete(pipe)
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
    const subscriber = this.#subscribers.get(pipe)!
    if (!this.subscriptions.has(topic, pipe)) subscriber.bytes += topic.length + topicOverheadBytes
    if (subscriber.bytes > limits.subscriptionBytesMax) {
      pipe.link?.close('illegal', 'too many subscriptions')
      return undefined
    }
    pipe.link?.remembers(subscriber.bytes)
    // That may have ended the connection.
    if (!this.#subscribers.has(pipe)) return undefined
    if (!subscriber.isGreeted) this.#greet(pipe, topic)
    subscriber.isGreeted = true
    return this.told(1, topic, this.subscriptions.add(topic, pipe))
  }

  #greet(pipe: Pipe, topic: Uint8Array): void {
    for (const frames of this.welcome?.() ?? []) {
      const start = (frames[0] ?? nothing).subarray(0, topic.length)
      if (equal(start, topic)) send(pipe, frames)
    }
  }

  cancelled(pipe: Pipe, topic: Uint8Array): Uint8Array[] | undefined {
    if (this.subscriptions.has(topic, pipe)) {
      const subscriber = this.#subscribers.get(pipe)!
      subscriber.bytes -= topic.length + topicOverheadBytes
      pipe.link?.remembers(subscriber.bytes)
    }
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
