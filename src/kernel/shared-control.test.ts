import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { limits } from '../base/mod.ts'
import { SharedControl } from './shared-control.ts'

function pair(): [user: SharedControl, server: SharedControl] {
  const user = new SharedControl()
  return [user, new SharedControl(user.memory)]
}

test('a request can be stopped while it is worked on', () => {
  const [user, server] = pair()
  user.workOn(1)
  user.enter()
  assert.equal(server.beginStop(1), true)
})

test('a request that has ended cannot be stopped, nor can the next one in its place', () => {
  const [user, server] = pair()
  user.workOn(1)
  user.enter()
  user.leave()
  assert.equal(server.beginStop(1), false)
  user.workOn(2)
  user.enter()
  assert.equal(server.beginStop(1), false)
  assert.equal(server.beginStop(2), true)
})

test('a stop that could not be made leaves the request as it was', () => {
  const [user, server] = pair()
  user.workOn(1)
  user.enter()
  server.beginStop(1)
  server.endStop(1, false)
  user.leave()
  assert.equal(server.beginStop(1), false)
})

test('whoever leaves while a stop is under way waits for it', async () => {
  const [user, server] = pair()
  user.workOn(7)
  user.enter()
  server.beginStop(7)
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.url).then(({ SharedControl }) => {
      const user = new SharedControl(workerData.memory)
      user.workOn(7)
      parentPort.postMessage('leaving')
      user.leave()
      parentPort.postMessage('left')
    })`
  const url = new URL('./shared-control.js', import.meta.url).href
  const worker = new Worker(code, { eval: true, workerData: { url, memory: user.memory } })
  const heard: unknown[] = []
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  await new Promise<void>((resolve) => {
    worker.on('message', (message) => {
      heard.push(message)
      resolve()
    })
  })
  assert.deepEqual(heard, ['leaving'])
  server.endStop(7, true)
  await ended
  assert.deepEqual(heard, ['leaving', 'left'])
})

test('requests are told apart however many there were', () => {
  const [user, server] = pair()
  for (const request of [0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 2 ** 50]) {
    user.workOn(request)
    user.enter()
    assert.equal(server.beginStop(request + 1), false)
    assert.equal(server.beginStop(request), true)
    server.endStop(request, true)
  }
})

test('an exit is awaited until it is confirmed, but not for ever', () => {
  const [user, server] = pair()
  user.awaitExit(1)
  server.confirmExit()
  user.awaitExit(60_000)
})

test('output is no obstacle as long as it is taken away', () => {
  const [user, server] = pair()
  for (let i = 0; i < 100; i++) {
    user.addOutput(1_000_000)
    server.removeOutput(1_000_000)
  }
})

test('a request is begun or withdrawn, whichever comes first, and only once', () => {
  const [user, server] = pair()
  server.offer(1)
  server.offer(2)
  assert.deepEqual([user.claim(1), server.claim(1)], [true, false])
  assert.deepEqual([server.claim(2), user.claim(2)], [true, false])
})

test('the word that an earlier request had does not stand for a later one', () => {
  const [user, server] = pair()
  server.offer(1)
  assert.equal(user.claim(1 + limits.requestsAheadMax), false)
  server.offer(1 + limits.requestsAheadMax)
  assert.equal(user.claim(1), false)
})
