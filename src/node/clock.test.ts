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
