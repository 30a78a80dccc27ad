import { performance } from 'node:perf_hooks'
import type { Clock, Timer } from '../base/mod.ts'

/** The longest wait of Node's own timers, in milliseconds: a longer one would end at once. */
const timerMsMax = 2 ** 31 - 1

/**
 * When the monotonic clock began. It is finer than the date, but stands still while the machine
 * sleeps, and nobody sets it right: then the date counts.
 */
let originMs = performance.timeOrigin
const toleranceMs = 20

let turnEnd: (() => void)[] = []

function endTurn(): void {
  const callbacks = turnEnd
  turnEnd = []
  for (const callback of callbacks) callback()
}

/** The machine's clock. */
export const systemClock: Clock = {
  now(): number {
    const ms = originMs + performance.now()
    const offMs = Date.now() - ms
    if (Math.abs(offMs) < toleranceMs) return ms
    originMs += offMs
    return ms + offMs
  },
  monotonicMs: () => performance.now(),
  setTimer(delayMs: number, callback: () => void): Timer {
    let timer: NodeJS.Timeout
    const wait = (leftMs: number): void => {
      timer =
        leftMs > timerMsMax
          ? setTimeout(() => wait(leftMs - timerMsMax), timerMsMax)
          : setTimeout(callback, leftMs)
    }
    wait(delayMs)
    return { cancel: () => clearTimeout(timer) }
  },
  // Node makes one round over everything that can be read, and then calls immediates.
  afterTurn(callback: () => void): void {
    if (turnEnd.push(callback) === 1) setImmediate(endTurn)
  },
}
