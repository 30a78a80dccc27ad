import { binaryKey, fromBinaryKey, utf8 } from '../base/mod.ts'
import type { SocketContext, SocketOptions } from './options.ts'
import type { Pipe } from './pipe.ts'
import type { Routing, SendOutcome } from './routing.ts'
import { ReceivingSocket } from './socket.ts'
import { SubscriptionTrie } from './subscription-trie.ts'

const nothing = new Uint8Array(0)

class SubRouting implements Routing {
  readonly skip = 0
  readonly #pipes = new Set<Pipe>()
  // How often each topic was subscribed to; the publishers hear of the first and the last only.
  readonly #counts = new Map<string, number>()
  readonly #topics = new SubscriptionTrie<'this socket'>()

  pipeAdded(pipe: Pipe): void {
    this.#pipes.add(pipe)
  }

  pipeOpened(pipe: Pipe): undefined {
    for (const key of this.#counts.keys()) pipe.subscribe(fromBinaryKey(key))
  }

  pipeRemoved(pipe: Pipe): void {
    this.#pipes.delete(pipe)
  }

  /** Publishers filter; this takes away what was on its way when a subscription was cancelled. */
  received(_: Pipe, frames: Uint8Array[]): Uint8Array[] | undefined {
    return this.#topics.matches(frames[0] ?? nothing) ? frames : undefined
  }

  send(): SendOutcome {
    return 'unreachable'
  }

  subscribe(topic: Uint8Array): void {
    const key = binaryKey(topic)
    const count = this.#counts.get(key) ?? 0
    this.#counts.set(key, count + 1)
    if (count > 0) return
    this.#topics.add(topic, 'this socket')
    for (const pipe of this.#pipes) pipe.subscribe(topic)
  }

  unsubscribe(topic: Uint8Array): void {
    const key = binaryKey(topic)
    const count = this.#counts.get(key) ?? 0
    if (count > 1) this.#counts.set(key, count - 1)
    if (count !== 1) return
    this.#counts.delete(key)
    this.#topics.remove(topic, 'this socket')
    for (const pipe of this.#pipes) pipe.cancel(topic)
  }
}

function bytesOf(topic: string | Uint8Array): Uint8Array {
  return typeof topic === 'string' ? utf8(topic) : new Uint8Array(topic)
}

/** Receives what it subscribed to. Source: RFC 29, "The SUB Socket Type". */
export class Sub extends ReceivingSocket {
  readonly #routing: SubRouting

  constructor(context: SocketContext, options: SocketOptions = {}) {
    const routing = new SubRouting()
    super(context, 'SUB', routing, options)
    this.#routing = routing
  }

  /** Asks for messages whose first frame begins with `topic`; `''` asks for all. */
  subscribe(topic: string | Uint8Array): void {
    this.#routing.subscribe(bytesOf(topic))
  }

  /** Takes one `subscribe` of the same topic back; without one, it does nothing. */
  unsubscribe(topic: string | Uint8Array): void {
    this.#routing.unsubscribe(bytesOf(topic))
  }
}
