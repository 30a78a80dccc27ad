import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Driver, depend, withEngines } from './driver.test.ts'

// After

test('a task runs after the one that it waits for', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  assert.deepEqual(driver.submit('2', { after: depend('1') }), [])
  assert.deepEqual(driver.done('1', 'a'), ['1 is answered by a', '2 runs on b'])
})

test('T4: tasks that waited for the same one run in the order of their submission', () => {
  const driver = withEngines('a')
  driver.submit('first')
  for (const id of ['1', '2', '3', '4', '5', '6']) driver.submit(id, { after: depend('first') })
  const order: string[] = driver.done('first', 'a').slice(1)
  for (const id of ['1', '2', '3', '4', '5']) order.push(...driver.done(id, 'a').slice(1))
  assert.deepEqual(
    order,
    [1, 2, 3, 4, 5, 6].map((id) => `${id} runs on a`),
  )
})

test('an older dependent goes before a younger task that waited all the time', () => {
  const driver = withEngines('a')
  driver.submit('1')
  driver.submit('2', { after: depend('1') })
  driver.submit('3')
  assert.deepEqual(driver.done('1', 'a'), ['1 is answered by a', '2 runs on a'])
})

test('a dependency on tasks that have ended is met at once', () => {
  const driver = withEngines('a')
  driver.submit('1')
  driver.done('1', 'a')
  assert.deepEqual(driver.submit('2', { after: depend('1') }), ['2 runs on a'])
})

test('a dependent of a task that fails is impossible, and so are its own dependents', () => {
  const driver = withEngines('a')
  driver.submit('1')
  driver.submit('2', { after: depend('1') })
  driver.submit('3', { after: depend('2') })
  assert.deepEqual(driver.failed('1', 'a'), [
    '1 is answered by a',
    '2 fails: ImpossibleDependency',
    '3 fails: ImpossibleDependency',
  ])
})

test('a dependency may ask for failure', () => {
  const driver = withEngines('a')
  driver.submit('1')
  driver.submit('2', { after: { ...depend('1'), success: false, failure: true } })
  assert.deepEqual(driver.failed('1', 'a'), ['1 is answered by a', '2 runs on a'])
})

test('a dependency on any of several is met by the first that ends as asked', () => {
  const driver = withEngines('a', 'b', 'c')
  driver.submit('1')
  driver.submit('2')
  driver.submit('3', { after: { ...depend('1', '2'), all: false } })
  assert.deepEqual(driver.failed('1', 'a'), ['1 is answered by a'])
  assert.deepEqual(driver.done('2', 'b'), ['2 is answered by b', '3 runs on c'])
})

test('a dependency on any is impossible when none ends as asked', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  driver.submit('2')
  driver.submit('3', { after: { ...depend('1', '2'), all: false } })
  driver.failed('1', 'a')
  assert.deepEqual(driver.failed('2', 'b'), ['2 is answered by b', '3 fails: ImpossibleDependency'])
})

for (const [name, id, wishes] of [
  ['an unknown task', 't', { after: depend('never') }],
  ['itself', 't', { after: depend('t') }],
  ['neither success nor failure', 't', { follow: { ...depend('1'), success: false } }],
] as const) {
  test(`a dependency on ${name} is invalid`, () => {
    const driver = withEngines('a')
    driver.submit('1')
    assert.deepEqual(driver.submit(id, wishes), ['t fails: InvalidDependency'])
  })
}

test('a dependent of an aborted task is impossible', () => {
  const driver = withEngines('a')
  driver.submit('1')
  driver.submit('2')
  driver.submit('3', { after: depend('2') })
  assert.deepEqual(driver.abort('2'), ['2 is aborted', '3 fails: ImpossibleDependency'])
})

test('T3: a dependent runs once though engines have no limit and new ones join', () => {
  const driver = new Driver({ highWaterMark: 0 })
  driver.join('a')
  driver.submit('1')
  driver.submit('2', { after: depend('1') })
  driver.done('1', 'a')
  assert.deepEqual(driver.join('b'), [])
})

test('a chain of a hundred thousand dependents that fails does not overflow', () => {
  const driver = withEngines('a')
  driver.submit('0')
  for (let i = 1; i < 100_000; i++) driver.submit(`${i}`, { after: depend(`${i - 1}`) })
  assert.equal(driver.failed('0', 'a').length, 100_000)
})

// Follow

test('a task follows another to its engine', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  driver.done('1', 'a')
  assert.deepEqual(driver.submit('2', { follow: depend('1') }), ['2 runs on a'])
})

test('a task waits until the task that it follows has ended', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  assert.deepEqual(driver.submit('2', { follow: depend('1') }), [])
  assert.deepEqual(driver.done('1', 'a'), ['1 is answered by a', '2 runs on a'])
})

test('a task waits for the busy engine that it follows to', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  driver.done('1', 'a')
  driver.submit('b-task')
  driver.submit('a-task')
  driver.done('b-task', 'b')
  assert.deepEqual(driver.submit('2', { follow: depend('1') }), [])
  assert.deepEqual(driver.done('a-task', 'a'), ['a-task is answered by a', '2 runs on a'])
})

test('a task cannot follow two that ran on different engines', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  driver.submit('2')
  driver.done('1', 'a')
  driver.done('2', 'b')
  assert.deepEqual(driver.submit('3', { follow: depend('1', '2') }), [
    '3 fails: ImpossibleDependency',
  ])
})

test('a task may follow any of two, on whichever engine is free', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  driver.submit('2')
  driver.submit('3', { follow: { ...depend('1', '2'), all: false } })
  driver.submit('4')
  assert.deepEqual(driver.done('2', 'b'), ['2 is answered by b', '3 runs on b'])
})

test('a task that waits to follow one engine takes a second that turns up', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  driver.submit('2')
  driver.done('1', 'a')
  driver.submit('busy')
  driver.submit('3', { follow: { ...depend('1', '2'), all: false } })
  assert.deepEqual(driver.done('2', 'b'), ['2 is answered by b', '3 runs on b'])
})

test('a task cannot follow to an engine that has left', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  driver.done('1', 'a')
  driver.leave('a')
  assert.deepEqual(driver.submit('2', { follow: depend('1') }), ['2 fails: ImpossibleDependency'])
})

test('a task cannot follow one that failed before it ran', () => {
  const driver = withEngines('a')
  driver.submit('1', { targets: ['gone'] })
  const follow = { ...depend('1'), success: false, failure: true }
  assert.deepEqual(driver.submit('2', { follow }), ['2 fails: ImpossibleDependency'])
})

test('targets and follow both hold', () => {
  const driver = withEngines('a', 'b')
  driver.submit('1')
  driver.done('1', 'a')
  assert.deepEqual(driver.submit('2', { follow: depend('1'), targets: ['b'] }), [
    '2 fails: ImpossibleDependency',
  ])
})
