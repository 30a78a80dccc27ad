/** Children of a node: with four, a heap is half as deep, and its keys lie close together. */
const arity = 4

/**
 * A heap of items under numeric keys, the smallest on top. Keys are kept apart from the items, so
 * that putting something in order does not touch other items' memory but where they move.
 */
export class KeyedHeap<Item> {
  readonly #keys: number[] = []
  readonly #items: Item[] = []
  readonly #moved: (item: Item, at: number) => void

  /** @param moved Is told where an item now is, -1 meaning nowhere. */
  constructor(moved: (item: Item, at: number) => void) {
    this.#moved = moved
  }

  get size(): number {
    return this.#items.length
  }

  get top(): Item | undefined {
    return this.#items[0]
  }

  get items(): readonly Item[] {
    return this.#items
  }

  add(item: Item, key: number): void {
    this.#items.push(item)
    this.#keys.push(key)
    this.#rise(this.#items.length - 1, item, key)
  }

  removeAt(at: number): void {
    const last = this.#items.pop()!
    const key = this.#keys.pop()!
    this.#moved(this.#items[at] ?? last, -1)
    if (at < this.#items.length) this.#put(at, last, key)
  }

  /** Puts the item at `at` where its new key belongs. */
  rekeyAt(at: number, key: number): void {
    this.#put(at, this.#items[at]!, key)
  }

  /** The topmost item that is accepted; looks below an item only when that one is not. */
  first(accept: (item: Item) => boolean): Item | undefined {
    let best: Item | undefined
    let bestKey = Number.POSITIVE_INFINITY
    const open = [0]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const item = this.#items[at]
      const key = this.#keys[at]!
      if (item === undefined || key >= bestKey) continue
      if (accept(item)) {
        best = item
        bestKey = key
      } else {
        for (let child = arity * at + 1; child <= arity * at + arity; child++) open.push(child)
      }
    }
    return best
  }

  #put(at: number, item: Item, key: number): void {
    const keys = this.#keys
    if (at > 0 && key < keys[Math.floor((at - 1) / arity)]!) this.#rise(at, item, key)
    else this.#sink(at, item, key)
  }

  #rise(from: number, item: Item, key: number): void {
    const keys = this.#keys
    let at = from
    while (at > 0) {
      const parent = Math.floor((at - 1) / arity)
      if (keys[parent]! <= key) break
      this.#set(at, this.#items[parent]!, keys[parent]!)
      at = parent
    }
    this.#set(at, item, key)
  }

  #sink(from: number, item: Item, key: number): void {
    const keys = this.#keys
    const { length } = keys
    let at = from
    for (;;) {
      const first = arity * at + 1
      if (first >= length) break
      const end = Math.min(first + arity, length)
      let least = first
      for (let child = first + 1; child < end; child++) {
        if (keys[child]! < keys[least]!) least = child
      }
      if (keys[least]! >= key) break
      this.#set(at, this.#items[least]!, keys[least]!)
      at = least
    }
    this.#set(at, item, key)
  }

  #set(at: number, item: Item, key: number): void {
    this.#items[at] = item
    this.#keys[at] = key
    this.#moved(item, at)
  }
}
