import { KeyedHeap } from './keyed-heap.ts'

/** Something that remembers where in its heap it is; -1 means nowhere. */
export interface HeapItem {
  heapIndex: number
}

/** A heap whose items can be removed and moved from anywhere in O(log n); the smallest is on top. */
export class IndexedHeap<Item extends HeapItem> {
  readonly #heap = new KeyedHeap<Item>((item, at) => {
    item.heapIndex = at
  })
  readonly #key: (item: Item) => number

  constructor(key: (item: Item) => number) {
    this.#key = key
  }

  get size(): number {
    return this.#heap.size
  }

  get top(): Item | undefined {
    return this.#heap.top
  }

  /** In no order. */
  get items(): readonly Item[] {
    return this.#heap.items
  }

  add(item: Item): void {
    this.#heap.add(item, this.#key(item))
  }

  remove(item: Item): void {
    this.#heap.removeAt(item.heapIndex)
  }

  /** Restores the order after the item's key has changed. */
  update(item: Item): void {
    this.#heap.rekeyAt(item.heapIndex, this.#key(item))
  }

  /** The topmost item that is accepted. */
  first(accept: (item: Item) => boolean): Item | undefined {
    return this.#heap.first(accept)
  }
}
