/** Up to this many bytes V8 keeps an array on its own heap, cheaper than a view. */
const inlineBytesMax = 64

/** From here on memory is worth having alone: for numbers that look at it, for other threads. */
const ownBytesMin = 4_096

const slabBytes = 16_384

/**
 * Memory for many small frames: making a piece of its own for each takes longer than to encrypt
 * what goes in. No byte is handed out twice.
 */
export class SlabMemory {
  #slab: Uint8Array = new Uint8Array(0)
  #used = 0

  /** Zeros for the caller to keep. */
  take(length: number): Uint8Array {
    if (length <= inlineBytesMax || length >= ownBytesMin) return new Uint8Array(length)
    if (this.#used + length > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes)
      this.#used = 0
    }
    const begin = this.#used
    this.#used += length
    return this.#slab.subarray(begin, this.#used)
  }
}
