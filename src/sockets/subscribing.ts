import { binaryKey, fromBinaryKey, utf8 } from '../base/mod.ts'
import type { Pipe } from './pipe.ts'
import { noMessages, type Routing, type SendOutcome } from './routing.ts'
import { SubscriptionTrie } from './subscription-trie.ts'

const nothing = new Uint8Array(0)

/** Keeps what this socket subscribed to and tells every publisher: SUB and XSUB. */
export class SubscribingRouting implements Routing {
  readonly skip = 0
  protected readonly pipes: Set<Pipe> = new Set()
  readonly #filters: boolean
  // How often each topic was subscribed to; the publishers hear of the first and the last only.
  readonly #counts = new Map<string, number>()
  readonly #topics = new SubscriptionTrie<'this socket'>()

  /**
   * `filters`: drop what no subscription asks for. Publishers do it already; this takes away what
   * was on its way when a subscription was cancelled.
   */
  constructor(filters: boolean) {
    this.#filters = filters
  }

  pipeAdded(pipe: Pipe): void {
    this.pipes.add(pipe)
  }

  pipeOpened(pipe: Pipe): undefined {
    for (const key of this.#counts.keys()) pipe.subscribe(fromBinaryKey(key))
  }

  pipeRemoved(pipe: Pipe): readonly Uint8Array[][] {
    this.pipes.delete(pipe)
    return noMessages
  }

  received(_: Pipe, frames: Uint8Array[]): Uint8Array[] | undefined {
    return !this.#filters || this.#topics.matches(frames[0] ?? nothing) ? frames : undefined
  }

  send(_: readonly Uint8Array[]): SendOutcome {
    return 'unreachable'
  }

  subscribe(topic: Uint8Array): void {
    const key = binaryKey(topic)
    const count = this.#counts.get(key) ?? 0
    this.#counts.set(key, count + 1)
    if (count > 0) return
    this.#topics.add(topic, 'this socket')
    for (const pipe of this.pipes) pipe.subscribe(topic)
  }

  unsubscribe(topic: Uint8Array): void {
    const key = binaryKey(topic)
    const count = this.#counts.get(key) ?? 0
    if (count > 1) this.#counts.set(key, count - 1)
    if (count !== 1) return
    this.#counts.delete(key)
    this.#topics.remove(topic, 'this socket')
    for (const pipe of this.pipes) pipe.cancel(topic)
  }
}

/** The bytes of a topic, as a copy: the caller may go on writing to its own. */
export function topicBytes(topic: string | Uint8Array): Uint8Array {
  return typeof topic === 'string' ? utf8(topic) : new Uint8Array(topic)
}
