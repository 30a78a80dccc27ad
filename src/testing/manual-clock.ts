import { assert, type Clock, type Timer } from '../base/mod.ts'

interface PendingTimer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  readonly #startMs: number
  readonly #timers = new Set<PendingTimer>()
  #elapsedMs = 0
  #order = 0

  /** `startMs` is what `now()` says at first, in milliseconds since the epoch. */
  constructor(startMs = 1_750_000_000_000) {
    this.#startMs = startMs
  }

  now(): number {
    return this.#startMs + this.#elapsedMs
  }

  monotonicMs(): number {
    return this.#elapsedMs
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer = { at: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, callback }
    this.#timers.add(timer)
    return { cancel: () => this.#timers.delete(timer) }
  }

  afterTurn(callback: () => void): void {
    queueMicrotask(callback)
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size
  }

  /** Moves to the next timer, if one is due by `untilMs`, and fires it; false when none was. */
  fireNext(untilMs: number): boolean {
    let next: PendingTimer | undefined
    for (const timer of this.#timers) {
      if (timer.at > untilMs) continue
      if (next === undefined || timer.at < next.at) next = timer
      else if (timer.at === next.at && timer.order < next.order) next = timer
    }
    if (next === undefined) return false
    this.#timers.delete(next)
    assert(next.at >= this.#elapsedMs, 'time does not go back')
    this.#elapsedMs = next.at
    next.callback()
    return true
  }

  /**
   * Lets `ms` pass. Before each timer, everything that promises have made ready is done, so that
   * code under test never sees time jump ahead of its own work.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsedMs + ms
    await settle()
    while (this.fireNext(until)) await settle()
    this.#elapsedMs = until
    await settle()
  }
}

/** Lets all promise callbacks run that are ready, and those that they make ready. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}
