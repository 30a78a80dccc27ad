import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concat, utf8 } from '../base/mod.ts'
import { encodeCommand, encodeError } from './command.ts'
import { Connection, type ConnectionEvent, type ConnectionOptions } from './connection.ts'
import { FrameWriter } from './frame-writer.ts'
import { encodeGreeting } from './greeting.ts'
import { NullMechanism } from './mechanism/null.ts'
import { encodeMetadata } from './metadata.ts'

const greeting = encodeGreeting({ major: 3, minor: 1, mechanism: 'NULL', asServer: false })

function make(options: Partial<ConnectionOptions> = {}): Connection {
  return new Connection({ socketType: 'DEALER', mechanism: new NullMechanism(), ...options })
}

function frame(flags: number, body: Uint8Array): Uint8Array {
  const writer = new FrameWriter()
  writer.frame(flags, body)
  return concat(writer.take())
}

function command(name: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return frame(4, encodeCommand(name, data))
}

function ready(socketType: string, routingId = ''): Uint8Array {
  const properties = encodeMetadata([
    ['Socket-Type', utf8(socketType)],
    ['Identity', utf8(routingId)],
  ])
  return command('READY', properties)
}

/** A connection whose peer, a ROUTER unless said otherwise, has just become ready. */
function makeOpen(options: Partial<ConnectionOptions> = {}, peerType = 'ROUTER'): Connection {
  const connection = make(options)
  connection.receive(concat([greeting, ready(peerType)]))
  assert.ok(connection.open)
  connection.takeOutput()
  return connection
}

/** Carries bytes between two until both are silent; returns what each heard. */
function talk(a: Connection, b: Connection): [ConnectionEvent[], ConnectionEvent[]] {
  const heard: [ConnectionEvent[], ConnectionEvent[]] = [[], []]
  for (;;) {
    const fromA = concat(a.takeOutput())
    const fromB = concat(b.takeOutput())
    if (fromA.length === 0 && fromB.length === 0) return heard
    heard[0].push(...a.receive(fromB))
    heard[1].push(...b.receive(fromA))
  }
}

function failure(events: readonly ConnectionEvent[]): string {
  const last = events.at(-1)
  assert.equal(last?.type, 'failed')
  return last.reason
}

test('two sides greet, tell who they are and are open', () => {
  const dealer = make({ routingId: utf8('me') })
  const router = make({ socketType: 'ROUTER' })
  const [atDealer, atRouter] = talk(dealer, router)
  assert.ok(dealer.open && router.open)
  assert.equal(atDealer.length, 1)
  const [event] = atRouter
  assert.equal(event?.type, 'handshake-completed')
  assert.equal(event.peer.socketType, 'DEALER')
  assert.deepEqual(event.peer.routingId, utf8('me'))
  assert.equal(event.peer.minorVersion, 1)
})

test('a message arrives with its frames, empty ones too', () => {
  const a = make()
  const b = make()
  talk(a, b)
  const frames = [utf8('one'), new Uint8Array(0), new Uint8Array(70_000).fill(3)]
  a.send(frames)
  assert.deepEqual(talk(a, b)[1], [{ type: 'message', frames }])
})

test('frames before the given one are not sent', () => {
  const a = make()
  const b = make()
  talk(a, b)
  a.send([utf8('address'), utf8('body')], 1)
  assert.deepEqual(talk(a, b)[1], [{ type: 'message', frames: [utf8('body')] }])
})

test('a message is told when its last frame is there, not before', () => {
  const connection = makeOpen()
  assert.deepEqual(connection.receive(frame(1, utf8('a'))), [])
  assert.deepEqual(connection.receive(frame(0, utf8('b'))), [
    { type: 'message', frames: [utf8('a'), utf8('b')] },
  ])
})

test('only those whose peers route by it tell their routing id', () => {
  for (const socketType of ['REQ', 'DEALER', 'ROUTER'] as const) {
    const connection = make({ socketType, routingId: utf8('secret') })
    connection.receive(greeting)
    assert.ok(Buffer.from(concat(connection.takeOutput())).includes('secret'))
  }
  for (const socketType of ['REP', 'PUB', 'PULL', 'PAIR'] as const) {
    const connection = make({ socketType, routingId: utf8('secret') })
    connection.receive(greeting)
    assert.ok(!Buffer.from(concat(connection.takeOutput())).includes('secret'))
  }
})

test('a socket type that does not fit is refused with an ERROR', () => {
  const connection = make({ socketType: 'PUB' })
  const events = connection.receive(concat([greeting, ready('PULL')]))
  assert.equal(failure(events), 'a PULL cannot talk to a PUB')
  assert.ok(Buffer.from(concat(connection.takeOutput())).includes('\x05ERROR'))
})

for (const [what, bytes, reason] of [
  ['bytes that are not ZMTP', utf8('GET / HTTP/1.1\r\n'), 'not a ZMTP greeting'],
  [
    'another mechanism',
    encodeGreeting({ major: 3, minor: 1, mechanism: 'CURVE', asServer: true }),
    "the peer's security mechanism is 'CURVE', ours NULL: this side has no CURVE key, and needs one",
  ],
  [
    'a message in the handshake',
    concat([greeting, frame(0, utf8('x'))]),
    'a message before the end of the handshake',
  ],
  [
    'a wrong command in the handshake',
    concat([greeting, command('PING')]),
    'expected the READY command',
  ],
  [
    'malformed metadata',
    concat([greeting, command('READY', Uint8Array.of(200))]),
    'malformed metadata in READY',
  ],
  [
    'a reserved routing id',
    concat([greeting, ready('ROUTER', '\0abc')]),
    'a routing id has 1 to 255 bytes and does not begin with zero',
  ],
  [
    'a refusal',
    concat([greeting, frame(4, encodeError('go away'))]),
    'the peer refused us: go away',
  ],
  [
    'an oversized command',
    concat([greeting, Uint8Array.of(6, 0, 0, 0, 0, 0, 2, 0, 0)]),
    'a command of 131072 bytes; the bound is 8192',
  ],
] as const) {
  test(`the handshake fails at ${what}, however the bytes are split`, () => {
    assert.equal(failure(make().receive(bytes)), reason)
    const connection = make()
    const events = Array.from(bytes, (byte) => connection.receive(Uint8Array.of(byte))).flat()
    assert.equal(failure(events), reason)
    assert.ok(!connection.open)
  })
}

for (const [what, bytes, reason] of [
  ['READY', ready('ROUTER'), 'READY after the end of the handshake'],
  ['ERROR', frame(4, encodeError('enough')), 'the peer gave up: enough'],
  ['a command without a name', frame(4, Uint8Array.of(0)), 'a command without a name'],
  ['a PING without its time to live', command('PING'), 'a PING without its time to live'],
  ['a subscription that it cannot serve', command('SUBSCRIBE'), 'SUBSCRIBE sent to a DEALER'],
  ['reserved bits', Uint8Array.of(0x80, 0), 'reserved bits in a frame header'],
] as const) {
  test(`an open connection fails at ${what}`, () => {
    assert.equal(failure(makeOpen().receive(bytes)), reason)
  })
}

test('after a failure nothing is heard any more', () => {
  const connection = makeOpen()
  connection.receive(ready('ROUTER'))
  assert.deepEqual(connection.receive(frame(0, utf8('late'))), [])
})

test('a command that is not known is passed over', () => {
  const events = makeOpen().receive(concat([command('FUTURE'), frame(0, utf8('x'))]))
  assert.deepEqual(events, [{ type: 'message', frames: [utf8('x')] }])
})

test('the frames of one message may not be larger together than one frame may be', () => {
  const connection = makeOpen({ frameBytesMax: 1_000 })
  const events = connection.receive(
    concat([frame(1, new Uint8Array(900)), frame(1, new Uint8Array(101))]),
  )
  assert.equal(failure(events), 'a message of 2 frames, 1001 bytes so far')
})

test('a message that never ends is cut off at the bound on its frames', () => {
  const connection = makeOpen()
  const many = concat(Array.from({ length: 65_537 }, () => frame(1, new Uint8Array(0))))
  assert.match(failure(connection.receive(many)), /^a message of 65537 frames/)
})

test('a PING is answered with its context, and its time to live is told', () => {
  const connection = makeOpen()
  const events = connection.receive(command('PING', Uint8Array.of(0, 30, 1, 2, 3)))
  assert.deepEqual(events, [{ type: 'ping-received', ttlMs: 3_000 }])
  assert.deepEqual(concat(connection.takeOutput()), command('PONG', Uint8Array.of(1, 2, 3)))
})

test('a ping goes out and its answer is heard', () => {
  const a = make()
  const b = make()
  talk(a, b)
  a.ping(500)
  assert.deepEqual(talk(a, b), [
    [{ type: 'pong-received' }],
    [{ type: 'ping-received', ttlMs: 500 }],
  ])
})

for (const minorVersion of [0, 1] as const) {
  test(`subscriptions pass in ZMTP 3.${minorVersion}`, () => {
    const sub = make({ socketType: 'SUB', minorVersion })
    const pub = make({ socketType: 'PUB' })
    talk(sub, pub)
    sub.subscribe(utf8('abc'))
    sub.cancel(utf8('abc'))
    const isCommand = Buffer.from(concat(sub.takeOutput())).includes('SUBSCRIBE')
    assert.equal(isCommand, minorVersion === 1)
    sub.subscribe(new Uint8Array(0))
    assert.deepEqual(talk(sub, pub)[1], [{ type: 'subscribed', topic: new Uint8Array(0) }])
  })
}

test('a publisher takes a subscription in either form and hears the rest as messages', () => {
  const pub = makeOpen({ socketType: 'XPUB' }, 'XSUB')
  const bytes = [
    frame(0, Uint8Array.of(1, 65)),
    frame(0, Uint8Array.of(0, 65)),
    command('SUBSCRIBE', utf8('B')),
    command('CANCEL', utf8('B')),
    frame(0, utf8('hello')),
    frame(0, new Uint8Array(0)),
  ]
  assert.deepEqual(pub.receive(concat(bytes)), [
    { type: 'subscribed', topic: utf8('A') },
    { type: 'cancelled', topic: utf8('A') },
    { type: 'subscribed', topic: utf8('B') },
    { type: 'cancelled', topic: utf8('B') },
    { type: 'message', frames: [utf8('hello')] },
    { type: 'message', frames: [new Uint8Array(0)] },
  ])
})

test('a peer of version 3.0 is not pinged', () => {
  const a = make({ minorVersion: 0 })
  const b = make()
  talk(a, b)
  b.ping(1_000)
  assert.equal(b.outputBytes, 0)
})

test('a newer peer is spoken to in our version', () => {
  const connection = make()
  const newer = encodeGreeting({ major: 4, minor: 2, mechanism: 'NULL', asServer: false })
  const [event] = connection.receive(concat([newer, ready('ROUTER')]))
  assert.equal(event?.type, 'handshake-completed')
  assert.equal(event.peer.minorVersion, 1)
})

/** NULL, but for traffic whose every byte is turned around. */
class TurningMechanism extends NullMechanism {
  seal(flags: number, body: Uint8Array): Uint8Array {
    return Uint8Array.of(flags, ...body).map((byte) => byte ^ 0xff)
  }

  open(sealed: Uint8Array): { flags: number; body: Uint8Array } | string {
    const [flags, ...body] = sealed.map((byte) => byte ^ 0xff)
    return flags === undefined
      ? 'a frame that does not turn'
      : { flags, body: Uint8Array.from(body) }
  }
}

test('a mechanism that seals does so with messages and commands alike', () => {
  const sub = make({ socketType: 'SUB', mechanism: new TurningMechanism() })
  const xpub = make({ socketType: 'XPUB', mechanism: new TurningMechanism() })
  talk(sub, xpub)
  sub.subscribe(utf8('topic'))
  assert.ok(!Buffer.from(concat(sub.takeOutput())).includes('topic'))
  sub.subscribe(utf8('a'))
  sub.ping(0)
  xpub.send([utf8('a'), utf8('b')])
  assert.deepEqual(talk(sub, xpub), [
    [{ type: 'message', frames: [utf8('a'), utf8('b')] }, { type: 'pong-received' }],
    [
      { type: 'subscribed', topic: utf8('a') },
      { type: 'ping-received', ttlMs: 0 },
    ],
  ])
})

test('a frame that does not open ends the connection', () => {
  const connection = makeOpen({ mechanism: new TurningMechanism() })
  const events = connection.receive(frame(0, new Uint8Array(0)))
  assert.equal(failure(events), 'a frame that does not turn')
})

const traffic = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((body) => frame(0, body)),
    fc.uint8Array({ maxLength: 80 }).map((body) => frame(1, body)),
    fc.constantFrom(command('PING', Uint8Array.of(0, 0)), command('PONG'), command('X')),
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
  ),
)

test('bytes mean the same wherever they are split, and never throw', () => {
  fc.assert(
    fc.property(traffic, fc.array(fc.nat()), fc.boolean(), (parts, places, greet) => {
      const all = concat(greet ? [greeting, ready('ROUTER'), ...parts] : parts)
      const whole = make().receive(all)
      const split = make()
      const ends = [...places.map((place) => place % (all.length + 1)), all.length]
      ends.sort((a, b) => a - b)
      const events = ends.flatMap((end, i) => split.receive(all.subarray(ends[i - 1] ?? 0, end)))
      assert.deepEqual(events, whole)
    }),
    { numRuns: 500 },
  )
})
