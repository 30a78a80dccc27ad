import type { Random } from './random.ts'

/** Waiting times that double from `firstMs` to `maxMs`, each shortened by up to a half at random. */
export class Backoff {
  readonly #firstMs: number
  readonly #maxMs: number
  readonly #random: Random
  #nextMs: number

  constructor(firstMs: number, maxMs: number, random: Random) {
    this.#firstMs = firstMs
    this.#maxMs = maxMs
    this.#random = random
    this.#nextMs = firstMs
  }

  /** The next wait, in milliseconds. */
  next(): number {
    const ms = this.#nextMs
    this.#nextMs = Math.min(ms * 2, this.#maxMs)
    return ms * (1 - this.#random.float() / 2)
  }

  /** The next wait is the first again: call it when something worked. */
  reset(): void {
    this.#nextMs = this.#firstMs
  }
}
