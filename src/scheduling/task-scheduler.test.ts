import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Driver, depend, withEngines } from './driver.test.ts'

test('a task runs at once on an idle engine', () => {
  assert.deepEqual(withEngines('a').submit('t'), ['t runs on a'])
})

test('a task waits for the first engine there is', () => {
  const driver = new Driver()
  assert.deepEqual(driver.submit('t'), [])
  assert.deepEqual(driver.join('a'), ['t runs on a'])
})

test('a new engine is used before those that are here', () => {
  const driver = withEngines('a')
  driver.join('b')
  assert.deepEqual(driver.submit('t'), ['t runs on b'])
})

test('engines take turns', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  driver.done('1', 'a')
  assert.deepEqual(driver.submit('2'), ['2 runs on b'])
})

test('a result goes to the client and makes room for the next task', () => {
  const driver = withEngines('a')
  driver.submit('1')
  assert.deepEqual(driver.submit('2'), [])
  assert.deepEqual(driver.done('1', 'a'), ['1 is answered by a', '2 runs on a'])
})

test('tasks run in the order of their submission', () => {
  const driver = withEngines('a')
  for (const id of ['1', '2', '3', '4']) driver.submit(id)
  const order = ['1', '2', '3'].flatMap((id) => driver.done(id, 'a').slice(1))
  assert.deepEqual(order, ['2 runs on a', '3 runs on a', '4 runs on a'])
})

test('a result that nobody waits for is not passed on', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t')
  assert.deepEqual(driver.done('t', 'b'), [], 'from an engine that does not have it')
  driver.done('t', 'a')
  assert.deepEqual(driver.done('t', 'a'), [], 'a second time')
  assert.deepEqual(driver.done('unknown', 'a'), [])
})

test('an engine gets as many tasks as the high-water mark', () => {
  const driver = new Driver({ highWaterMark: 2 })
  driver.join('a')
  const started = ['1', '2', '3'].flatMap((id) => driver.submit(id))
  assert.deepEqual(started, ['1 runs on a', '2 runs on a'])
})

test('a high-water mark of 0 means no limit', () => {
  const driver = new Driver({ highWaterMark: 0 })
  driver.join('a')
  for (let i = 0; i < 100; i++) assert.equal(driver.submit(`${i}`).length, 1)
})

test('the engine with the least to do is used first', () => {
  const driver = new Driver({ highWaterMark: 0 })
  driver.join('a')
  driver.join('b')
  for (const id of ['1', '2', '3', '4']) driver.submit(id)
  driver.done('2', 'a')
  driver.done('4', 'a')
  assert.deepEqual(driver.submit('5'), ['5 runs on a'])
  assert.deepEqual(driver.submit('6'), ['6 runs on a'])
})

test('an id is never run twice: a second submission only says where the reply goes', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t')
  assert.deepEqual(driver.submit('t'), [])
  assert.deepEqual(driver.done('t', 'a'), ['t is answered by a'])
  assert.deepEqual(driver.submit('t'), ['t is answered again'])
})

// Targets

test('a task runs only on its targets', () => {
  const driver = withEngines('a', 'b', 'c')
  assert.deepEqual(driver.submit('t', { targets: ['c'] }), ['t runs on c'])
})

test('a task waits for its busy target while others are idle', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1', { targets: ['b'] })
  assert.deepEqual(driver.submit('2', { targets: ['b'] }), [])
  assert.deepEqual(driver.submit('3'), ['3 runs on a'])
  assert.deepEqual(driver.done('1', 'b'), ['1 is answered by b', '2 runs on b'])
})

test('an older task with targets goes before a younger one without', () => {
  const driver = withEngines('a')
  driver.submit('1')
  driver.submit('2', { targets: ['a'] })
  driver.submit('3')
  assert.deepEqual(driver.done('1', 'a'), ['1 is answered by a', '2 runs on a'])
})

test('a task none of whose targets is registered is impossible', () => {
  assert.deepEqual(withEngines('a').submit('t', { targets: ['gone'] }), [
    't fails: ImpossibleDependency',
  ])
})

test('a waiting task whose last target leaves is impossible', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1', { targets: ['a'] })
  driver.submit('2', { targets: ['a'] })
  assert.deepEqual(driver.leave('a'), ['1 fails: EngineError', '2 fails: ImpossibleDependency'])
})

test('a task among several targets takes the one that gets free first', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  driver.submit('2')
  driver.submit('t', { targets: ['a', 'b'] })
  assert.deepEqual(driver.done('2', 'b'), ['2 is answered by b', 't runs on b'])
  assert.deepEqual(driver.done('1', 'a'), ['1 is answered by a'])
})

// Languages

test('a task runs only on engines of its language', () => {
  const driver = new Driver()
  driver.join('py')
  driver.join('ts', 'typescript')
  assert.deepEqual(driver.submit('1', { language: 'typescript' }), ['1 runs on ts'])
  assert.deepEqual(driver.submit('2', { language: 'typescript' }), [])
  assert.deepEqual(driver.done('1', 'ts'), ['1 is answered by ts', '2 runs on ts'])
})

test('a task that names no language goes to Python engines where there are any', () => {
  const driver = new Driver()
  driver.join('py')
  driver.join('ts', 'typescript')
  assert.deepEqual(driver.submit('1'), ['1 runs on py'])
  assert.deepEqual(driver.submit('2'), [])
  assert.deepEqual(driver.leave('py'), ['1 fails: EngineError', '2 runs on ts'])
})

test('a task that names no language goes anywhere when no engine is of Python', () => {
  const driver = new Driver()
  driver.join('ts', 'typescript')
  driver.join('js', 'javascript')
  assert.deepEqual(driver.submit('1'), ['1 runs on js'])
  assert.deepEqual(driver.submit('2'), ['2 runs on ts'])
})

test('targets that do not speak the language of the task make it impossible', () => {
  const wishes = { targets: ['py'], language: 'typescript' }
  assert.deepEqual(withEngines('py').submit('t', wishes), ['t fails: ImpossibleDependency'])
})

// Retries

test('a failed task without retries is answered with its failure', () => {
  const driver = withEngines('a')
  driver.submit('t')
  assert.deepEqual(driver.failed('t', 'a'), ['t is answered by a'])
})

test('a failed task with retries runs on another engine', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t', { retries: 1 })
  assert.deepEqual(driver.failed('t', 'a'), ['t returns', 't runs on b'])
  assert.deepEqual(driver.failed('t', 'b'), ['t is answered by b'])
})

test('a failed task waits for a busy engine that has not tried it rather than going back', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t', { retries: 1 })
  driver.submit('other')
  assert.deepEqual(driver.failed('t', 'a'), ['t returns'])
  assert.deepEqual(driver.done('other', 'b'), ['other is answered by b', 't runs on b'])
})

test('T2: with more retries than engines a task returns to engines that failed it, and ends', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t', { retries: 3 })
  assert.deepEqual(driver.failed('t', 'a'), ['t returns', 't runs on b'])
  assert.deepEqual(driver.failed('t', 'b'), ['t returns', 't runs on a again'])
  assert.deepEqual(driver.failed('t', 'a'), ['t returns', 't runs on b again'])
  assert.deepEqual(driver.failed('t', 'b'), ['t is answered by b'])
})

test('a retried task goes before younger ones', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t', { retries: 1 })
  driver.submit('2')
  driver.submit('3')
  driver.submit('4')
  assert.deepEqual(driver.failed('t', 'a'), ['t returns', '3 runs on a'])
  assert.deepEqual(driver.done('2', 'b'), ['2 is answered by b', 't runs on b'])
})

test('an aborted task is not tried again', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t', { retries: 5 })
  assert.deepEqual(driver.aborted('t', 'a'), ['t is answered by a'])
})

// Functional dependencies

test('a task whose needs an engine does not meet tries the others, without using up retries', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t')
  assert.deepEqual(driver.unmet('t', 'a'), ['t returns', 't runs on b'])
  assert.deepEqual(driver.done('t', 'b'), ['t is answered by b'])
})

test('T1: a task whose needs no engine meets is impossible', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t')
  driver.unmet('t', 'a')
  assert.deepEqual(driver.unmet('t', 'b'), ['t returns', 't fails: ImpossibleDependency'])
})

test('a task whose needs none of its targets meets is impossible', () => {
  const driver = withEngines('a', 'b', 'c')
  driver.submit('t', { targets: ['a', 'b'] })
  driver.unmet('t', 'a')
  assert.deepEqual(driver.unmet('t', 'b'), ['t returns', 't fails: ImpossibleDependency'])
})

test('a waiting task is impossible once the last engine that might meet its needs leaves', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t')
  driver.submit('other')
  assert.deepEqual(driver.unmet('t', 'a'), ['t returns'])
  assert.deepEqual(driver.leave('b'), ['other fails: EngineError', 't fails: ImpossibleDependency'])
})

test('a task waits with its unmet needs for new engines while there are none at all', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t')
  driver.submit('other')
  driver.unmet('t', 'a')
  driver.leave('a')
  assert.deepEqual(driver.done('other', 'b'), ['other is answered by b', 't runs on b'])
})

test('an engine does not get tasks back whose needs it does not meet', () => {
  const driver = withEngines('a', 'b')
  driver.submit('b-task', { targets: ['b'] })
  driver.submit('t')
  driver.unmet('t', 'a')
  assert.deepEqual(driver.submit('next'), ['next runs on a'])
  assert.deepEqual(driver.done('next', 'a'), ['next is answered by a'])
})

// Engines that leave

test('an engine that dies fails its tasks at once, by its id and the cause', () => {
  const driver = withEngines('a')
  driver.submit('t')
  assert.deepEqual(driver.leave('a'), ['t fails: EngineError'])
  const effect = driver.effects.at(-1)
  assert.ok(effect?.type === 'fail-task')
  assert.equal(effect.failure.evalue, "Engine 0 died while running task 't': killed by SIGKILL")
  assert.deepEqual(effect.failure.engine, { uuid: 'a', id: 0 })
})

test('a task with retries survives the death of its engine', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t', { retries: 1 })
  assert.deepEqual(driver.leave('a'), ['t returns', 't runs on b'])
})

test('a task with retries waits when its engine was the last', () => {
  const driver = withEngines('a')
  driver.submit('t', { retries: 1 })
  assert.deepEqual(driver.leave('a'), ['t returns'])
  assert.deepEqual(driver.join('b'), ['t runs on b'])
})

test('a retry that has no target left reports the death', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t', { retries: 1, targets: ['a'] })
  assert.deepEqual(driver.leave('a'), ['t returns', 't fails: EngineError'])
})

test('T13: a result that was received before the death counts, one that comes after does not', () => {
  const driver = withEngines('a')
  driver.submit('1')
  driver.submit('2')
  driver.done('1', 'a')
  assert.deepEqual(driver.leave('a'), ['2 fails: EngineError'])
  assert.deepEqual(driver.done('2', 'a'), [])
})

test('several tasks of a dead engine keep their order', () => {
  const driver = new Driver({ highWaterMark: 3 })
  driver.join('a')
  for (const id of ['1', '2', '3']) driver.submit(id, { retries: 1 })
  driver.leave('a')
  assert.deepEqual(driver.join('b'), ['1 runs on b', '2 runs on b', '3 runs on b'])
})

test('a task goes back to the engine that died with it when that returns as the only one', () => {
  const driver = withEngines('a')
  driver.submit('t', { retries: 1 })
  driver.leave('a')
  assert.deepEqual(driver.join('a'), ['t runs on a again'])
})

// Aborting

test('a waiting task is aborted', () => {
  const driver = withEngines('a')
  driver.submit('1')
  driver.submit('2')
  assert.deepEqual(driver.abort('2'), ['2 is aborted'])
  assert.deepEqual(driver.done('1', 'a'), ['1 is answered by a'])
})

test('a running task is left to its engine, and not tried again when it fails', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t', { retries: 2 })
  assert.deepEqual(driver.abort('t'), [])
  assert.deepEqual(driver.failed('t', 'a'), ['t is answered by a'])
})

test('an id that is not known can be aborted', () => {
  assert.deepEqual(new Driver().abort('never'), [])
})

// Time-outs

test('a task that waits too long times out', () => {
  const driver = withEngines('a')
  driver.submit('1')
  driver.submit('2', { timeoutMs: 100 })
  assert.equal(driver.scheduler.nextDeadlineMs, 100)
  assert.deepEqual(driver.wait(99), [])
  assert.deepEqual(driver.wait(1), ['2 fails: TaskTimeout'])
  assert.equal(driver.scheduler.nextDeadlineMs, undefined)
})

test('a running task never times out', () => {
  const driver = withEngines('a')
  driver.submit('t', { timeoutMs: 100 })
  assert.deepEqual(driver.wait(1000), [])
})

test('a time-out begins anew when a task returns to the queue', () => {
  const driver = withEngines('a', 'b')
  driver.submit('t', { timeoutMs: 100, retries: 1 })
  driver.submit('other')
  driver.wait(500)
  driver.failed('t', 'a')
  assert.equal(driver.scheduler.nextDeadlineMs, 600)
})

test('waiting for other tasks counts as waiting, and is not begun anew for an engine', () => {
  const driver = withEngines('a')
  driver.submit('1')
  driver.submit('2', { after: depend('1'), timeoutMs: 100 })
  driver.submit('3')
  driver.wait(60)
  driver.abort('3')
  assert.deepEqual(driver.wait(40), ['2 fails: TaskTimeout'])
})

// Bounds

test('ended tasks are forgotten when they are many', () => {
  const driver = new Driver({ finishedIdsMax: 2 })
  driver.join('a')
  for (const id of ['1', '2', '3']) {
    driver.submit(id)
    driver.done(id, 'a')
  }
  assert.deepEqual(driver.submit('4', { after: depend('3') }), ['4 runs on a'])
  assert.deepEqual(driver.submit('5', { after: depend('1') }), ['5 fails: InvalidDependency'])
})
