import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ArgumentError, limits, text } from '../base/mod.ts'
import { Dealer } from './dealer.ts'
import { BindError, SchemeError } from './errors.ts'
import type { SocketEvent } from './monitor.ts'
import { eventsOf, frames, heardBy, playedNetwork, rawPeer } from './played-network.test.ts'
import { Router } from './router.ts'
import type { Transport } from './transport.ts'

const endpoint = 'inproc://here'

function types(events: readonly SocketEvent[]): string[] {
  return events.map(({ type }) => type)
}

test('a connection that is refused is tried again, later each time', async () => {
  const { clock, context } = playedNetwork()
  const refusing = {
    scheme: 'inproc',
    connect: () => Promise.reject(new Error('nobody there')),
    listen: () => Promise.reject(new Error('not here')),
  }
  const dealer = new Dealer({ ...context, transports: [refusing] })
  const events = eventsOf(dealer)
  dealer.connect(endpoint)
  await clock.advance(60_000)
  const waits = events.flatMap((event) => (event.type === 'retrying' ? [event.inMs] : []))
  assert.ok(waits[0]! <= limits.reconnectFirstMs && waits[0]! >= limits.reconnectFirstMs / 2)
  assert.ok(waits.every((ms) => ms <= limits.reconnectMaxMs))
  assert.ok(waits.at(-1)! >= limits.reconnectMaxMs / 2)
  assert.equal(types(events).filter((type) => type === 'connect-failed').length, waits.length)
  await dealer.close()
  assert.equal(clock.pending, 0)
})

test('a bind that fails says where and why', async () => {
  const { context } = playedNetwork()
  const router = new Router(context)
  await router.bind(endpoint)
  await assert.rejects(new Router(context).bind(endpoint), (error) => {
    assert.ok(error instanceof BindError)
    assert.equal(error.endpoint, endpoint)
    assert.match(error.message, /cannot listen on inproc:\/\/here: the name here is in use/)
    return true
  })
})

test('a scheme that no transport knows is an error, with those that are known', async () => {
  const { context } = playedNetwork()
  const dealer = new Dealer(context)
  assert.throws(() => dealer.connect('udp://x:1'), SchemeError)
  await assert.rejects(dealer.bind('udp://x:1'), /known here: inproc:\/\//)
})

test('an unbound endpoint takes no new connections and keeps the old ones', async () => {
  const { clock, context } = playedNetwork()
  const router = new Router(context)
  const heard = heardBy(router)
  await router.bind(endpoint)
  const before = new Dealer(context, { routingId: 'before' })
  before.connect(endpoint)
  await clock.advance(0)
  await router.unbind(endpoint)
  const after = new Dealer(context, { routingId: 'after' })
  after.connect(endpoint)
  for (const dealer of [before, after]) dealer.trySend(frames('x'))
  await clock.advance(0)
  assert.deepEqual(heard, [['before', 'x']])
})

test('messages sent before the connection, and while it is broken, arrive in order', async () => {
  const { clock, context } = playedNetwork()
  const dealer = new Dealer(context)
  dealer.connect(endpoint)
  dealer.trySend(frames('1'))
  const first = new Dealer(context)
  const atFirst = heardBy(first)
  await first.bind(endpoint)
  await clock.advance(0)
  void first.close()
  await clock.advance(0)
  dealer.trySend(frames('2'))
  dealer.trySend(frames('3'))
  const second = new Dealer(context)
  const atSecond = heardBy(second)
  await second.bind(endpoint)
  await clock.advance(1_000)
  assert.deepEqual([atFirst, atSecond], [[['1']], [['2'], ['3']]])
})

test('a connection tells when it begins and why it ends', async () => {
  const { clock, context } = playedNetwork()
  const router = new Router(context)
  const atRouter = eventsOf(router)
  await router.bind(endpoint)
  const dealer = new Dealer(context, { routingId: 'ann' })
  const atDealer = eventsOf(dealer)
  dealer.connect(endpoint)
  await clock.advance(0)
  void router.close()
  await clock.advance(0)
  assert.deepEqual(types(atRouter), ['listening', 'accepted', 'disconnected'])
  assert.deepEqual(types(atDealer), ['connected', 'disconnected', 'retrying'])
  const [, accepted, disconnected] = atRouter
  assert.ok(accepted?.type === 'accepted' && accepted.peerType === 'DEALER')
  assert.equal(text(accepted.peerRoutingId), 'ann')
  assert.ok(disconnected?.type === 'disconnected')
  assert.equal(disconnected.reason, 'the socket was closed')
})

test('close waits for what was sent', async () => {
  const { clock, context } = playedNetwork()
  const dealer = new Dealer(context)
  dealer.connect(endpoint)
  dealer.trySend(frames('last words'))
  const closing = dealer.close({ lingerMs: 5_000 })
  await clock.advance(2_000)
  const peer = new Dealer(context)
  const heard = heardBy(peer)
  await peer.bind(endpoint)
  await clock.advance(0)
  assert.deepEqual(heard, [['last words']])
  await closing
  await peer.close()
  assert.equal(clock.pending, 0)
})

test('close waits no longer than it may', async () => {
  const { clock, context } = playedNetwork()
  const dealer = new Dealer(context)
  dealer.connect(endpoint)
  dealer.trySend(frames('never'))
  let closed = false
  const closing = dealer.close({ lingerMs: 5_000 }).then(() => {
    closed = true
  })
  await clock.advance(4_999)
  assert.ok(!closed)
  await clock.advance(1)
  await closing
  assert.equal(clock.pending, 0)
})

test('a socket closes in the middle of a handshake', async () => {
  const network = playedNetwork()
  const router = new Router(network.context)
  await router.bind(endpoint)
  const peer = await rawPeer(network, endpoint)
  const closing = router.close()
  await network.clock.advance(1_000)
  await closing
  assert.ok(peer.closed())
  assert.equal(network.clock.pending, 0)
})

test('a handler may close its socket; nothing comes after that', async () => {
  const { clock, context } = playedNetwork()
  const peer = new Dealer(context)
  let heard = 0
  peer.onMessage = () => {
    heard++
    void peer.close()
  }
  await peer.bind(endpoint)
  const dealer = new Dealer(context)
  dealer.connect(endpoint)
  for (const word of ['1', '2', '3']) dealer.trySend(frames(word))
  await clock.advance(0)
  assert.equal(heard, 1)
})

test("an error of a handler is the program's, and the messages after it still come", async () => {
  const { clock, context } = playedNetwork()
  const peer = new Dealer(context)
  const heard: string[] = []
  peer.onMessage = ([frame]) => {
    heard.push(text(frame!))
    if (heard.length === 1) throw new Error('mine')
  }
  await peer.bind(endpoint)
  const dealer = new Dealer(context)
  dealer.connect(endpoint)
  for (const word of ['1', '2']) dealer.trySend(frames(word))
  const thrown: unknown[] = []
  process.setUncaughtExceptionCaptureCallback((error) => void thrown.push(error))
  await clock.advance(0)
  await new Promise((resolve) => setImmediate(resolve))
  process.setUncaughtExceptionCaptureCallback(null)
  assert.deepEqual(heard, ['1', '2'])
  assert.deepEqual(
    thrown.map((error) => (error as Error).message),
    ['mine'],
  )
})

test('an endpoint that was disconnected is not connected again', async () => {
  const { clock, context } = playedNetwork()
  const router = new Router(context)
  const events = eventsOf(router)
  await router.bind(endpoint)
  const dealer = new Dealer(context)
  dealer.connect(endpoint)
  await clock.advance(0)
  dealer.disconnect(endpoint)
  await clock.advance(60_000)
  assert.deepEqual(types(events), ['listening', 'accepted', 'disconnected'])
  assert.ok(!dealer.trySend(frames('to nobody')))
  assert.throws(() => dealer.disconnect(endpoint), ArgumentError)
  await assert.rejects(dealer.unbind(endpoint), ArgumentError)
})

test('an attempt to connect that takes too long is given up and made again', async () => {
  const { clock, context } = playedNetwork()
  let attempts = 0
  const stuck: Transport = {
    scheme: 'inproc',
    connect: (_, signal) => {
      attempts++
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    },
    listen: () => Promise.reject(new Error('not here')),
  }
  const dealer = new Dealer({ ...context, transports: [stuck] }, { handshakeMs: 2_000 })
  const events = eventsOf(dealer)
  dealer.connect(endpoint)
  await clock.advance(2_500)
  assert.equal(attempts, 2)
  const [failed] = events
  assert.ok(failed?.type === 'connect-failed')
  assert.match(String(failed.cause), /no answer within 2000 ms/)
  await dealer.close()
  assert.equal(clock.pending, 0)
})

for (const [what, options] of [
  ['a routing id that begins with zero', { routingId: '\0a' }],
  ['a routing id of 256 bytes', { routingId: new Uint8Array(256).fill(1) }],
  ['a negative mark', { sendHighWaterMark: -1 }],
  ['half a message', { receiveHighWaterMark: 0.5 }],
  ['no time for the handshake', { handshakeMs: 0 }],
  ['a heartbeat without a pause', { heartbeat: { intervalMs: Number.NaN } }],
] as const) {
  test(`${what} is an argument error`, () => {
    assert.throws(() => new Dealer(playedNetwork().context, options), ArgumentError)
  })
}
