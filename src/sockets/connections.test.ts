import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, limits, text, utf8 } from '../base/mod.ts'
import { settle } from '../testing/mod.ts'
import { Connection, NullMechanism, PlainClient, PlainServer } from '../zmtp/mod.ts'
import { Dealer } from './dealer.ts'
import { BindError, SchemeError } from './errors.ts'
import type { SocketEvent } from './monitor.ts'
import {
  eventsOf,
  frames,
  heardBy,
  type PlayedNetwork,
  playedNetwork,
  type RawPeer,
  rawPeer,
  shakeHands,
} from './played-network.test.ts'
import { Pub } from './pub.ts'
import { Router } from './router.ts'

const endpoint = 'inproc://here'

function dealerConnection(minorVersion: 0 | 1 = 1): Connection {
  return new Connection({ socketType: 'DEALER', mechanism: new NullMechanism(), minorVersion })
}

/** A peer that has shaken hands with whatever is bound, and then does what the test says. */
async function openPeer(network: PlayedNetwork, minorVersion: 0 | 1 = 1): Promise<RawPeer> {
  const peer = await rawPeer(network, endpoint)
  await shakeHands(network, peer, dealerConnection(minorVersion))
  peer.received.length = 0
  return peer
}

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
