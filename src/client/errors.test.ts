import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { IparallelError } from '../base/mod.ts'
import {
  CompositeError,
  EngineError,
  NoSuchEngineError,
  RemoteError,
  type RemoteFailure,
} from './mod.ts'

const failure: RemoteFailure = {
  ename: 'TypeError',
  evalue: 'x is not a function',
  traceback: ['TypeError: x is not a function', '\u001b[31m    at applied:square:1:2\u001b[39m'],
  engineId: 2,
  method: 'apply',
}

function failures(count: number): RemoteError[] {
  return Array.from({ length: count }, (_, i) => new RemoteError({ ...failure, engineId: i }))
}

test('a remote error says which engine, what it did, and what happened', () => {
  assert.equal(new RemoteError(failure).message, '[2:apply] TypeError: x is not a function')
})

test('a name that only this process has is said to be one, with what helps', (t) => {
  t.after(() => Reflect.deleteProperty(globalThis, 'factor'))
  const missing = { ...failure, ename: 'ReferenceError', evalue: 'factor is not defined' }
  assert.equal(new RemoteError(missing).message, '[2:apply] ReferenceError: factor is not defined')
  Object.assign(globalThis, { factor: 2 })
  assert.match(
    new RemoteError(missing).message,
    /defined\. Here it is .*view\.push\(\{ factor \}\)/,
  )
})

test('the stack of a remote error is the local one, and below it the remote one without colours', () => {
  const origin = new Error('sent here')
  const stack = new RemoteError(failure, { origin }).stack!.split('\n')
  assert.match(stack[0]!, /^RemoteError: \[2:apply\]/)
  assert.match(stack.at(-1)!, /^ +at applied:square:1:2$/)
  assert.ok(stack.includes('  on engine 2:'))
})

test('the original error is the cause', () => {
  const cause = new TypeError('x is not a function')
  assert.equal(new RemoteError(failure, { cause }).cause, cause)
  assert.ok(!('cause' in new RemoteError(failure)))
})

test('what failed on engines is shown by its stack, without the fields that say it again', () => {
  const origin = new Error('sent here')
  const remote = new RemoteError(failure, { origin, cause: new TypeError('x is not a function') })
  assert.equal(inspect(remote), remote.stack)
  const composite = new CompositeError([remote, ...failures(2)], 3)
  assert.equal(inspect(composite), composite.stack)
  assert.match(inspect([composite]), /^\[\n {2}CompositeError: 3 of 3 failed:\n {4,}\[2:apply\]/)
})

test('a composite error shows the first four and says how many more there are', () => {
  const error = new CompositeError(failures(6), 8)
  assert.equal(error.message.split('\n').length, 6)
  assert.match(error.message, /^6 of 8 failed:/)
  assert.match(error.message, /… and 2 more: see \.errors$/)
  assert.equal(error.errors.length, 6)
})

test('a composite error may be tried again only if all of its errors may', () => {
  const died = new EngineError({ taskId: 't', engineId: 0 })
  assert.equal(new CompositeError([died], 2).retry, 'later')
  assert.equal(new CompositeError([died, ...failures(1)], 2).retry, 'never')
})

test('an engine error names the engine and how its process ended', () => {
  const error = new EngineError({ taskId: 't_1', engineId: 3, death: { signal: 'SIGKILL' } })
  assert.equal(error.message, "Engine 3 died while running task 't_1': killed by SIGKILL")
})

test('an engine that is not there is answered with those that are', () => {
  assert.equal(
    new NoSuchEngineError(9, [0, 1, 4]).message,
    'there is no engine 9; registered are 0, 1, 4',
  )
})

test('every error has a code of ours', () => {
  for (const error of [...failures(1), new CompositeError([], 1), new NoSuchEngineError(1, [])]) {
    assert.ok(IparallelError.is(error))
    assert.match(error.code, /^IPAR_/)
  }
})
