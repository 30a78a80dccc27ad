import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concat, utf8 } from '../../base/mod.ts'
import { SeededRandom } from '../../testing/mod.ts'
import { Connection, type ConnectionEvent, type ConnectionOptions } from '../connection.ts'
import { FrameWriter } from '../frame-writer.ts'
import { encodeMetadata } from '../metadata.ts'
import type { CurveServerKeys } from './curve-server.ts'
import { loadCurve } from './load-curve.ts'
import type { Mechanism, MechanismStep } from './mechanism.ts'
import { NullMechanism } from './null.ts'

const curve = await loadCurve()
const random = new SeededRandom(7)
const serverKeys = curve.keyPair(random)
const clientKeys = curve.keyPair(random)

function makeClient(serverKey: Uint8Array = serverKeys.publicKey): Mechanism {
  return curve.client(random, { ...clientKeys, serverKey })
}

function makeServer(more: Partial<CurveServerKeys> = {}): Mechanism {
  return curve.server(random, { ...serverKeys, ...more })
}

function connection(mechanism: Mechanism, options: Partial<ConnectionOptions> = {}): Connection {
  return new Connection({ socketType: 'DEALER', mechanism, ...options })
}

type Heard = [client: ConnectionEvent[], server: ConnectionEvent[]]

/** Carries bytes between two until both are silent, in pieces of `pieceBytes`. */
function talk(a: Connection, b: Connection, pieceBytes = Number.POSITIVE_INFINITY): Heard {
  const heard: Heard = [[], []]
  const carry = (bytes: Uint8Array, to: Connection, events: ConnectionEvent[]): void => {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      events.push(...to.receive(bytes.slice(at, at + pieceBytes)))
      if (events.at(-1)?.type === 'failed') return
    }
  }
  for (;;) {
    const fromA = concat(a.takeOutput())
    const fromB = concat(b.takeOutput())
    if (fromA.length === 0 && fromB.length === 0) return heard
    carry(fromB, a, heard[0])
    carry(fromA, b, heard[1])
  }
}

function open(options: Partial<ConnectionOptions> = {}): [client: Connection, server: Connection] {
  const client = connection(makeClient(), options)
  const server = connection(makeServer(), { ...options, socketType: 'DEALER' })
  talk(client, server)
  assert.ok(client.open && server.open)
  return [client, server]
}

function types([client, server]: Heard): string[][] {
  return [client, server].map((events) => events.map(({ type }) => type))
}

function reason(events: readonly ConnectionEvent[]): string {
  const last = events.at(-1)
  assert.equal(last?.type, 'failed')
  return last.reason
}

for (const pieceBytes of [Number.POSITIVE_INFINITY, 1, 7]) {
  const how = pieceBytes === Number.POSITIVE_INFINITY ? 'whole' : `${pieceBytes} bytes at a time`
  test(`a client that knows the server's key is let in, and both learn who is there: ${how}`, () => {
    const client = connection(makeClient(), { routingId: utf8('ann') })
    const server = connection(makeServer(), { socketType: 'ROUTER' })
    const heard = talk(client, server, pieceBytes)
    assert.deepEqual(types(heard), [['handshake-completed'], ['handshake-completed']])
    const [[atClient], [atServer]] = heard
    assert.ok(atClient?.type === 'handshake-completed' && atServer?.type === 'handshake-completed')
    assert.equal(atClient.peer.socketType, 'ROUTER')
    assert.deepEqual(atServer.peer.routingId, utf8('ann'))
    client.send([utf8('one'), new Uint8Array(0), utf8('three')])
    server.send([utf8('back')])
    assert.deepEqual(talk(client, server, pieceBytes), [
      [{ type: 'message', frames: [utf8('back')] }],
      [{ type: 'message', frames: [utf8('one'), new Uint8Array(0), utf8('three')] }],
    ])
  })
}

test('nothing of what is said can be read on the way, not even who says it', () => {
  const client = connection(makeClient(), { routingId: utf8('routing-id') })
  const server = connection(makeServer(), { routingId: utf8('routing-id') })
  const seen: Uint8Array[] = []
  for (let round = 0; round < 6; round++) {
    if (client.open) client.send([utf8('secret words')])
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      const bytes = concat(from.takeOutput())
      seen.push(bytes)
      to.receive(bytes)
    }
  }
  const all = Buffer.concat(seen)
  assert.ok(all.includes('MESSAGE'))
  for (const word of ['secret', 'routing-id', 'DEALER']) assert.ok(!all.includes(word))
  assert.ok(!all.includes(Buffer.from(clientKeys.publicKey)))
})

test('pings and subscriptions are encrypted, and answered', () => {
  const sub = connection(makeClient(), { socketType: 'SUB' })
  const pub = connection(makeServer(), { socketType: 'XPUB' })
  talk(sub, pub)
  sub.subscribe(utf8('topic'))
  sub.ping(500)
  assert.ok(pub.ping(0))
  assert.deepEqual(talk(sub, pub), [
    [{ type: 'ping-received', ttlMs: 0 }, { type: 'pong-received' }],
    [
      { type: 'subscribed', topic: utf8('topic') },
      { type: 'ping-received', ttlMs: 500 },
      { type: 'pong-received' },
    ],
  ])
})

test('the answer to a stranger is shorter than the question', () => {
  const server = connection(makeServer())
  const client = connection(makeClient())
  server.receive(concat(client.takeOutput()))
  client.receive(concat(server.takeOutput()))
  const hello = concat(client.takeOutput())
  server.receive(hello)
  const welcome = concat(server.takeOutput())
  assert.ok(welcome.length > 0 && welcome.length < hello.length)
})

test('a client with the key of another server is not let in, and told why when it is cut off', () => {
  const client = connection(makeClient(curve.keyPair(random).publicKey))
  const server = connection(makeServer())
  const [atClient, atServer] = talk(client, server)
  assert.match(
    reason(atServer),
    /^a HELLO that does not decrypt: the client has another server key/,
  )
  assert.deepEqual(atClient, [])
  assert.match(client.whenCut!, /is the server key the one of this server\?$/)
})

test('a server key that is no key at all is refused by every server', () => {
  const [, atServer] = talk(connection(makeClient(new Uint8Array(32))), connection(makeServer()))
  assert.match(reason(atServer), /does not decrypt/)
})

test('a client whose key is not authorized is refused, and told so', () => {
  const asked: Uint8Array[] = []
  const authorize = (key: Uint8Array): boolean => {
    asked.push(key)
    return false
  }
  const [atClient, atServer] = talk(connection(makeClient()), connection(makeServer({ authorize })))
  assert.equal(reason(atServer), 'a client whose key is not authorized')
  assert.equal(reason(atClient), 'the peer refused us: 400')
  assert.deepEqual(asked, [clientKeys.publicKey])
})

test('a socket type that does not fit is refused before the client is let in', () => {
  const client = connection(makeClient(), { socketType: 'PUB' })
  const server = connection(makeServer(), { socketType: 'ROUTER' })
  const [atClient, atServer] = talk(client, server)
  assert.equal(reason(atServer), 'a PUB cannot talk to a ROUTER')
  assert.equal(reason(atClient), 'the peer refused us: a PUB cannot talk to a ROUTER')
})

for (const [what, near, far, expected] of [
  ['two clients', makeClient, makeClient, /both sides are CURVE clients/],
  ['two servers', makeServer, makeServer, /both sides are CURVE servers/],
  ['an encrypted and a plain side', makeClient, () => new NullMechanism(), /ours CURVE: the peer/],
  ['a plain and an encrypted side', () => new NullMechanism(), makeServer, /ours NULL: this side/],
] as const) {
  test(`${what} do not come together, and hear why`, () => {
    const [heard] = talk(connection(near()), connection(far()))
    assert.match(reason(heard), expected)
  })
}

/** Goes through a handshake by hand, with each command given to `change` before it is passed on. */
function shake(change: (name: string, command: Uint8Array) => Uint8Array): MechanismStep {
  const client = makeClient()
  const server = makeServer()
  const properties = encodeMetadata([['Socket-Type', utf8('DEALER')]])
  server.start(properties)
  let step: MechanismStep = { type: 'continue', send: client.start(properties)! }
  for (const [name, receiver] of [
    ['HELLO', server],
    ['WELCOME', client],
    ['INITIATE', server],
    ['READY', client],
  ] as const) {
    step = receiver.receive(change(name, step.send!))
    if (step.type === 'failed') return step
  }
  return step
}

const commandBytes: Record<string, number> = { HELLO: 200, WELCOME: 168, INITIATE: 279, READY: 52 }

test('the commands have the sizes of the specification', () => {
  const sizes: Record<string, number> = {}
  const step = shake((name, command) => {
    sizes[name] = command.length
    return command
  })
  assert.equal(step.type, 'ready')
  assert.equal(sizes['HELLO'], commandBytes['HELLO'])
  assert.equal(sizes['WELCOME'], commandBytes['WELCOME'])
  assert.ok(sizes['INITIATE']! > 257 && sizes['READY']! > 30)
})

for (const name of ['HELLO', 'WELCOME', 'INITIATE', 'READY']) {
  test(`a ${name} that was changed in any byte ends the handshake`, () => {
    for (let at = 0; at < commandBytes[name]!; at++) {
      const step = shake((each, command) => {
        if (each !== name || at >= command.length) return command
        const changed = command.slice()
        changed[at]! ^= 1 << (at % 8)
        return changed
      })
      assert.equal(step.type, 'failed', `byte ${at}`)
    }
  })

  test(`a ${name} that is cut or has more after it ends the handshake`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.boolean(), (count, longer) => {
        const step = shake((each, command) => {
          if (each !== name) return command
          return longer
            ? concat([command, new Uint8Array(count)])
            : command.subarray(0, command.length - count)
        })
        assert.equal(step.type, 'failed')
      }),
      { numRuns: 30 },
    )
  })
}

test('whatever a client sends, the server neither throws nor lets it in', () => {
  const names = fc.constantFrom('HELLO', 'INITIATE', 'READY', 'MESSAGE', 'undefined', 'ERROR', '')
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.uint8Array({ minLength: 194, maxLength: 194 }),
    fc.uint8Array({ minLength: 248, maxLength: 400 }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(names, bodies), { maxLength: 4 }), (commands) => {
      const server = makeServer()
      server.start(new Uint8Array(0))
      for (const [name, body] of commands) {
        const step = server.receive(concat([Uint8Array.of(name.length), utf8(name), body]))
        assert.equal(step.type, 'failed')
      }
    }),
  )
})

test('an INITIATE is taken once: the cookie is forgotten with it', () => {
  const client = makeClient()
  const server = makeServer()
  server.start(new Uint8Array(0))
  const welcome = server.receive(client.start(new Uint8Array(0))!)
  const initiate = client.receive(welcome.send!).send!
  assert.equal(server.receive(initiate).type, 'ready')
  assert.equal(server.receive(initiate).type, 'failed')
})

test('an INITIATE recorded on one connection is of no use on another', () => {
  let recorded: Uint8Array | undefined
  shake((name, command) => {
    if (name === 'INITIATE') recorded = command
    return command
  })
  const step = shake((name, command) => (name === 'INITIATE' ? recorded! : command))
  assert.deepEqual(step, { type: 'failed', reason: 'an INITIATE with a cookie that is not ours' })
})

function plainFrame(body: Uint8Array): Uint8Array {
  const writer = new FrameWriter()
  writer.frame(0, body)
  return concat(writer.take())
}

test('a MESSAGE that is sent again, or in another order, ends the connection', () => {
  const [client, server] = open()
  client.send([utf8('first')])
  const first = concat(client.takeOutput())
  client.send([utf8('second')])
  const second = concat(client.takeOutput())
  assert.deepEqual(server.receive(second.slice()), [{ type: 'message', frames: [utf8('second')] }])
  assert.equal(reason(server.receive(first)), 'a MESSAGE that came before')
  const [anotherClient, anotherServer] = open()
  anotherClient.send([utf8('first')])
  const bytes = concat(anotherClient.takeOutput())
  anotherServer.receive(bytes.slice())
  assert.equal(reason(anotherServer.receive(bytes)), 'a MESSAGE that came before')
})

test('a MESSAGE does not open where it came from', () => {
  const [client, server] = open()
  client.send([utf8('x')])
  // Twice, so that its number is above those that the client has used.
  server.send([utf8('x')])
  server.takeOutput()
  server.send([utf8('x')])
  const [fromClient, fromServer] = [concat(client.takeOutput()), concat(server.takeOutput())]
  assert.equal(reason(client.receive(fromClient)), 'a MESSAGE that does not decrypt')
  assert.equal(reason(server.receive(fromServer)), 'a MESSAGE that does not decrypt')
})

test('a MESSAGE that was changed in any byte ends the connection', () => {
  const [client] = open()
  client.send([utf8('hello')])
  const length = concat(client.takeOutput()).length
  for (let at = 2; at < length; at++) {
    const [client, server] = open()
    client.send([utf8('hello')])
    const bytes = concat(client.takeOutput())
    bytes[at]! ^= 1 << (at % 8)
    assert.equal(server.receive(bytes).at(-1)?.type, 'failed', `byte ${at}`)
  }
})

for (const [what, frame, expected] of [
  ['in the clear', utf8('hello there, this is not a secret'), 'a frame that is not encrypted'],
  ['empty', new Uint8Array(0), 'a frame that is not encrypted'],
  ['too short', Uint8Array.of(7, ...utf8('MESSAGE'), 0), 'a MESSAGE that is too short'],
  ['an ERROR', Uint8Array.of(5, ...utf8('ERROR'), 0), 'the peer gave up'],
] as const) {
  test(`after the handshake, a frame that is ${what} ends the connection`, () => {
    const [, server] = open()
    assert.equal(reason(server.receive(plainFrame(frame))), expected)
  })
}

test('the bound on a frame is on what is in it', () => {
  const [client, server] = open({ frameBytesMax: 1_000 })
  client.send([new Uint8Array(1_000)])
  assert.equal(server.receive(concat(client.takeOutput()))[0]?.type, 'message')
  client.send([new Uint8Array(1_001)])
  assert.match(reason(server.receive(concat(client.takeOutput()))), /the bound is 1033$/)
})

test('a command within a MESSAGE has the bound of commands', () => {
  const sub = connection(makeClient(), { socketType: 'SUB' })
  const pub = connection(makeServer(), { socketType: 'XPUB' })
  talk(sub, pub)
  sub.subscribe(new Uint8Array(70_000))
  assert.match(reason(pub.receive(concat(sub.takeOutput()))), /^a command of 70010 bytes/)
})

test('large frames pass, aligned and with memory of their own', () => {
  const [client, server] = open()
  const frame = new Uint8Array(3_000_003).map((_, i) => i & 255)
  client.send([utf8('head'), frame])
  const [event] = server.receive(concat(client.takeOutput()))
  assert.ok(event?.type === 'message')
  assert.ok(Buffer.from(event.frames[1]!).equals(frame))
  assert.equal(event.frames[1]!.buffer.byteLength, frame.length)
})

test('messages of any shape pass in both directions, whatever the bytes are split into', () => {
  const message = fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.integer({ min: 1, max: 900 }), (all, n) => {
      const [client, server] = open()
      for (const frames of all) {
        client.send(frames)
        server.send(frames)
      }
      const events = all.map((frames) => ({
        type: 'message',
        frames: frames.map((frame) => new Uint8Array(frame)),
      }))
      assert.deepEqual(talk(client, server, n), [events, events])
    }),
    { numRuns: 40 },
  )
})
