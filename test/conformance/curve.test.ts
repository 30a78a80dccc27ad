import assert from 'node:assert/strict'
import {
  type CurveOptions,
  curveKeyPair,
  curvePublicKey,
  Dealer,
  Pair,
  Pub,
  Pull,
  Push,
  Rep,
  Req,
  Router,
  Sub,
  XPub,
  XSub,
} from 'iparallel/zmq'
import {
  againstLibzmq,
  bothWays,
  bytes,
  eventOf,
  type Libzmq,
  type Sides,
  texts,
} from './libzmq.ts'

/** Options for a socket of libzmq's. */
interface TheirCurve {
  readonly curveServer?: boolean
  readonly curvePublicKey?: string
  readonly curveSecretKey?: string
  readonly curveServerKey?: string
}

interface Keys {
  readonly ours: { readonly curve: CurveOptions }
  readonly theirs: TheirCurve
}

const curve = { capability: 'curve' } as const

function needsCurve(title: string, body: Parameters<typeof againstLibzmq>[1]): void {
  againstLibzmq(title, body, curve)
}

async function keysFor(zmq: Libzmq, server: 'ours' | 'theirs'): Promise<Keys> {
  const ours = await curveKeyPair()
  const theirs = zmq.curveKeyPair()
  const pair = { curvePublicKey: theirs.publicKey, curveSecretKey: theirs.secretKey }
  return server === 'ours'
    ? {
        ours: { curve: { server: true, ...ours } },
        theirs: { ...pair, curveServerKey: ours.publicKey },
      }
    : {
        ours: { curve: { serverKey: theirs.publicKey } },
        theirs: { curveServer: true, curveSecretKey: theirs.secretKey },
      }
}

/** The same test with either side as the server, whoever binds. */
function encrypted(title: string, body: (sides: Sides & Keys) => Promise<void>): void {
  for (const server of ['ours', 'theirs'] as const) {
    bothWays(
      `${title}, encrypted for ${server === 'ours' ? 'our' : 'their'} key`,
      async (sides) => {
        await body({ ...sides, ...(await keysFor(sides.zmq, server)) })
      },
      curve,
    )
  }
}

encrypted('our DEALER and their ROUTER', async ({ zmq, meet, ...keys }) => {
  const ours = new Dealer({ routingId: 'ours', ...keys.ours })
  const theirs = new zmq.Router(keys.theirs)
  await meet(ours, theirs)
  await ours.send(bytes('one', '', 'three'))
  const received = await theirs.receive()
  assert.deepEqual(texts(received), ['ours', 'one', '', 'three'])
  await theirs.send([received[0]!, '', 'back'])
  assert.deepEqual(texts(await ours.receive()), ['', 'back'])
})

encrypted('our ROUTER and their DEALER', async ({ zmq, meet, ...keys }) => {
  const ours = new Router(keys.ours)
  const theirs = new zmq.Dealer({ routingId: 'theirs', ...keys.theirs })
  await meet(ours, theirs)
  for (let i = 0; i < 50; i++) await theirs.send([String(i), ''])
  for (let i = 0; i < 50; i++) {
    assert.deepEqual(texts(await ours.receive()), ['theirs', String(i), ''])
  }
  await ours.send(bytes('theirs', 'back'))
  assert.deepEqual(texts(await theirs.receive()), ['back'])
})

encrypted('our REQ and their REP', async ({ zmq, meet, ...keys }) => {
  const ours = new Req(keys.ours)
  const theirs = new zmq.Reply(keys.theirs)
  await meet(ours, theirs)
  await ours.send(bytes('question', 'more'))
  assert.deepEqual(texts(await theirs.receive()), ['question', 'more'])
  await theirs.send(['answer'])
  assert.deepEqual(texts(await ours.receive()), ['answer'])
})

encrypted('our REP and their REQ', async ({ zmq, meet, ...keys }) => {
  const ours = new Rep(keys.ours)
  const theirs = new zmq.Request(keys.theirs)
  await meet(ours, theirs)
  await theirs.send(['question', 'more'])
  assert.deepEqual(texts(await ours.receive()), ['question', 'more'])
  await ours.send(bytes('answer'))
  assert.deepEqual(texts(await theirs.receive()), ['answer'])
})

encrypted('our XPUB and their SUB', async ({ zmq, meet, ...keys }) => {
  const ours = new XPub(keys.ours)
  const theirs = new zmq.Subscriber(keys.theirs)
  theirs.subscribe('a')
  await meet(ours, theirs)
  const first = theirs.receive()
  assert.deepEqual(texts(await ours.receive()), ['\x01a'])
  for (const topic of ['b', 'a']) await ours.send(bytes(topic, 'body'))
  assert.deepEqual(texts(await first), ['a', 'body'])
  theirs.unsubscribe('a')
  assert.deepEqual(texts(await ours.receive()), ['\x00a'])
})

encrypted('our PUB and their XSUB', async ({ zmq, meet, ...keys }) => {
  const ours = new Pub(keys.ours)
  const theirs = new zmq.XSubscriber(keys.theirs)
  await meet(ours, theirs)
  await theirs.send(['\x01a'])
  const received = theirs.receive()
  let heard = false
  void received.then(() => {
    heard = true
  })
  // What is published before the subscription came is lost, so this goes on until it is heard.
  while (!heard) {
    await ours.send(bytes('a', 'body'))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.deepEqual(texts(await received), ['a', 'body'])
})

for (const minorVersion of [0, 1] as const) {
  encrypted(`our SUB, speaking ZMTP 3.${minorVersion}, and their XPUB`, async (sides) => {
    const { zmq, meet, ...keys } = sides
    const ours = new Sub({ minorVersion, ...keys.ours })
    const theirs = new zmq.XPublisher(keys.theirs)
    ours.subscribe('a')
    await meet(ours, theirs)
    assert.deepEqual(texts(await theirs.receive()), ['\x01a'])
    for (const topic of ['x', 'a']) await theirs.send([topic, 'body'])
    assert.deepEqual(texts(await ours.receive()), ['a', 'body'])
    ours.unsubscribe('a')
    assert.deepEqual(texts(await theirs.receive()), ['\x00a'])
  })
}

encrypted('our XSUB and their PUB', async ({ zmq, meet, ...keys }) => {
  const ours = new XSub(keys.ours)
  const theirs = new zmq.Publisher(keys.theirs)
  await meet(ours, theirs)
  const received = ours.receive()
  let heard = false
  void received.then(() => {
    heard = true
  })
  await ours.send(bytes('\x01'))
  while (!heard) {
    await theirs.send(['topic', 'body'])
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.deepEqual(texts(await received), ['topic', 'body'])
})

encrypted('our PUSH and their PULL', async ({ zmq, meet, ...keys }) => {
  const ours = new Push(keys.ours)
  const theirs = new zmq.Pull(keys.theirs)
  await meet(ours, theirs)
  await ours.send(bytes('work'))
  assert.deepEqual(texts(await theirs.receive()), ['work'])
})

encrypted('our PULL and their PUSH', async ({ zmq, meet, ...keys }) => {
  const ours = new Pull(keys.ours)
  const theirs = new zmq.Push(keys.theirs)
  await meet(ours, theirs)
  await theirs.send('work')
  assert.deepEqual(texts(await ours.receive()), ['work'])
})

encrypted('our PAIR and their PAIR', async ({ zmq, meet, ...keys }) => {
  const ours = new Pair(keys.ours)
  const theirs = new zmq.Pair(keys.theirs)
  await meet(ours, theirs)
  await ours.send(bytes('there'))
  assert.deepEqual(texts(await theirs.receive()), ['there'])
  await theirs.send('back')
  assert.deepEqual(texts(await ours.receive()), ['back'])
})

encrypted('large and empty frames', async ({ zmq, meet, ...keys }) => {
  const ours = new Dealer(keys.ours)
  const theirs = new zmq.Dealer(keys.theirs)
  await meet(ours, theirs)
  const sizes = [0, 1, 222, 223, 255, 256, 8_191, 65_503, 65_504, 65_536, 5_000_003]
  const frames = sizes.map((size) => Buffer.alloc(size, size % 251))
  await ours.send(frames)
  const there = await theirs.receive()
  assert.ok(frames.every((frame, i) => frame.equals(there[i]!)))
  await theirs.send(there)
  const back = await ours.receive()
  assert.equal(back.length, frames.length)
  assert.ok(frames.every((frame, i) => frame.equals(back[i]!)))
})

encrypted('heartbeats keep a connection on which nothing is said', async (sides) => {
  const { zmq, meet, ...keys } = sides
  const heartbeat = { intervalMs: 20, timeoutMs: 5_000 }
  const ours = new Dealer({ heartbeat, ...keys.ours })
  const theirs = new zmq.Dealer({
    heartbeatInterval: 20,
    heartbeatTimeout: 5_000,
    heartbeatTimeToLive: 5_000,
    ...keys.theirs,
  })
  const lost = eventOf(ours, 'disconnected').then(() => 'lost')
  await meet(ours, theirs)
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    await ours.send(bytes(String(i)))
    assert.deepEqual(texts(await theirs.receive()), [String(i)])
    await theirs.send('back')
    const back = ours.receive().then(texts)
    assert.deepEqual(await Promise.race([back, lost]), ['back'])
  }
})

needsCurve('our client and their server, with the key of another', async (zmq, t) => {
  const keys = await keysFor(zmq, 'theirs')
  const theirs = new zmq.Router({ linger: 0, ...keys.theirs })
  await theirs.bind('tcp://127.0.0.1:*')
  const ours = new Dealer({ curve: { serverKey: (await curveKeyPair()).publicKey } })
  t.after(() => theirs.close())
  t.after(() => ours.close({ lingerMs: 0 }))
  const reason = new Promise<string>((resolve) => {
    ours.onEvent = (event) => {
      if (event.type === 'handshake-failed') resolve(event.reason)
    }
  })
  ours.connect(theirs.lastEndpoint!)
  assert.match(await reason, /is the server key the one of this server\?$/)
})

needsCurve('their client and our server, with the key of another', async (zmq, t) => {
  const keys = await keysFor(zmq, 'ours')
  const ours = new Router(keys.ours)
  const endpoint = await ours.bind('tcp://127.0.0.1:0')
  const other = (await curveKeyPair()).publicKey
  const theirs = new zmq.Dealer({ linger: 0, ...keys.theirs, curveServerKey: other })
  t.after(() => theirs.close())
  t.after(() => ours.close({ lingerMs: 0 }))
  const reason = new Promise<string>((resolve) => {
    ours.onEvent = (event) => {
      if (event.type === 'handshake-failed') resolve(event.reason)
    }
  })
  theirs.connect(endpoint)
  assert.match(await reason, /^a HELLO that does not decrypt/)
})

needsCurve('a key pair of libzmq is one of ours', async (zmq) => {
  const { publicKey, secretKey } = zmq.curveKeyPair()
  assert.equal(await curvePublicKey(secretKey), publicKey)
})
