import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../base/mod.ts'
import { Driver } from './driver.test.ts'
import type { TaskSchedulerOptions } from './mod.ts'

/** Engines of ours, which answer a recall while they work, and `count` tasks: `1`, `2`, … */
function withTasks(
  count: number,
  engines: readonly string[],
  options?: Partial<TaskSchedulerOptions>,
): Driver {
  const driver = new Driver(options)
  for (const uuid of engines.toReversed()) driver.join(uuid, 'typescript', true)
  for (let i = 1; i <= count; i++) driver.submit(`${i}`)
  return driver
}

/** Long enough for an engine to count as stuck. */
const tooLongMs = limits.stuckEngineMs * 10

test('an engine whose task was short gets some ahead', () => {
  const driver = withTasks(6, ['a'], { aheadMs: 10 })
  assert.deepEqual(driver.done('1', 'a', 3), [
    '1 is answered by a',
    '2 runs on a',
    '3 runs on a',
    '4 runs on a',
    '5 runs on a',
  ])
})

test('an engine whose task was long gets one at a time', () => {
  const driver = withTasks(4, ['a'], { aheadMs: 10 })
  assert.deepEqual(driver.done('1', 'a', 11), ['1 is answered by a', '2 runs on a'])
})

test('an engine that does not say how long its tasks run gets one at a time', () => {
  const driver = withTasks(4, ['a'])
  assert.deepEqual(driver.done('1', 'a'), ['1 is answered by a', '2 runs on a'])
})

test('an engine that cannot give tasks back gets one at a time', () => {
  const driver = new Driver()
  driver.join('a', 'python', false)
  for (const id of ['1', '2', '3']) driver.submit(id)
  assert.deepEqual(driver.done('1', 'a', 0.1), ['1 is answered by a', '2 runs on a'])
})

test('nothing is sent ahead where that was switched off', () => {
  const driver = withTasks(4, ['a'], { aheadMs: 0 })
  assert.deepEqual(driver.done('1', 'a', 0.1), ['1 is answered by a', '2 runs on a'])
})

test('work ahead has a bound, however short the tasks are', () => {
  const driver = withTasks(500, ['a'])
  const effects = driver.done('1', 'a', 0)
  assert.equal(effects.length, 1 + 1 + limits.aheadTasksMax)
})

test('an idle engine gets the task, and not one that works off short ones', () => {
  const driver = withTasks(2, ['a', 'b'])
  driver.submit('3')
  assert.deepEqual(driver.done('1', 'a', 0.1), ['1 is answered by a', '3 runs on a'])
  assert.deepEqual(driver.done('2', 'b', 0.1), ['2 is answered by b'])
  assert.deepEqual(driver.submit('4'), ['4 runs on b'])
})

test('a task with a time-out is not sent ahead, nor those behind it', () => {
  const driver = withTasks(2, ['a'])
  driver.submit('3', { timeoutMs: 60_000 })
  driver.submit('4')
  assert.deepEqual(driver.done('1', 'a', 0.1), ['1 is answered by a', '2 runs on a'])
})

test('a task for certain engines is not sent ahead', () => {
  const driver = withTasks(2, ['a'])
  driver.submit('3', { targets: ['a'] })
  driver.submit('4')
  assert.deepEqual(driver.done('1', 'a', 0.1), ['1 is answered by a', '2 runs on a'])
  assert.deepEqual(driver.done('2', 'a', 0.1), ['2 is answered by a', '3 runs on a', '4 runs on a'])
})

test('an engine that is stuck is asked for what it has not begun', () => {
  const driver = withTasks(4, ['a'])
  driver.done('1', 'a', 0.1)
  assert.notEqual(driver.scheduler.nextDeadlineMs, undefined)
  assert.deepEqual(driver.wait(tooLongMs), ['3 is recalled from a', '4 is recalled from a'])
  assert.deepEqual(driver.wait(limits.recallAgainMs / 2), [], 'once')
})

test('what a stuck engine does not give back is asked for again: the asking may have been lost', () => {
  const driver = withTasks(4, ['a'])
  driver.done('1', 'a', 0.1)
  driver.wait(tooLongMs)
  driver.returned('4', 'a')
  assert.deepEqual(driver.wait(limits.recallAgainMs), ['3 is recalled from a'])
  driver.returned('3', 'a')
  assert.deepEqual(driver.wait(limits.recallAgainMs), [])
})

test('a task that was on its way when it was recalled does not wait behind the next long one', () => {
  const driver = withTasks(4, ['a'])
  driver.done('1', 'a', 0.1)
  driver.wait(tooLongMs)
  assert.deepEqual(driver.done('2', 'a', tooLongMs), ['2 is answered by a'])
  assert.deepEqual(driver.wait(limits.recallAgainMs), ['4 is recalled from a'])
})

test('a task that the engine aborts is not run again, although it was recalled', () => {
  const driver = withTasks(3, ['a'])
  driver.done('1', 'a', 0.1)
  driver.wait(tooLongMs)
  assert.deepEqual(driver.aborted('3', 'a'), ['3 is answered by a'])
  assert.equal(driver.scheduler.size, 1)
})

test('an engine that gets on is not asked for anything', () => {
  const driver = withTasks(4, ['a'])
  for (const id of ['1', '2', '3']) {
    assert.ok(!driver.wait(limits.stuckEngineMs - 1).some((effect) => /recalled/.test(effect)))
    driver.done(id, 'a', 0.1)
  }
})

test('what a stuck engine gives back goes to the next engine with room, in the old order', () => {
  const driver = withTasks(5, ['a', 'b'])
  driver.done('1', 'a', 3)
  driver.done('2', 'b', 3)
  driver.submit('6')
  driver.wait(tooLongMs)
  assert.deepEqual(driver.returned('4', 'a'), ['4 returns'])
  assert.deepEqual(driver.returned('5', 'a'), ['5 returns'])
  assert.deepEqual(driver.done('6', 'b', 3), ['6 is answered by b', '4 runs on b', '5 runs on b'])
})

test('a task that was begun before its recall came is answered as ever', () => {
  const driver = withTasks(3, ['a'])
  driver.done('1', 'a', 0.1)
  driver.wait(tooLongMs)
  assert.deepEqual(driver.done('2', 'a', tooLongMs), ['2 is answered by a'])
  assert.deepEqual(driver.done('3', 'a', 0.1), ['3 is answered by a'])
  assert.equal(driver.scheduler.size, 0)
})

test('a stuck engine gets nothing, even if it has room, until it answers', () => {
  const driver = withTasks(3, ['a'], { highWaterMark: 2 })
  driver.wait(tooLongMs)
  assert.deepEqual(driver.returned('2', 'a'), ['2 returns'])
  assert.deepEqual(driver.done('1', 'a', 900), [
    '1 is answered by a',
    '2 runs on a again',
    '3 runs on a',
  ])
})

test('a task that the client aborts while it is recalled ends', () => {
  const driver = withTasks(3, ['a'])
  driver.done('1', 'a', 0.1)
  driver.wait(tooLongMs)
  driver.abort('3')
  assert.deepEqual(driver.returned('3', 'a'), ['3 is answered by a'])
})

test('of an engine that dies only the task that it had begun fails', () => {
  const driver = withTasks(4, ['a', 'b'])
  driver.done('1', 'a', 3)
  assert.deepEqual(driver.leave('a'), ['3 fails: EngineError', '4 returns'])
  assert.deepEqual(driver.done('2', 'b', 3), ['2 is answered by b', '4 runs on b'])
})

test('an engine that begins several at once may have begun so many when it dies', () => {
  const driver = withTasks(6, ['a', 'b'])
  driver.done('1', 'a', 2, 2)
  assert.deepEqual(driver.leave('a'), [
    '3 fails: EngineError',
    '4 fails: EngineError',
    '5 returns',
    '6 returns',
  ])
})

test('of an engine that was given up nobody knows what it began: all of its tasks fail', () => {
  const driver = withTasks(4, ['a'])
  driver.done('1', 'a', 3)
  assert.deepEqual(driver.vanish('a'), [
    '2 fails: EngineError',
    '3 fails: EngineError',
    '4 fails: EngineError',
  ])
})
