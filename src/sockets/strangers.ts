import { binaryKey, limits, RecentSet } from '../base/mod.ts'

/** A connection, as far as it can be cut off. */
export interface Stranger {
  expel(reason: string): void
}

export interface StrangersOptions {
  /** Bytes that all strangers together may make us hold. */
  readonly bytesMax: number
  /**
   * Of a message that shows that its sender belongs here: the routing id by which the sender is
   * known from then on. Undefined when it shows nothing. It must not throw.
   */
  readonly senderOf: (frames: readonly Uint8Array[]) => Uint8Array | undefined
}

/**
 * Who has connected and not shown yet that it belongs here. Without encryption that takes a whole
 * message, and an honest first one may be large; so each stranger gets what it asks for, and when
 * all of them together have too much, the one that has most is cut off. One of these bounds all
 * the sockets of a process.
 */
export class Strangers {
  readonly #options: StrangersOptions
  /** Bytes held for each; those for which there are none are left out. */
  readonly #held = new Map<Stranger, number>()
  readonly #known = new RecentSet(limits.knownPeersMax)
  #bytes = 0

  constructor(options: StrangersOptions) {
    this.#options = options
  }

  /** Whether a sender of that routing id has shown on any connection that it belongs here. */
  knows(routingId: Uint8Array): boolean {
    return this.#known.has(binaryKey(routingId))
  }

  /** Whether the sender of that message is none. */
  admits(frames: readonly Uint8Array[]): boolean {
    const sender = this.#options.senderOf(frames)
    if (sender === undefined) return false
    if (sender.length > 0) this.#known.add(binaryKey(sender))
    return true
  }

  /** So many bytes are held for it now; it may be cut off before this returns. */
  holds(stranger: Stranger, bytes: number): void {
    const before = this.#held.get(stranger) ?? 0
    if (bytes === before) return
    this.#bytes += bytes - before
    if (bytes === 0) this.#held.delete(stranger)
    else this.#held.set(stranger, bytes)
    while (this.#bytes > this.#options.bytesMax) this.#expelLargest()
  }

  /** It is gone, or none any more. */
  forget(stranger: Stranger): void {
    this.#bytes -= this.#held.get(stranger) ?? 0
    this.#held.delete(stranger)
  }

  #expelLargest(): void {
    let [largest, most] = [...this.#held][0]!
    for (const [stranger, bytes] of this.#held) {
      if (bytes > most) [largest, most] = [stranger, bytes]
    }
    this.forget(largest)
    largest.expel(
      `peers that have not shown a valid message yet sent more than ${this.#options.bytesMax} ` +
        `bytes, this one ${most}`,
    )
  }
}
