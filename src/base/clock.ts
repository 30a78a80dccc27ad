/** A timer that has been set; `cancel()` after it fired does nothing. */
export interface Timer {
  cancel(): void
}

/** The port through which pure code knows time. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  /** Milliseconds since some fixed moment, never going back. */
  monotonicMs(): number
  /**
   * Calls `callback` once, `delayMs` from now, however long that is; never, if it is Infinity. A
   * pending timer keeps the process alive.
   */
  setTimer(delayMs: number, callback: () => void): Timer
  /** Calls `callback` once, when what has arrived at the same time has been dealt with. */
  afterTurn(callback: () => void): void
}

/** Resolves `ms` from now. */
export function delay(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.setTimer(ms, resolve))
}
