import type { Clock, Timer } from '../base/mod.ts'

/** The longest wait that every platform's timers can do, in milliseconds. */
const timerMsMax = 2_147_483_647

const never: Timer = { cancel() {} }

/** Like `clock.setTimer`, but a wait without end, or of more than 24 days, is one. */
export function startTimer(clock: Clock, delayMs: number, callback: () => void): Timer {
  return delayMs > timerMsMax ? never : clock.setTimer(delayMs, callback)
}
