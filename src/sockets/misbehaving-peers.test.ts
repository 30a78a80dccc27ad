import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, limits, utf8 } from '../base/mod.ts'
import { Connection, NullMechanism, PlainClient, PlainServer } from '../zmtp/mod.ts'
import { Dealer } from './dealer.ts'
import {
  dealerConnection,
  endpoint,
  eventsOf,
  frames,
  heardBy,
  openPeer,
  playedNetwork,
  type RawPeer,
  rawPeer,
  shakeHands,
  types,
} from './played-network.test.ts'
import { Pub } from './pub.ts'
import { Router } from './router.ts'

test('a half-open connection is closed when its time is over, and nobody else is disturbed', async () => {
  const network = playedNetwork()
  const { clock, context, log } = network
  const router = new Router(context, { handshakeMs: 5_000 })
  const heard = heardBy(router)
  await router.bind(endpoint)
  const good = new Dealer(context, { routingId: 'good' })
  good.connect(endpoint)
  const silent = await rawPeer(network, endpoint)
  await clock.advance(4_999)
  assert.ok(!silent.closed())
  await clock.advance(2)
  assert.ok(silent.closed())
  assert.deepEqual(log, ['ROUTER inproc://here: dropped here: no handshake within 5000 ms'])
  good.trySend(frames('still here'))
  await clock.advance(0)
  assert.deepEqual(heard, [['good', 'still here']])
})

test('only so many connections may be in their handshake at once', async () => {
  const network = playedNetwork()
  const router = new Router(network.context)
  const events = eventsOf(router)
  await router.bind(endpoint)
  const peers: RawPeer[] = []
  for (let i = 0; i < limits.handshakesMax; i++) peers.push(await rawPeer(network, endpoint))
  const tooMany = await rawPeer(network, endpoint)
  assert.ok(tooMany.closed())
  assert.deepEqual(types(events), ['listening', 'refused'])
  peers[0]!.stream.destroy()
  await network.clock.advance(0)
  const next = await rawPeer(network, endpoint)
  assert.ok(!next.closed())
})

test('who is in its handshake too long gives way when others want to come in', async () => {
  const network = playedNetwork()
  const router = new Router(network.context)
  const heard = heardBy(router)
  await router.bind(endpoint)
  const peers: RawPeer[] = []
  for (let i = 0; i < limits.handshakesMax; i++) peers.push(await rawPeer(network, endpoint))
  await network.clock.advance(limits.handshakeGraceMs)
  const good = new Dealer(network.context, { routingId: 'good' })
  good.connect(endpoint)
  good.trySend(frames('hello'))
  await network.clock.advance(10)
  assert.deepEqual(heard, [['good', 'hello']])
  assert.deepEqual(
    peers.slice(0, 3).map((peer) => peer.closed()),
    [true, false, false],
  )
})

test('a stranger gets little memory for what it says in its handshake', async () => {
  const network = playedNetwork()
  const router = new Router(network.context)
  const events = eventsOf(router)
  await router.bind(endpoint)
  const peer = await rawPeer(network, endpoint)
  const connection = dealerConnection()
  const [greeting] = connection.takeOutput()
  peer.stream.write([greeting!, Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0x20, 0x01)])
  await network.clock.advance(0)
  assert.ok(peer.closed())
  const last = events.at(-1)
  assert.ok(last?.type === 'handshake-failed')
  assert.equal(last.reason, 'a command of 8193 bytes; the bound is 8192')
})

test('illegal peers are dropped with one line in the log, however many there are', async () => {
  const network = playedNetwork()
  const { clock, context, log } = network
  const router = new Router(context)
  await router.bind(endpoint)
  for (let i = 0; i < 50; i++) {
    const peer = await openPeer(network)
    peer.stream.write([Uint8Array.of(4, 1, 0)])
    await clock.advance(0)
    assert.ok(peer.closed())
  }
  assert.deepEqual(log, ['ROUTER inproc://here: dropped here: a command without a name'])
  await clock.advance(10_000)
  const peer = await rawPeer(network, endpoint)
  peer.stream.write([utf8('GET / HTTP/1.1\r\n')])
  await clock.advance(0)
  assert.match(log[1]!, /not a ZMTP greeting \(and 49 before it\)$/)
})

test('a peer that leaves before it is known is not in the log; one that we call is', async () => {
  const network = playedNetwork()
  const { clock, context, log } = network
  const router = new Router(context)
  const events = eventsOf(router)
  await router.bind(endpoint)
  const peer = await rawPeer(network, endpoint)
  peer.stream.end()
  await clock.advance(0)
  assert.equal(events.at(-1)?.type, 'handshake-failed')
  assert.deepEqual(log, [])
  const [transport] = context.transports
  await transport!.listen({ scheme: 'inproc', address: 'deaf' }, (stream) => stream.end())
  const dealer = new Dealer(context)
  dealer.connect('inproc://deaf')
  await clock.advance(0)
  assert.deepEqual(log, ['DEALER inproc://deaf: dropped deaf: the peer closed the connection'])
  await dealer.close()
})

test('a peer that pings without end and never reads is held back', async () => {
  const network = playedNetwork()
  const router = new Router(network.context)
  await router.bind(endpoint)
  const peer = await openPeer(network)
  peer.stream.pause()
  const ping = Uint8Array.from([4, 23, 4, ...utf8('PING'), 0, 0, ...new Uint8Array(16)])
  const flood = concat(Array.from({ length: 1_000 }, () => ping))
  let taken = 0
  while (taken < 1_000 && peer.stream.write([flood])) {
    taken++
    await network.clock.advance(0)
  }
  assert.ok(taken < 100, `${taken * 1_000} pings were taken`)
})

test('a subscriber that never reads does not fill the memory, whatever the mark', async () => {
  const network = playedNetwork()
  const pub = new Pub(network.context, { sendHighWaterMark: 0 })
  await pub.bind(endpoint)
  const peer = await rawPeer(network, endpoint)
  const connection = new Connection({ socketType: 'SUB', mechanism: new NullMechanism() })
  await shakeHands(network, peer, connection)
  connection.subscribe(new Uint8Array(0))
  peer.stream.write(connection.takeOutput())
  await network.clock.advance(0)
  peer.stream.pause()
  const message = [new Uint8Array(1_000_000)]
  for (let i = 0; i < 400; i++) {
    pub.trySend(message)
    if (i % 100 === 0) await network.clock.advance(0)
  }
  peer.received.length = 0
  peer.stream.resume()
  for (let i = 0; i < 20; i++) await network.clock.advance(1)
  const bytes = peer.received.reduce((sum, { length }) => sum + length, 0)
  assert.ok(bytes > limits.unreadBytesMax / 2, `${bytes} arrived`)
  assert.ok(bytes < limits.unreadBytesMax + 10_000_000, `${bytes} arrived`)
})

test('a subscriber cannot fill the memory with topics', async () => {
  const network = playedNetwork()
  const pub = new Pub(network.context)
  await pub.bind(endpoint)
  const peer = await rawPeer(network, endpoint)
  const connection = new Connection({ socketType: 'SUB', mechanism: new NullMechanism() })
  await shakeHands(network, peer, connection)
  const topic = new Uint8Array(60_000)
  for (let i = 0; i < 300; i++) {
    topic[i] = 1
    connection.subscribe(topic.slice())
    peer.stream.write(connection.takeOutput())
    await network.clock.advance(0)
  }
  assert.ok(peer.closed())
  assert.match(network.log[0]!, /too many subscriptions/)
})

test('cancelling what was not subscribed to makes no room for more topics', async () => {
  const network = playedNetwork()
  const pub = new Pub(network.context)
  await pub.bind(endpoint)
  const peer = await rawPeer(network, endpoint)
  const connection = new Connection({ socketType: 'SUB', mechanism: new NullMechanism() })
  await shakeHands(network, peer, connection)
  const topic = new Uint8Array(60_000)
  const other = topic.slice().fill(2)
  for (let i = 0; i < 300; i++) {
    topic[i] = 1
    connection.subscribe(topic.slice())
    connection.cancel(other)
    peer.stream.write(connection.takeOutput())
    await network.clock.advance(0)
  }
  assert.ok(peer.closed())
})

test('only who knows the password gets in', async () => {
  const { clock, context } = playedNetwork()
  const router = new Router(context, {
    mechanism: () => new PlainServer((_, password) => password === 'good'),
  })
  const heard = heardBy(router)
  await router.bind(endpoint)
  for (const word of ['good', 'bad']) {
    const dealer = new Dealer(context, {
      routingId: word,
      mechanism: () => new PlainClient('x', word),
    })
    dealer.connect(endpoint)
    dealer.trySend(frames('hello'))
  }
  await clock.advance(0)
  assert.deepEqual(heard, [['good', 'hello']])
})
