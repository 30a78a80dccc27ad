/**
 * The last `max` strings that were added. Adding is constant time for ever: the oldest is found
 * in a ring, because a `Set` that is deleted from at its front walks over all that it has deleted.
 */
export class RecentSet {
  readonly #max: number
  readonly #members = new Set<string>()
  readonly #ring: string[] = []
  #next = 0

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#members.size
  }

  has(value: string): boolean {
    return this.#members.has(value)
  }

  /** Adds, forgetting the oldest when there are too many. False when it was there already. */
  add(value: string): boolean {
    if (this.#members.has(value)) return false
    const oldest = this.#ring[this.#next]
    if (oldest !== undefined) this.#members.delete(oldest)
    this.#ring[this.#next] = value
    this.#next = (this.#next + 1) % this.#max
    this.#members.add(value)
    return true
  }

  /** Takes one out; false when it was not there. Its place is used when its turn comes. */
  delete(value: string): boolean {
    return this.#members.delete(value)
  }
}
