import { performance } from 'node:perf_hooks'
import type { Clock, Timer } from '../base/mod.ts'

let turnEnd: (() => void)[] = []

function endTurn(): void {
  const callbacks = turnEnd
  turnEnd = []
  for (const callback of callbacks) callback()
}

/** Milliseconds by which the two clocks of a process may differ, and between two looks at that. */
const agreementMs = 20
const lookMs = 100

let originMs = performance.timeOrigin
let lookedAtMs = 0

/**
 * The time of day, finer than `Date` has it. That it is set, and that the machine slept meanwhile,
 * the monotonic clock does not know.
 */
function timeOfDay(): number {
  const monotonicMs = performance.now()
  if (monotonicMs - lookedAtMs > lookMs) {
    lookedAtMs = monotonicMs
    const aheadMs = Date.now() - (originMs + monotonicMs)
    if (Math.abs(aheadMs) > agreementMs) originMs += aheadMs
  }
  return originMs + monotonicMs
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: timeOfDay,
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
