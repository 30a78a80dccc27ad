import assert from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import { test } from 'node:test'
import { systemClock } from './clock.ts'

test('the time of day follows a clock that is set, and is finer than milliseconds', (context) => {
  const [real, monotonic] = [Date.now, performance.now.bind(performance)]
  let [shiftMs, passedMs] = [0, 0]
  context.mock.method(Date, 'now', () => real() + shiftMs)
  context.mock.method(performance, 'now', () => monotonic() + passedMs)
  for (const hours of [0, 9, -30, 0]) {
    shiftMs = hours * 3_600_000
    passedMs += 1_000
    const before = Date.now()
    const now = systemClock.now()
    assert.ok(now >= before - 20 && now <= Date.now() + 20, `${hours} h: ${now - before} ms off`)
  }
  const fractions = Array.from({ length: 50 }, () => systemClock.now() % 1)
  assert.ok(fractions.some((fraction) => fraction !== 0))
})
