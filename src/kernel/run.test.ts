import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyboardInterrupt } from './keyboard-interrupt.ts'
import { Run } from './run.ts'

test('what is awaited comes through the guard, failures too', async () => {
  const run = new Run()
  assert.equal(await run.guard(Promise.resolve(1)), 1)
  assert.equal(await run.guard(2), 2)
  await assert.rejects(run.guard(Promise.reject(new RangeError())), RangeError)
})

test('an interrupt makes the await throw, and then the request', async () => {
  const run = new Run()
  const order: string[] = []
  const cell = (async () => {
    try {
      await run.guard(new Promise(() => {}))
    } finally {
      order.push('finally')
    }
  })()
  const request = Promise.race([new Promise<never>(() => {}), run.interruption()])
  run.interrupt(new KeyboardInterrupt())
  await assert.rejects(request, KeyboardInterrupt)
  order.push('request')
  await assert.rejects(cell, KeyboardInterrupt)
  assert.deepEqual(order, ['finally', 'request'])
})

test('a finally block may await something after an interrupt', async () => {
  const run = new Run()
  const waiting = run.guard(new Promise(() => {}))
  run.interrupt(new KeyboardInterrupt())
  await assert.rejects(waiting)
  assert.equal(await run.guard(Promise.resolve(1)), 1)
})

test('the signal is aborted by an interrupt, whether it was asked for before or after', () => {
  const before = new Run()
  const { signal } = before
  assert.equal(signal.aborted, false)
  before.interrupt(new KeyboardInterrupt())
  assert.ok(signal.aborted)
  const later = new Run()
  later.stop(new KeyboardInterrupt())
  assert.ok(later.signal.aborted)
})

test('what is shown is waited for, and its failure is that of the request', async () => {
  const run = new Run()
  assert.equal(run.isShowing, false)
  run.track(Promise.resolve())
  assert.ok(run.isShowing)
  await run.untilShown()
  assert.equal(run.isShowing, false)
  run.track(Promise.reject(new RangeError()))
  await assert.rejects(run.untilShown(), RangeError)
})
