import assert from 'node:assert/strict'
import { test } from 'node:test'
import { showSeconds } from './show-seconds.ts'

test('a time is shown with three digits, in the unit that fits', () => {
  const shown = [0, 3.2e-9, 1.5e-6, 0.00123456, 2.5, 61, 3_723].map(showSeconds)
  assert.deepEqual(shown, ['0 ns', '3.2 ns', '1.5 µs', '1.23 ms', '2.5 s', '1min 1s', '1h 2min 3s'])
})
