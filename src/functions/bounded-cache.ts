/** A map that forgets what was used longest ago. */
export class BoundedCache<K, V> {
  readonly #max: number
  readonly #entries = new Map<K, V>()

  /** `max`: how many entries are kept. */
  constructor(max: number) {
    this.#max = max
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  set(key: K, value: V): void {
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#max) return
    const [oldest] = this.#entries.keys()
    this.#entries.delete(oldest!)
  }
}
