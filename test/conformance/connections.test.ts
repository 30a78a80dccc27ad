import assert from 'node:assert/strict'
import { connect as connectTcp } from 'node:net'
import { test } from 'node:test'
import { Dealer, PlainClient, PlainServer, Pub, Router, type SocketEvent, Sub } from 'iparallel/zmq'
import type { Reply } from 'zeromq'
import { againstLibzmq, bytes, eventOf, texts } from './libzmq.ts'

againstLibzmq('our DEALER finds their ROUTER again after it restarted', async (zmq, t) => {
  const before = new zmq.Router({ linger: 0 })
  await before.bind('tcp://127.0.0.1:*')
  const endpoint = before.lastEndpoint!
  const ours = new Dealer({ routingId: 'ours', reconnect: { firstMs: 5, maxMs: 50 } })
  t.after(() => ours.close({ lingerMs: 0 }))
  ours.connect(endpoint)
  await ours.send(bytes('1'))
  assert.deepEqual(texts(await before.receive()), ['ours', '1'])
  const cut = eventOf(ours, 'disconnected')
  before.close()
  await cut
  await ours.send(bytes('2'))
  const after = new zmq.Router({ linger: 0 })
  t.after(() => after.close())
  await bindAgain(() => after.bind(endpoint))
  assert.deepEqual(texts(await after.receive()), ['ours', '2'])
})

againstLibzmq('their DEALER finds our ROUTER again after it restarted', async (zmq, t) => {
  const before = new Router()
  const endpoint = await before.bind('tcp://127.0.0.1:0')
  const theirs = new zmq.Dealer({ routingId: 'theirs', linger: 0, reconnectInterval: 10 })
  t.after(() => theirs.close())
  theirs.connect(endpoint)
  await theirs.send('1')
  assert.deepEqual(texts(await before.receive()), ['theirs', '1'])
  await before.close()
  const after = new Router()
  t.after(() => after.close({ lingerMs: 0 }))
  await bindAgain(() => after.bind(endpoint))
  await theirs.send('2')
  assert.deepEqual(texts(await after.receive()), ['theirs', '2'])
})

/** libzmq closes in another thread, so the port may be free a moment later. */
async function bindAgain(bind: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const bound = await bind().then(
      () => true,
      () => false,
    )
    if (bound) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

againstLibzmq('our SUB subscribes again when their XPUB is back', async (zmq, t) => {
  const ours = new Sub({ reconnect: { firstMs: 5, maxMs: 50 } })
  t.after(() => ours.close({ lingerMs: 0 }))
  ours.subscribe('a')
  const before = new zmq.XPublisher({ linger: 0 })
  await before.bind('tcp://127.0.0.1:*')
  const endpoint = before.lastEndpoint!
  ours.connect(endpoint)
  assert.deepEqual(texts(await before.receive()), ['\x01a'])
  before.close()
  const after = new zmq.XPublisher({ linger: 0 })
  t.after(() => after.close())
  await bindAgain(() => after.bind(endpoint))
  assert.deepEqual(texts(await after.receive()), ['\x01a'])
  await after.send('abc')
  assert.deepEqual(texts(await ours.receive()), ['abc'])
})

againstLibzmq('their PINGs keep a connection alive in which nobody speaks', async (zmq, t) => {
  const ours = new Router()
  t.after(() => ours.close({ lingerMs: 0 }))
  const events: SocketEvent[] = []
  ours.onEvent = (event) => void events.push(event)
  const theirs = new zmq.Dealer({ linger: 0 })
  t.after(() => theirs.close())
  theirs.heartbeatInterval = 40
  theirs.heartbeatTimeout = 200
  theirs.heartbeatTimeToLive = 200
  theirs.connect(await ours.bind('tcp://127.0.0.1:0'))
  await theirs.send('x')
  const [id] = await ours.receive()
  // Longer than any of their limits; each of their pings must have been answered.
  await new Promise((resolve) => setTimeout(resolve, 700))
  assert.deepEqual(
    events.map(({ type }) => type),
    ['listening', 'accepted'],
  )
  await ours.send([id!, ...bytes('still there')])
  assert.deepEqual(texts(await theirs.receive()), ['still there'])
})

againstLibzmq('our PINGs keep a connection alive in which nobody speaks', async (zmq, t) => {
  const ours = new Dealer({ heartbeat: { intervalMs: 30, timeoutMs: 150 } })
  t.after(() => ours.close({ lingerMs: 0 }))
  const theirs = new zmq.Router({ linger: 0 })
  t.after(() => theirs.close())
  await theirs.bind('tcp://127.0.0.1:*')
  const met = eventOf(ours, 'connected')
  const events: string[] = []
  ours.connect(theirs.lastEndpoint!)
  await met
  ours.onEvent = ({ type }) => void events.push(type)
  await new Promise((resolve) => setTimeout(resolve, 500))
  assert.deepEqual(events, [])
})

againstLibzmq('their DEALER holds us back when it does not read', async (zmq, t) => {
  const ours = new Dealer({ sendHighWaterMark: 10 })
  t.after(() => ours.close({ lingerMs: 0 }))
  const theirs = new zmq.Dealer({ linger: 0, receiveHighWaterMark: 1 })
  t.after(() => theirs.close())
  theirs.connect(await ours.bind('tcp://127.0.0.1:0'))
  const frame = new Uint8Array(1_000_000)
  await ours.send([frame])
  let sent = 1
  let idle = 0
  // The system buffers some; when nothing is taken for long, we are held back.
  while (idle < 50) {
    if (ours.trySend([frame])) {
      sent++
      idle = 0
    } else {
      idle++
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    assert.ok(sent < 500, 'half a gigabyte was taken')
  }
  for (let i = 0; i < sent; i++) assert.equal((await theirs.receive())[0]!.length, 1_000_000)
})

againstLibzmq('our PUB drops for their SUB that does not read', async (zmq, t) => {
  const ours = new Pub({ sendHighWaterMark: 10 })
  t.after(() => ours.close({ lingerMs: 0 }))
  const theirs = new zmq.Subscriber({ linger: 0, receiveHighWaterMark: 1 })
  t.after(() => theirs.close())
  theirs.subscribe('')
  theirs.connect(await ours.bind('tcp://127.0.0.1:0'))
  const frame = new Uint8Array(1_000_000)
  for (let i = 0; i < 300; i++) {
    await ours.send([frame])
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.ok(process.memoryUsage().arrayBuffers < 200_000_000)
})

/** libzmq asks such a socket of the program about names and passwords. Source: RFC 27 (ZAP). */
async function admit(judge: Reply): Promise<void> {
  for await (const [version, request, , , , , name, password] of judge) {
    const known = String(name) === 'ann' && String(password) === 'secret'
    await judge.send([version!, request!, known ? '200' : '400', '', '', ''])
  }
}

againstLibzmq('PLAIN lets in who knows the password, ours at theirs', async (zmq, t) => {
  const theirs = new zmq.Router({ linger: 0, plainServer: true })
  t.after(() => theirs.close())
  const judge = new zmq.Reply({ linger: 0 })
  t.after(() => judge.close())
  await judge.bind('inproc://zeromq.zap.01')
  void admit(judge)
  await theirs.bind('tcp://127.0.0.1:*')
  const ours = new Dealer({ mechanism: () => new PlainClient('ann', 'secret') })
  t.after(() => ours.close({ lingerMs: 0 }))
  ours.connect(theirs.lastEndpoint!)
  await ours.send(bytes('hello'))
  assert.deepEqual(texts((await theirs.receive()).slice(1)), ['hello'])
})

againstLibzmq('PLAIN lets in who knows the password, theirs at ours', async (zmq, t) => {
  const ours = new Router({ mechanism: () => new PlainServer((_, word) => word === 'secret') })
  t.after(() => ours.close({ lingerMs: 0 }))
  const refused = eventOf(ours, 'handshake-failed')
  const endpoint = await ours.bind('tcp://127.0.0.1:0')
  for (const plainPassword of ['wrong', 'secret']) {
    const theirs = new zmq.Dealer({ linger: 0, plainUsername: 'ann', plainPassword })
    t.after(() => theirs.close())
    theirs.connect(endpoint)
    await theirs.send(plainPassword)
  }
  await refused
  assert.deepEqual(texts((await ours.receive()).slice(1)), ['secret'])
})

test('bytes that are not ZMTP end their own connection and no other', async (t) => {
  const router = new Router()
  t.after(() => router.close({ lingerMs: 0 }))
  const failed = eventOf(router, 'handshake-failed')
  const endpoint = await router.bind('tcp://127.0.0.1:0')
  const dealer = new Dealer({ routingId: 'good' })
  t.after(() => dealer.close({ lingerMs: 0 }))
  dealer.connect(endpoint)
  await dealer.send(bytes('before'))
  await router.receive()
  const stranger = connectTcp(Number(new URL(endpoint).port), '127.0.0.1')
  stranger.on('error', () => {}).resume()
  stranger.end('GET / HTTP/1.1\r\n\r\n')
  const gone = new Promise((resolve) => stranger.once('close', resolve))
  await failed
  await gone
  await dealer.send(bytes('after'))
  assert.deepEqual(texts(await router.receive()), ['good', 'after'])
})
