import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, text, utf8 } from '../base/mod.ts'
import { settle } from '../testing/mod.ts'
import { Connection, NullMechanism } from '../zmtp/mod.ts'
import { Dealer } from './dealer.ts'
import {
  endpoint,
  eventsOf,
  frames,
  heardBy,
  openPeer,
  playedNetwork,
  rawPeer,
  shakeHands,
  types,
} from './played-network.test.ts'
import { Router } from './router.ts'

test('a silent peer is pinged and given up when it does not answer', async () => {
  const network = playedNetwork()
  const { clock, context } = network
  const router = new Router(context, { heartbeat: { intervalMs: 1_000, timeoutMs: 3_000 } })
  const events = eventsOf(router)
  await router.bind(endpoint)
  const silent = await openPeer(network)
  const lively = new Dealer(context)
  lively.connect(endpoint)
  await clock.advance(2_500)
  assert.match(text(concat(silent.received)), /PING/)
  assert.ok(!silent.closed())
  await clock.advance(2_000)
  assert.ok(silent.closed())
  assert.deepEqual(types(events), ['listening', 'accepted', 'accepted', 'disconnected'])
  assert.equal(await Promise.race([lively.close(), settle()]), undefined)
})

test('any traffic is a sign of life', async () => {
  const network = playedNetwork()
  const { clock, context } = network
  const router = new Router(context, { heartbeat: { intervalMs: 1_000 } })
  await router.bind(endpoint)
  const peer = await openPeer(network)
  for (let i = 0; i < 10; i++) {
    peer.stream.write([Uint8Array.of(0, 1, 65)])
    await clock.advance(900)
  }
  assert.ok(!peer.closed())
})

test('a peer of version 3.0 is not pinged and not given up', async () => {
  const network = playedNetwork()
  const router = new Router(network.context, { heartbeat: { intervalMs: 1_000 } })
  await router.bind(endpoint)
  const peer = await openPeer(network, 0)
  await network.clock.advance(10_000)
  assert.ok(!peer.closed())
  assert.deepEqual(peer.received, [])
})

test('a peer that announced a time to live is given up when it is over', async () => {
  const network = playedNetwork()
  const { clock, context } = network
  const router = new Router(context)
  await router.bind(endpoint)
  const peer = await openPeer(network)
  const ping = Uint8Array.from([4, 7, 4, ...utf8('PING'), 0, 20])
  peer.stream.write([ping])
  await clock.advance(1_900)
  peer.stream.write([ping])
  await clock.advance(1_900)
  assert.ok(!peer.closed())
  await clock.advance(200)
  assert.ok(peer.closed())
})

test('of several times to live that come at once, the last one counts, and any traffic', async () => {
  const network = playedNetwork()
  const { clock, context } = network
  const router = new Router(context)
  await router.bind(endpoint)
  const peer = await openPeer(network)
  const ping = Uint8Array.from([4, 7, 4, ...utf8('PING'), 0, 20])
  peer.stream.write([concat([ping, ping, ping])])
  for (let i = 0; i < 4; i++) {
    await clock.advance(1_500)
    peer.stream.write([Uint8Array.of(0, 1, 65)])
  }
  await clock.advance(1_500)
  assert.ok(!peer.closed())
})

test('a peer comes back under its name though its old connection died unseen', async () => {
  const network = playedNetwork()
  const { clock, context } = network
  const router = new Router(context)
  const heard = heardBy(router)
  await router.bind(endpoint)
  const dead = await rawPeer(network, endpoint)
  const connection = new Connection({
    socketType: 'DEALER',
    routingId: utf8('ann'),
    mechanism: new NullMechanism(),
  })
  await shakeHands(network, dead, connection)
  const back = new Dealer(context, { routingId: 'ann' })
  back.connect(endpoint)
  back.trySend(frames('lost'))
  await clock.advance(3_000)
  assert.ok(dead.closed())
  await clock.advance(5_000)
  back.trySend(frames('here again'))
  await clock.advance(0)
  assert.deepEqual(heard.at(-1), ['ann', 'here again'])
})

test('a peer that answers keeps its name against others', async () => {
  const { clock, context } = playedNetwork()
  const router = new Router(context)
  await router.bind(endpoint)
  const first = new Dealer(context, { routingId: 'ann' })
  first.connect(endpoint)
  await clock.advance(0)
  const events = eventsOf(router)
  new Dealer(context, { routingId: 'ann' }).connect(endpoint)
  await clock.advance(60_000)
  assert.deepEqual(new Set(types(events)), new Set(['refused']))
})
