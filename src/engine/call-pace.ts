import { limits } from '../base/mod.ts'
import type { JsonObject } from '../jupyter/mod.ts'

/** Weight of the latest call in the mean. */
const gain = 1 / 8

/** A point in time, by the monotonic clock and as messages write it. */
export interface Moment {
  readonly ms: number
  readonly date: string
}

/**
 * How long requests run, and how many may be given at once to the thread that runs them. That is
 * one, unless the latest were so short that waking the thread takes longer: then a few. Whoever
 * counts on it that only one has begun is told in each reply how many there may be.
 */
export class CallPace {
  readonly #callsMax: number
  #meanMs: number | undefined
  #last: Moment = { ms: Number.NEGATIVE_INFINITY, date: '' }

  /** @param callsMax What the evaluator takes; default 1. */
  constructor(callsMax = 1) {
    this.#callsMax = Math.min(callsMax, limits.callsTogetherMax)
  }

  get togetherMax(): number {
    return (this.#meanMs ?? Number.POSITIVE_INFINITY) <= limits.callsTogetherRunMs
      ? this.#callsMax
      : 1
  }

  /** One has ended; gives what its reply tells of that. `others`: calls that were given and have not. */
  ended(given: Moment, now: Moment, others: number): JsonObject {
    // What was given while another one ran has begun when that one ended.
    const begun = given.ms > this.#last.ms ? given : this.#last
    this.#last = now
    const runMs = now.ms - begun.ms
    this.#meanMs = this.#meanMs === undefined ? runMs : this.#meanMs + (runMs - this.#meanMs) * gain
    const together = Math.max(this.togetherMax, others)
    return { started: begun.date, run_ms: runMs, ...(together > 1 ? { together } : {}) }
  }
}
