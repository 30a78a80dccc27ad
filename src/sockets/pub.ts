import type { SocketContext, SocketOptions } from './options.ts'
import type { Pipe } from './pipe.ts'
import type { Routing, SendOutcome } from './routing.ts'
import { SendingSocket } from './socket.ts'
import { SubscriptionTrie } from './subscription-trie.ts'

class PubRouting implements Routing {
  readonly skip = 0
  readonly #subscriptions = new SubscriptionTrie<Pipe>()

  pipeAdded(): void {}

  pipeOpened(): undefined {}

  pipeRemoved(pipe: Pipe): void {
    this.#subscriptions.removeOwner(pipe, () => {})
  }

  received(): undefined {}

  send(frames: readonly Uint8Array[]): SendOutcome {
    publish(this.#subscriptions, frames)
    return 'sent'
  }

  subscribed(pipe: Pipe, topic: Uint8Array): void {
    this.#subscriptions.add(topic, pipe)
  }

  cancelled(pipe: Pipe, topic: Uint8Array): void {
    this.#subscriptions.remove(topic, pipe)
  }
}

const nothing = new Uint8Array(0)

/** Sends to each pipe that subscribed to a beginning of the first frame, once. */
export function publish(
  subscriptions: SubscriptionTrie<Pipe>,
  frames: readonly Uint8Array[],
): void {
  let first: ReadonlySet<Pipe> | undefined
  let seen: Set<Pipe> | undefined
  subscriptions.match(frames[0] ?? nothing, (pipes) => {
    if (first === undefined) {
      first = pipes
      for (const pipe of pipes) pipe.send(frames)
      return
    }
    seen ??= new Set(first)
    for (const pipe of pipes) {
      if (seen.has(pipe)) continue
      seen.add(pipe)
      pipe.send(frames)
    }
  })
}

/**
 * Sends each message to the peers that subscribed to the beginning of its first frame. It never
 * waits: a peer at its high-water mark misses the message. Source: RFC 29, "The PUB Socket Type".
 */
export class Pub extends SendingSocket {
  constructor(context: SocketContext, options: SocketOptions = {}) {
    super(context, 'PUB', new PubRouting(), options)
  }
}
