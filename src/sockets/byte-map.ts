import { equal } from '../base/mod.ts'

interface Entry<Value> {
  readonly key: Uint8Array
  value: Value
}

/**
 * A map whose keys are bytes, compared by content. A routing id is looked up for every message
 * that is sent, and making a string of it first takes several times longer than this.
 */
export class ByteMap<Value> {
  readonly #seed: number
  readonly #buckets = new Map<number, Entry<Value>[]>()

  /** `seed`: any number; a random one keeps others from choosing keys that fall together. */
  constructor(seed: number) {
    this.#seed = seed
  }

  get(key: Uint8Array): Value | undefined {
    return this.#find(key)?.value
  }

  /** Keeps a copy of `key`. */
  set(key: Uint8Array, value: Value): void {
    const entry = this.#find(key)
    if (entry !== undefined) {
      entry.value = value
      return
    }
    const hash = this.#hash(key)
    const bucket = this.#buckets.get(hash)
    const added = { key: new Uint8Array(key), value }
    if (bucket === undefined) this.#buckets.set(hash, [added])
    else bucket.push(added)
  }

  /** Returns whether the key was there. */
  delete(key: Uint8Array): boolean {
    const hash = this.#hash(key)
    const bucket = this.#buckets.get(hash)
    const index = bucket?.findIndex((entry) => equal(entry.key, key)) ?? -1
    if (bucket === undefined || index < 0) return false
    bucket.splice(index, 1)
    if (bucket.length === 0) this.#buckets.delete(hash)
    return true
  }

  #find(key: Uint8Array): Entry<Value> | undefined {
    const bucket = this.#buckets.get(this.#hash(key))
    if (bucket === undefined) return undefined
    for (const entry of bucket) if (equal(entry.key, key)) return entry
    return undefined
  }

  /** FNV-1a, from the seed on. */
  #hash(key: Uint8Array): number {
    let hash = this.#seed
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key[i]!, 0x01000193)
    return hash ^ (hash >>> 15)
  }
}
