import assert from 'node:assert/strict'
import { connect, type Socket as TcpSocket } from 'node:net'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { Dealer, Pub, Router, type Socket, Sub } from 'iparallel/zmq'
import { bytes, texts } from './libzmq.ts'

const greeting = Buffer.alloc(64)
greeting.set([0xff], 0)
greeting.set([0x7f, 3, 1], 9)
greeting.write('NULL', 12)

/** READY of a DEALER without a routing id. */
const ready = Buffer.concat([
  Buffer.from([4, 28]),
  Buffer.from('\x05READY\x0bSocket-Type\0\0\0\x06DEALER'),
])

function stranger(t: TestContext, endpoint: string): TcpSocket {
  const socket = connect(Number(new URL(endpoint).port), '127.0.0.1')
  t.after(() => socket.destroy())
  return socket.on('error', () => {}).resume()
}

function gone(socket: TcpSocket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve))
}

/** A ROUTER with one good peer, and proof afterwards that the two still understand each other. */
async function withGoodPeer(
  t: TestContext,
  router: Router,
): Promise<{ endpoint: string; stillGood: () => Promise<void> }> {
  const endpoint = await router.bind('tcp://127.0.0.1:0')
  const good = new Dealer({ routingId: 'good' })
  for (const socket of [router, good] as Socket[]) t.after(() => socket.close({ lingerMs: 0 }))
  const heard: string[][] = []
  let wake = (): void => {}
  router.onMessage = (frames) => {
    heard.push(texts(frames))
    wake()
  }
  good.connect(endpoint)
  await good.send(bytes('before'))
  const stillGood = async (): Promise<void> => {
    await good.send(bytes('after'))
    while (heard.filter(([id]) => id === 'good').length < 2) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    assert.ok(router.trySend(bytes('good', 'back')))
    assert.deepEqual(texts(await good.receive()), ['back'])
  }
  return { endpoint, stillGood }
}

test('random bytes on a bound port harm nobody, in the handshake and after it', async (t) => {
  const { endpoint, stillGood } = await withGoodPeer(t, new Router({ handshakeMs: 200 }))
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), fc.nat(2), async (noise, stage) => {
      const socket = stranger(t, endpoint)
      socket.end(Buffer.concat([greeting, ready].slice(0, stage).concat(Buffer.from(noise))))
      await gone(socket)
    }),
    { numRuns: 150 },
  )
  await stillGood()
})

test('a claim of four gigabytes takes no memory', async (t) => {
  const { endpoint, stillGood } = await withGoodPeer(t, new Router())
  const before = process.memoryUsage.rss()
  const claim = Buffer.from([2, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3])
  const sockets = Array.from({ length: 20 }, () => stranger(t, endpoint))
  for (const socket of sockets) socket.write(Buffer.concat([greeting, ready, claim]))
  await stillGood()
  assert.ok(process.memoryUsage.rss() - before < 200_000_000)
})

test('a frame above the bound ends the connection that sends it', async (t) => {
  const { endpoint, stillGood } = await withGoodPeer(t, new Router({ frameBytesMax: 1_000 }))
  const socket = stranger(t, endpoint)
  socket.write(Buffer.concat([greeting, ready, Buffer.from([2, 0, 0, 0, 0, 0, 0, 3, 233])]))
  await gone(socket)
  await stillGood()
})

test('connections that say nothing are closed after their time', async (t) => {
  const { endpoint, stillGood } = await withGoodPeer(t, new Router({ handshakeMs: 100 }))
  await Promise.all(Array.from({ length: 50 }, () => gone(stranger(t, endpoint))))
  await stillGood()
})

test('peers that vanish in the middle of a message leave nothing behind', async (t) => {
  const { endpoint, stillGood } = await withGoodPeer(t, new Router())
  for (let i = 0; i < 20; i++) {
    const socket = stranger(t, endpoint)
    socket.write(Buffer.concat([greeting, ready, Buffer.from([1, 200, 1, 2, 3])]))
    await new Promise((resolve) => socket.once('data', resolve))
    socket.resetAndDestroy()
  }
  await stillGood()
})

test('a publisher goes on while subscribers are broken off', async (t) => {
  const pub = new Pub()
  const endpoint = await pub.bind('tcp://127.0.0.1:0')
  const sub = new Sub()
  for (const socket of [pub, sub] as Socket[]) t.after(() => socket.close({ lingerMs: 0 }))
  sub.subscribe('')
  sub.connect(endpoint)
  let count = 0
  let wake = (): void => {}
  sub.onMessage = () => {
    count++
    wake()
  }
  const subscriber = Buffer.from(greeting)
  const readySub = Buffer.from('\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03SUB')
  for (let i = 0; i < 20; i++) {
    const socket = stranger(t, endpoint)
    socket.write(Buffer.concat([subscriber, readySub, Buffer.from('\x04\x0a\x09SUBSCRIBE')]))
    await new Promise((resolve) => socket.once('data', resolve))
    pub.trySend([new Uint8Array(100_000)])
    socket.resetAndDestroy()
  }
  const before = count
  while (count === before) {
    pub.trySend(bytes('still there'))
    await new Promise<void>((resolve) => {
      wake = resolve
      setTimeout(resolve, 10)
    })
  }
})
