import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../base/mod.ts'
import { CallPace, type Moment } from './call-pace.ts'

const at = (ms: number): Moment => ({ ms, date: `at ${ms}` })

test('at first, and after long calls, one is given at a time', () => {
  const pace = new CallPace(64)
  assert.equal(pace.togetherMax, 1)
  assert.deepEqual(pace.ended(at(0), at(20), 0), { started: 'at 0', run_ms: 20 })
  assert.equal(pace.togetherMax, 1)
})

test('after short calls a few are given at once, and the reply says so', () => {
  const pace = new CallPace(64)
  const together = limits.callsTogetherMax
  assert.deepEqual(pace.ended(at(0), at(0.25), 0), { started: 'at 0', run_ms: 0.25, together })
  assert.equal(pace.togetherMax, together)
})

test('an evaluator that takes one at a time gets one at a time', () => {
  const pace = new CallPace()
  assert.deepEqual(pace.ended(at(0), at(0.25), 0), { started: 'at 0', run_ms: 0.25 })
})

test('a call that was given behind another began when that one ended', () => {
  const pace = new CallPace(64)
  pace.ended(at(0), at(10), 1)
  assert.deepEqual(pace.ended(at(1), at(12), 0), { started: 'at 10', run_ms: 2 })
})

test('a long call ends the haste, but what was given already counts', () => {
  const pace = new CallPace(64)
  pace.ended(at(0), at(0.1), 3)
  assert.deepEqual(pace.ended(at(0), at(100.1), 2), {
    started: 'at 0.1',
    run_ms: 100,
    together: 2,
  })
  assert.equal(pace.togetherMax, 1)
})
