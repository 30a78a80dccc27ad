import { performance } from 'node:perf_hooks'
import type { Clock, Timer } from '../base/mod.ts'

let turnEnd: (() => void)[] = []

function endTurn(): void {
  const callbacks = turnEnd
  turnEnd = []
  for (const callback of callbacks) callback()
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs: number, callback: () => void): Timer {
    const timer = setTimeout(callback, delayMs)
    return { cancel: () => clearTimeout(timer) }
  },
  // Node makes one round over everything that can be read, and then calls immediates.
  afterTurn(callback: () => void): void {
    if (turnEnd.push(callback) === 1) setImmediate(endTurn)
  },
}
