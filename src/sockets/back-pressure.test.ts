import assert from 'node:assert/strict'
import { test } from 'node:test'
import { text, utf8 } from '../base/mod.ts'
import { Connection, NullMechanism } from '../zmtp/mod.ts'
import { Dealer } from './dealer.ts'
import { frames, heardBy, playedNetwork, rawPeer, shakeHands } from './played-network.test.ts'
import { Pub } from './pub.ts'
import { Router } from './router.ts'

const endpoint = 'inproc://here'

test('at the high-water mark trySend says no, and send waits until the peer reads', async () => {
  const network = playedNetwork()
  const { clock, context } = network
  const router = new Router(context, { sendHighWaterMark: 10 })
  await router.bind(endpoint)
  const peer = await rawPeer(network, endpoint)
  const connection = new Connection({
    socketType: 'DEALER',
    routingId: utf8('slow'),
    mechanism: new NullMechanism(),
  })
  await shakeHands(network, peer, connection)
  peer.stream.pause()
  const message = [utf8('slow'), new Uint8Array(30_000)]
  let sent = 0
  while (router.trySend(message)) {
    sent++
    await clock.advance(0)
  }
  assert.ok(sent >= 10 && sent <= 20, `${sent} messages were taken`)
  let settled = false
  const waiting = router.send(message).then(() => {
    settled = true
  })
  await clock.advance(0)
  assert.ok(!settled)
  peer.stream.resume()
  await clock.advance(0)
  await waiting
})

test('a PUB drops for a subscriber at its mark and goes on for the others', async () => {
  const network = playedNetwork()
  const { clock, context } = network
  const pub = new Pub(context, { sendHighWaterMark: 5 })
  await pub.bind(endpoint)
  const slow = await rawPeer(network, endpoint)
  const connection = new Connection({ socketType: 'SUB', mechanism: new NullMechanism() })
  await shakeHands(network, slow, connection)
  connection.subscribe(new Uint8Array(0))
  slow.stream.write(connection.takeOutput())
  await clock.advance(0)
  slow.received.length = 0
  slow.stream.pause()
  for (let i = 0; i < 100; i++) {
    assert.ok(pub.trySend([new Uint8Array(30_000)]))
    await clock.advance(0)
  }
  slow.stream.resume()
  await clock.advance(0)
  const bytes = slow.received.reduce((sum, { length }) => sum + length, 0)
  assert.ok(bytes < 20 * 30_000, `${bytes} bytes waited`)
})

test('what waits for room is sent once, and in order', async () => {
  const { clock, context } = playedNetwork()
  const dealer = new Dealer(context, { sendHighWaterMark: 4 })
  dealer.connect(endpoint)
  const words = ['1', '2', '3', '4', '5', '6', '7']
  const sent = words.map((word) => dealer.send(frames(word)))
  const peer = new Dealer(context)
  const heard = heardBy(peer)
  await peer.bind(endpoint)
  await clock.advance(0)
  await Promise.all(sent)
  await clock.advance(0)
  assert.deepEqual(heard.flat(), words)
})

test('who does not take messages holds the sender back', async () => {
  const { clock, context } = playedNetwork()
  const dealer = new Dealer(context, { sendHighWaterMark: 10 })
  const peer = new Dealer(context, { receiveHighWaterMark: 10 })
  await peer.bind(endpoint)
  dealer.connect(endpoint)
  await clock.advance(0)
  let sent = 0
  while (sent < 1_000 && dealer.trySend([Uint8Array.of(sent), new Uint8Array(30_000)])) {
    sent++
    await clock.advance(0)
  }
  assert.ok(sent < 50, `${sent} messages were taken`)
  for (let i = 0; i < sent; i++) {
    await clock.advance(0)
    assert.equal((await peer.receive())[0]![0], i)
  }
  assert.ok(dealer.trySend(frames('again')))
})

test('messages that wait are taken in turn, one of each peer', async () => {
  const { clock, context } = playedNetwork()
  const router = new Router(context)
  await router.bind(endpoint)
  for (const name of ['a', 'b']) {
    const dealer = new Dealer(context, { routingId: name })
    dealer.connect(endpoint)
    for (const word of ['1', '2', '3']) dealer.trySend(frames(word))
    await clock.advance(0)
  }
  const order: string[] = []
  for (let i = 0; i < 6; i++) order.push((await router.receive()).map(text).join(''))
  assert.deepEqual(order, ['a1', 'b1', 'a2', 'b2', 'a3', 'b3'])
})

test('a handler gets what waited before it came, in order', async () => {
  const { clock, context } = playedNetwork()
  const peer = new Dealer(context)
  await peer.bind(endpoint)
  const dealer = new Dealer(context)
  dealer.connect(endpoint)
  for (const word of ['1', '2']) dealer.trySend(frames(word))
  await clock.advance(0)
  const heard = heardBy(peer)
  assert.deepEqual(heard, [['1'], ['2']])
})

test('a receive that is given up takes no message away', async () => {
  const { clock, context } = playedNetwork()
  const peer = new Dealer(context)
  await peer.bind(endpoint)
  const dealer = new Dealer(context)
  dealer.connect(endpoint)
  const giveUp = new AbortController()
  const received = peer.receive({ signal: giveUp.signal })
  giveUp.abort(new Error('enough'))
  await assert.rejects(received, /enough/)
  dealer.trySend(frames('x'))
  await clock.advance(0)
  assert.deepEqual((await peer.receive()).map(text), ['x'])
})
