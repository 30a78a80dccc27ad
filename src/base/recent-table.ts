/** Numbers of one slot: the key's two halves and the value, which is 0 where the slot is free. */
const slotNumbers = 3

/**
 * Remembers a number for each of the latest keys, which are 64 bits each. It holds at least half
 * of `max` and at most `max`: when the newer half is full, the older one is forgotten. Two flat
 * pieces of memory hold it all, so that a hundred thousand keys are nothing to the garbage
 * collector; a `Map` of strings that is replaced for ever is one of the worst things for it.
 */
export class RecentTable {
  readonly #halfMax: number
  readonly #mask: number
  #newer: Uint32Array
  #older: Uint32Array
  #newerCount = 0

  /** @param max At least 2. */
  constructor(max: number) {
    this.#halfMax = Math.max(1, max >> 1)
    let slots = 2
    while (slots < this.#halfMax * 2) slots *= 2
    this.#mask = slots - 1
    this.#newer = new Uint32Array(slots * slotNumbers)
    this.#older = new Uint32Array(slots * slotNumbers)
  }

  /** The value of a key; 0 when it is not remembered. */
  get(high: number, low: number): number {
    const newer = this.#newer[this.#find(this.#newer, high, low) + 2]!
    return newer === 0 ? this.#older[this.#find(this.#older, high, low) + 2]! : newer
  }

  /** Remembers a value, from 1 to 2³² - 1, as the latest. */
  set(high: number, low: number, value: number): void {
    let at = this.#find(this.#newer, high, low)
    if (this.#newer[at + 2] === 0) {
      if (this.#newerCount === this.#halfMax) {
        this.#turn()
        at = this.#find(this.#newer, high, low)
      }
      this.#newerCount++
    }
    this.#newer[at] = high
    this.#newer[at + 1] = low
    this.#newer[at + 2] = value
  }

  /** Where the key is, or where it would be. */
  #find(table: Uint32Array, high: number, low: number): number {
    let slot = (low ^ Math.imul(high, 0x9e3779b1)) & this.#mask
    for (;;) {
      const at = slot * slotNumbers
      if (table[at + 2] === 0) return at
      if (table[at] === high >>> 0 && table[at + 1] === low >>> 0) return at
      slot = (slot + 1) & this.#mask
    }
  }

  #turn(): void {
    const forgotten = this.#older
    this.#older = this.#newer
    this.#newer = forgotten.fill(0)
    this.#newerCount = 0
  }
}
