import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concat } from '../../base/mod.ts'
import { Connection, type ConnectionEvent } from '../connection.ts'
import type { Mechanism } from './mechanism.ts'
import { PlainClient, PlainServer } from './plain.ts'

const knows = (username: string, password: string): boolean =>
  username === 'ann' && password === 'x y'

function meet(near: Mechanism, far: Mechanism): [ConnectionEvent[], ConnectionEvent[]] {
  const a = new Connection({ socketType: 'DEALER', mechanism: near })
  const b = new Connection({ socketType: 'ROUTER', mechanism: far })
  const heard: [ConnectionEvent[], ConnectionEvent[]] = [[], []]
  for (let round = 0; round < 6; round++) {
    heard[1].push(...b.receive(concat(a.takeOutput())))
    heard[0].push(...a.receive(concat(b.takeOutput())))
  }
  return heard
}

test('a client with the right password is let in, and both learn who the other is', () => {
  const [near, far] = meet(new PlainClient('ann', 'x y'), new PlainServer(knows))
  assert.deepEqual(
    [near, far].map((events) => events.map(({ type }) => type)),
    [['handshake-completed'], ['handshake-completed']],
  )
})

test('a client with the wrong password is told so and not let in', () => {
  const [near, far] = meet(new PlainClient('ann', 'no'), new PlainServer(knows))
  assert.deepEqual(near, [
    { type: 'failed', reason: 'the peer refused us: wrong user name or password' },
  ])
  assert.deepEqual(far, [{ type: 'failed', reason: 'wrong user name or password' }])
})

test('two clients do not take each other for a server', () => {
  const [near] = meet(new PlainClient('ann', 'x y'), new PlainClient('ann', 'x y'))
  assert.deepEqual(near, [{ type: 'failed', reason: 'expected the WELCOME command' }])
})

test('whatever a client sends, the server neither throws nor lets it in', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (commands) => {
      const server = new PlainServer(knows)
      server.start(new Uint8Array(0))
      for (const command of commands) assert.notEqual(server.receive(command).type, 'ready')
    }),
  )
})
