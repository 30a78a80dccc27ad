/** Something that remembers where in its heap it is; -1 means nowhere. */
export interface HeapItem {
  heapIndex: number
}

/** A binary heap whose items can be removed and moved from anywhere in O(log n). */
export class IndexedHeap<Item extends HeapItem> {
  readonly #items: Item[] = []
  readonly #before: (a: Item, b: Item) => boolean

  /** @param before Whether `a` belongs nearer to the top than `b`. */
  constructor(before: (a: Item, b: Item) => boolean) {
    this.#before = before
  }

  get size(): number {
    return this.#items.length
  }

  get top(): Item | undefined {
    return this.#items[0]
  }

  add(item: Item): void {
    this.#items.push(item)
    this.#rise(item, this.#items.length - 1)
  }

  remove(item: Item): void {
    const at = item.heapIndex
    const last = this.#items.pop()!
    item.heapIndex = -1
    if (last === item) return
    last.heapIndex = at
    this.#items[at] = last
    this.update(last)
  }

  /** Restores the order after what `before` looks at has changed in `item`. */
  update(item: Item): void {
    this.#rise(item, item.heapIndex)
    this.#sink(item, item.heapIndex)
  }

  /** The topmost item that is accepted; looks below an item only when that one is not. */
  first(accept: (item: Item) => boolean): Item | undefined {
    let best: Item | undefined
    const open = [0]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const item = this.#items[at]
      if (item === undefined || (best !== undefined && !this.#before(item, best))) continue
      if (accept(item)) best = item
      else open.push(2 * at + 1, 2 * at + 2)
    }
    return best
  }

  [Symbol.iterator](): IterableIterator<Item> {
    return this.#items[Symbol.iterator]()
  }

  #rise(item: Item, from: number): void {
    const items = this.#items
    let at = from
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = items[parentAt]!
      if (!this.#before(item, parent)) break
      items[at] = parent
      parent.heapIndex = at
      at = parentAt
    }
    items[at] = item
    item.heapIndex = at
  }

  #sink(item: Item, from: number): void {
    const items = this.#items
    let at = from
    for (;;) {
      const left = 2 * at + 1
      if (left >= items.length) break
      const right = left + 1
      const childAt =
        right < items.length && this.#before(items[right]!, items[left]!) ? right : left
      const child = items[childAt]!
      if (!this.#before(child, item)) break
      items[at] = child
      child.heapIndex = at
      at = childAt
    }
    items[at] = item
    item.heapIndex = at
  }
}
