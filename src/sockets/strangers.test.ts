import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, text, utf8 } from '../base/mod.ts'
import { Connection, NullMechanism } from '../zmtp/mod.ts'
import { Dealer } from './dealer.ts'
import {
  endpoint,
  frames,
  heardBy,
  openPeer,
  type PlayedNetwork,
  playedNetwork,
  type RawPeer,
  rawPeer,
  shakeHands,
} from './played-network.test.ts'
import { Pub } from './pub.ts'
import { Router } from './router.ts'
import { Strangers } from './strangers.ts'
import { XPub } from './xpub.ts'

const bytesMax = 1_000_000

/** A network whose bound sockets know those that say `friend`, and their name. */
function guardedNetwork(): PlayedNetwork & { guarded: PlayedNetwork['context'] } {
  const network = playedNetwork()
  const strangers = new Strangers({
    bytesMax,
    senderOf: ([word, name]) =>
      word !== undefined && text(word) === 'friend' ? (name ?? new Uint8Array(0)) : undefined,
  })
  return { ...network, guarded: { ...network.context, strangers } }
}

/** Begins a frame of a megabyte and a half and sends so much of it. */
async function begin(network: PlayedNetwork, peer: RawPeer, bytes: number): Promise<void> {
  const header = Uint8Array.of(2, 0, 0, 0, 0, 0, 0x18, 0, 0)
  peer.stream.write([concat([header, new Uint8Array(bytes)])])
  await network.clock.advance(0)
}

test('strangers together may make us hold so much; then the greediest is cut off', async () => {
  const network = guardedNetwork()
  const router = new Router(network.guarded)
  await router.bind(endpoint)
  const peers: RawPeer[] = []
  for (const bytes of [300_000, 600_000, 200_000]) {
    peers.push(await openPeer(network))
    await begin(network, peers.at(-1)!, bytes)
  }
  assert.deepEqual(
    peers.map((peer) => peer.closed()),
    [false, true, false],
  )
  assert.match(network.log[0]!, /not shown a valid message .* 1000000 bytes, this one 600000$/)
})

test('many small frames count, too', async () => {
  const network = guardedNetwork()
  const router = new Router(network.guarded)
  await router.bind(endpoint)
  const peer = await openPeer(network)
  peer.stream.write([new Uint8Array(20_000).map((_, i) => (i % 2 === 0 ? 1 : 0))])
  await network.clock.advance(0)
  assert.ok(peer.closed())
})

test('what a stranger sent to its end does not count any more', async () => {
  const network = guardedNetwork()
  const router = new Router(network.guarded)
  let heard = 0
  router.onMessage = () => heard++
  await router.bind(endpoint)
  const dealer = new Dealer(network.context)
  dealer.connect(endpoint)
  for (let i = 0; i < 5; i++) dealer.trySend([new Uint8Array(400_000)])
  await network.clock.advance(10)
  assert.equal(heard, 5)
})

test('who has shown a valid message may send what it likes', async () => {
  const network = guardedNetwork()
  const router = new Router(network.guarded)
  const heard: number[] = []
  router.onMessage = (message) => heard.push(message.at(-1)!.length)
  await router.bind(endpoint)
  const peer = await openPeer(network)
  peer.stream.write([concat([Uint8Array.of(0, 6), utf8('friend')])])
  await begin(network, peer, 0x180000)
  assert.deepEqual(heard, [6, 0x180000])
  assert.ok(!peer.closed())
})

test('who is known by its routing id may begin with a large message on another connection', async () => {
  const network = guardedNetwork()
  const [first, second] = [new Router(network.guarded), new Router(network.guarded)]
  const heard = heardBy(second)
  heardBy(first)
  await first.bind(endpoint)
  await second.bind('inproc://there')
  const dealer = new Dealer(network.context)
  dealer.connect(endpoint)
  dealer.trySend(frames('friend', 'fred'))
  await network.clock.advance(10)
  for (const routingId of ['fred', 'greta']) {
    const peer = await rawPeer(network, 'inproc://there')
    const connection = new Connection({
      socketType: 'DEALER',
      routingId: utf8(routingId),
      mechanism: new NullMechanism(),
    })
    await shakeHands(network, peer, connection)
    await begin(network, peer, 0x180000 - 1)
    assert.equal(peer.closed(), routingId === 'greta')
  }
  assert.deepEqual(heard, [])
})

test('a stranger that leaves takes its share with it', async () => {
  const network = guardedNetwork()
  const router = new Router(network.guarded)
  await router.bind(endpoint)
  for (let i = 0; i < 4; i++) {
    const peer = await openPeer(network)
    await begin(network, peer, 900_000)
    assert.ok(!peer.closed())
    peer.stream.destroy()
    await network.clock.advance(0)
  }
})

test('the topics of all subscribers together are bounded', async () => {
  const network = guardedNetwork()
  const pub = new Pub(network.guarded)
  await pub.bind(endpoint)
  const peers: RawPeer[] = []
  for (const topics of [7, 3, 12]) {
    const peer = await rawPeer(network, endpoint)
    const connection = new Connection({ socketType: 'SUB', mechanism: new NullMechanism() })
    await shakeHands(network, peer, connection)
    for (let topic = 0; topic < topics; topic++) {
      connection.subscribe(new Uint8Array(50_000).fill(topic))
      peer.stream.write(connection.takeOutput())
      await network.clock.advance(0)
    }
    peers.push(peer)
  }
  assert.deepEqual(
    peers.map((peer) => peer.closed()),
    [false, false, true],
  )
  pub.trySend(frames('\0\0\0'))
})

test('nobody hears of a subscription that ends its connection', async () => {
  const network = guardedNetwork()
  const xpub = new XPub(network.guarded)
  const heard = heardBy(xpub)
  await xpub.bind(endpoint)
  const peer = await rawPeer(network, endpoint)
  const connection = new Connection({ socketType: 'SUB', mechanism: new NullMechanism() })
  await shakeHands(network, peer, connection)
  for (let topic = 0; topic < 20; topic++) {
    connection.subscribe(new Uint8Array(50_000).fill(topic))
    peer.stream.write(connection.takeOutput())
    await network.clock.advance(0)
  }
  assert.ok(peer.closed())
  const open = new Set<string>()
  for (const [message] of heard) {
    if (message!.startsWith('\x01')) open.add(message!.slice(1))
    else open.delete(message!.slice(1))
  }
  assert.ok(heard.length > 20)
  assert.equal(open.size, 0)
})

test('a publisher does not take large messages from subscribers', async () => {
  const network = playedNetwork()
  const pub = new Pub(network.context)
  await pub.bind(endpoint)
  const peer = await rawPeer(network, endpoint)
  await shakeHands(
    network,
    peer,
    new Connection({ socketType: 'SUB', mechanism: new NullMechanism() }),
  )
  await begin(network, peer, 10)
  assert.ok(peer.closed())
})
