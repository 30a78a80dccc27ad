import type { OnReadOpts } from 'node:net'
import type { ByteStreamHandlers } from '../sockets/mod.ts'

/** Bounds on a slab, in bytes: an idle connection holds one, a busy one reads much at once. */
const slabBytesMin = 1_024
const slabBytesMax = 65_536

/**
 * Reads in a row that may fill the slab. Node goes on reading one connection as long as its peer
 * keeps up, two megabytes at a time; with small messages that is a second for which others wait.
 */
const fullReadsMax = 4

/**
 * Where a connection's bytes are read to. Node would allocate for every read. This fills a slab
 * with several, large or small as the traffic is, and reads the middle of a large frame to where
 * it belongs. What was read is never written again.
 */
export class ReadBuffer {
  #slab: Uint8Array = new Uint8Array(slabBytesMin)
  #used = 0
  // Whether the next read goes to the slab, not to the handlers' space.
  #inSlab = true
  #lastBytes = 0
  #handlers: ByteStreamHandlers | undefined
  #fullReads = 0
  /** Called when the connection has had its share of this turn. */
  onShareTaken: () => void = () => {}
  // What came before anybody listened.
  readonly #early: Uint8Array[] = []

  /** The `onread` option of the socket. */
  readonly options: OnReadOpts = {
    buffer: () => this.#next(),
    callback: (count, buffer) => {
      this.#fullReads = this.#inSlab && count === buffer.length ? this.#fullReads + 1 : 0
      this.#received(buffer.subarray(0, count))
      if (this.#fullReads >= fullReadsMax) {
        this.#fullReads = 0
        this.onShareTaken()
      }
      return true
    },
  }

  start(handlers: ByteStreamHandlers): void {
    this.#handlers = handlers
    for (const bytes of this.#early.splice(0)) handlers.data(bytes)
  }

  #next(): Uint8Array {
    const space = this.#handlers?.space?.()
    this.#inSlab = space === undefined
    if (space !== undefined) return space
    const size = this.#slab.length
    // Below a quarter, reads would become small; a slab that is four times a read wastes little.
    if (size - this.#used < size / 4 || this.#lastBytes * 4 > size) this.#renew()
    return this.#slab.subarray(this.#used)
  }

  #renew(): void {
    let size = slabBytesMin
    while (size < slabBytesMax && size < this.#lastBytes * 4) size *= 2
    if (size === this.#slab.length && this.#used < size / 2) return
    this.#slab = new Uint8Array(size)
    this.#used = 0
  }

  #received(bytes: Uint8Array): void {
    if (this.#inSlab) {
      this.#used += bytes.length
      this.#lastBytes = bytes.length
    }
    if (this.#handlers === undefined) this.#early.push(bytes)
    else this.#handlers.data(bytes)
  }
}
