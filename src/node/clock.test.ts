import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from './clock.ts'

for (const delayMs of [2 ** 31, Number.POSITIVE_INFINITY]) {
  test(`a wait of ${delayMs} ms, for which Node has no timer, does not end at once`, async () => {
    const heard: string[] = []
    const note = ({ name }: Error): void => void heard.push(name)
    process.on('warning', note)
    const timer = systemClock.setTimer(delayMs, () => heard.push('fired'))
    await new Promise((resolve) => setTimeout(resolve, 1))
    await new Promise((resolve) => setImmediate(resolve))
    timer.cancel()
    process.off('warning', note)
    assert.deepEqual(heard, [])
  })
}

test('the time is that of the machine also after it has slept, when the monotonic clock stood still', (t) => {
  const before = systemClock.now()
  assert.ok(Math.abs(before - Date.now()) < 1_000)
  const { now } = Date
  t.mock.method(Date, 'now', () => now() + 3_600_000)
  const after = systemClock.now()
  assert.ok(after - before >= 3_500_000, `${after - before} ms`)
  t.mock.restoreAll()
  assert.ok(systemClock.now() - before < 3_500_000)
})
