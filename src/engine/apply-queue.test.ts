import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deferred, utf8 } from '../base/mod.ts'
import { Message } from '../jupyter/mod.ts'
import { ApplyQueue } from './apply-queue.ts'

const empty = utf8('{}')

function request(msgId: string): Message {
  const header = utf8(JSON.stringify({ msg_id: msgId, msg_type: 'execute_request' }))
  return new Message([], { header, parentHeader: empty, metadata: empty, content: empty }, [])
}

/** A queue whose requests end when the test says so. */
function controlled() {
  const log: string[] = []
  const ends: Deferred<void>[] = []
  const queue = new ApplyQueue(
    (message) => {
      log.push(`run ${message.header.msgId}`)
      const end = new Deferred<void>()
      ends.push(end)
      return end.promise
    },
    ({ header }, isRecalled) => {
      log.push(`${isRecalled ? 'return' : 'abort'} ${header.msgId}`)
    },
  )
  const endCurrent = async () => {
    ends.at(-1)!.resolve()
    await new Promise(setImmediate)
  }
  return { queue, log, endCurrent }
}

test('requests run one at a time, in the order in which they came', async () => {
  const { queue, log, endCurrent } = controlled()
  for (const id of ['a', 'b', 'c']) queue.push(request(id))
  assert.deepEqual(log, ['run a'])
  await endCurrent()
  assert.deepEqual(log, ['run a', 'run b'])
  await endCurrent()
  assert.deepEqual(log, ['run a', 'run b', 'run c'])
})

test('an aborted request that waits is answered at once and never runs', async () => {
  const { queue, log, endCurrent } = controlled()
  for (const id of ['a', 'b', 'c']) queue.push(request(id))
  queue.abort(['b'])
  assert.deepEqual(log, ['run a', 'abort b'])
  await endCurrent()
  assert.deepEqual(log, ['run a', 'abort b', 'run c'])
})

test('a request that is aborted before it comes never runs', async () => {
  const { queue, log, endCurrent } = controlled()
  queue.abort(['b'])
  queue.push(request('a'))
  queue.push(request('b'))
  await endCurrent()
  assert.deepEqual(log, ['run a', 'abort b'])
})

test('the running request is not touched by an abort', async () => {
  const { queue, log, endCurrent } = controlled()
  queue.push(request('a'))
  queue.abort(['a'])
  queue.abortAll()
  await endCurrent()
  queue.push(request('c'))
  assert.deepEqual(log, ['run a', 'run c'])
})

test('abortAll drops what waits, in order, and nothing that comes later', async () => {
  const { queue, log, endCurrent } = controlled()
  for (const id of ['a', 'b', 'c']) queue.push(request(id))
  queue.abortAll()
  queue.push(request('d'))
  await endCurrent()
  assert.deepEqual(log, ['run a', 'abort b', 'abort c', 'run d'])
})

test('what is to be given back is dropped where it waits, and nothing is remembered', async () => {
  const { queue, log, endCurrent } = controlled()
  for (const id of ['a', 'b', 'c']) queue.push(request(id))
  queue.giveBack(['a', 'b', 'd'])
  assert.deepEqual(log, ['run a', 'return b'])
  queue.push(request('d'))
  await endCurrent()
  await endCurrent()
  assert.deepEqual(log, ['run a', 'return b', 'run c', 'run d'])
})

test('a request is there until it has run, or was aborted', async () => {
  const { queue, endCurrent } = controlled()
  for (const id of ['a', 'b']) queue.push(request(id))
  queue.abort(['b'])
  assert.deepEqual([queue.has('a'), queue.has('b'), queue.has('c')], [true, false, false])
  await endCurrent()
  assert.equal(queue.has('a'), false)
})
