/** How the emission went, in bins. */
export interface Trace {
  /** Mean emission in each bin, of all particles together; 1 = one particle in the centre. */
  readonly emission: Float32Array
  /** Width of a bin; the last one may be shorter. */
  readonly binS: number
}

/** Bins of an id, at most: 80 KB. */
const binsMax = 20_000

/** Averages the emission over bins of whole blocks, one block each unless they become too many. */
export class TraceRecorder {
  readonly #stride: number
  readonly #blockS: number
  readonly #emission: Float32Array
  #sum = 0
  #blocks = 0
  #bin = 0

  constructor(blocks: number, blockS: number) {
    this.#stride = Math.ceil(blocks / binsMax)
    this.#blockS = blockS
    this.#emission = new Float32Array(Math.ceil(blocks / this.#stride))
  }

  /** @param emission mean over the next block */
  add(emission: number): void {
    this.#sum += emission
    this.#blocks++
    if (this.#blocks === this.#stride) this.#finishBin()
  }

  trace(): Trace {
    if (this.#blocks > 0) this.#finishBin()
    return { emission: this.#emission, binS: this.#stride * this.#blockS }
  }

  #finishBin(): void {
    this.#emission[this.#bin++] = this.#sum / this.#blocks
    this.#sum = 0
    this.#blocks = 0
  }
}
