import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ArgumentError } from '../base/mod.ts'
import { SeededRandom } from '../testing/mod.ts'
import { Connection, loadCurve, NullMechanism } from '../zmtp/mod.ts'
import { type CurveOptions, curvePublicKey, makeCurveKeyPair } from './curve.ts'
import { Dealer } from './dealer.ts'
import {
  eventsOf,
  frames,
  heardBy,
  type PlayedNetwork,
  playedNetwork,
  rawPeer,
} from './played-network.test.ts'
import { Pub } from './pub.ts'
import { Router } from './router.ts'
import type { Socket } from './socket.ts'
import { Sub } from './sub.ts'

const endpoint = 'inproc://here'
const random = new SeededRandom(3)
const server = await makeCurveKeyPair(random)
const client = await makeCurveKeyPair(random)
const asServer: CurveOptions = { server: true, secretKey: server.secretKey }
const asClient: CurveOptions = { serverKey: server.publicKey }
await loadCurve()

/** The next event of one of these types. */
function next(socket: Socket, ...types: string[]): Promise<{ type: string; reason?: string }> {
  return new Promise((resolve) => {
    socket.onEvent = (event) => {
      if (types.includes(event.type)) resolve(event)
    }
  })
}

async function bound(network: PlayedNetwork, options: CurveOptions = asServer): Promise<Router> {
  const router = new Router(network.context, { curve: options })
  await router.bind(endpoint)
  return router
}

test('a socket with the key of the server talks to it', async () => {
  const network = playedNetwork()
  const router = await bound(network)
  const dealer = new Dealer(network.context, { routingId: 'ann', curve: asClient })
  dealer.connect(endpoint)
  await dealer.send(frames('hello', 'there'))
  assert.deepEqual(await router.receive(), frames('ann', 'hello', 'there'))
  await router.send(frames('ann', 'yes?'))
  assert.deepEqual(await dealer.receive(), frames('yes?'))
})

test('a context can say it for all sockets, and each socket otherwise', async () => {
  const network = playedNetwork()
  const router = await bound(network)
  const context = { ...network.context, curve: asClient }
  const encrypted = new Dealer(context, { routingId: 'e' })
  encrypted.connect(endpoint)
  await encrypted.send(frames('x'))
  assert.deepEqual(await router.receive(), frames('e', 'x'))
  const plain = new Dealer(context, { mechanism: () => new NullMechanism() })
  const failed = next(plain, 'handshake-failed')
  plain.connect(endpoint)
  assert.match((await failed).reason!, /the peer's security mechanism is 'CURVE', ours NULL/)
})

test('subscriptions and what is published are encrypted', async () => {
  const network = playedNetwork()
  const pub = new Pub(network.context, { curve: asServer })
  await pub.bind(endpoint)
  const sub = new Sub(network.context, { curve: asClient })
  sub.subscribe('a')
  const accepted = next(pub, 'accepted')
  sub.connect(endpoint)
  await accepted
  await network.clock.advance(0)
  pub.trySend(frames('b', 'not wanted'))
  pub.trySend(frames('a', 'wanted'))
  assert.deepEqual(await sub.receive(), frames('a', 'wanted'))
})

test('a socket with the key of another server hears why nothing comes of it', async () => {
  const network = playedNetwork()
  const router = await bound(network)
  const dealer = new Dealer(network.context, { curve: { serverKey: client.publicKey } })
  const [far, near] = [next(router, 'handshake-failed'), next(dealer, 'handshake-failed')]
  dealer.connect(endpoint)
  assert.match((await far).reason!, /^a HELLO that does not decrypt: the client has another server/)
  assert.match(
    (await near).reason!,
    /^the peer closed the connection: .* is the server key the one of this server\?$/,
  )
  assert.match(network.log[0]!, /a HELLO that does not decrypt/)
})

test('a socket without keys, on either side, fails with what it needs', async () => {
  const network = playedNetwork()
  const router = await bound(network)
  const dealer = new Dealer(network.context)
  const [far, near] = [next(router, 'handshake-failed'), next(dealer, 'handshake-failed')]
  dealer.connect(endpoint)
  assert.match((await far).reason!, /'NULL', ours CURVE: the peer has no CURVE key, and needs one/)
  assert.match((await near).reason!, /'CURVE', ours NULL: this side has no CURVE key, and needs/)
})

test('a client can be told by its key, and refused', async () => {
  const network = playedNetwork()
  const known = new Set([client.publicKey])
  const router = await bound(network, {
    server: true,
    ...server,
    authorize: (key) => known.has(key),
  })
  const heard = heardBy(router)
  const stranger = new Dealer(network.context, { curve: asClient })
  const refused = next(stranger, 'handshake-failed')
  stranger.connect(endpoint)
  assert.equal((await refused).reason, 'the peer refused us: 400')
  const friend = new Dealer(network.context, {
    routingId: 'friend',
    curve: { ...asClient, ...client },
  })
  const accepted = next(friend, 'connected')
  friend.connect(endpoint)
  friend.trySend(frames('hello'))
  await accepted
  await network.clock.advance(0)
  assert.deepEqual(heard, [['friend', 'hello']])
})

test('an error while a key is looked at lets nobody in', async (context) => {
  const network = playedNetwork()
  const errors: unknown[] = []
  const thrown = new Promise<void>((resolve) => {
    context.mock.method(globalThis, 'queueMicrotask', (work: () => void) => {
      Promise.resolve()
        .then(work)
        .catch((error: unknown) => {
          errors.push(error)
          resolve()
        })
    })
  })
  await bound(network, {
    server: true,
    ...server,
    authorize: () => {
      throw new Error('no database')
    },
  })
  const dealer = new Dealer(network.context, { curve: asClient })
  const refused = next(dealer, 'handshake-failed')
  dealer.connect(endpoint)
  assert.equal((await refused).reason, 'the peer refused us: 400')
  await thrown
  assert.match(String(errors[0]), /no database/)
})

for (const [what, options, expected] of [
  ['a key of the wrong length', { serverKey: 'short' }, /serverKey has 5 characters and is no key/],
  ['an empty key', { serverKey: '' }, /serverKey has 0 characters/],
  ['a key that is no Z85', { serverKey: '~'.repeat(40) }, /is no key/],
  ['a key of too few bytes', { server: true, secretKey: new Uint8Array(31) }, /has 31 bytes/],
  [
    'half a key pair',
    { serverKey: server.publicKey, publicKey: client.publicKey },
    /a publicKey needs the secretKey/,
  ],
] as const) {
  test(`${what} is refused at once`, () => {
    const { context } = playedNetwork()
    assert.throws(
      () => new Dealer(context, { curve: options as CurveOptions }),
      (error) => error instanceof ArgumentError && expected.test(error.message),
    )
  })
}

test('two mechanisms for one socket are one too many', () => {
  const { context } = playedNetwork()
  const options = { curve: asClient, mechanism: () => new NullMechanism() }
  assert.throws(() => new Dealer(context, options), ArgumentError)
})

test('keys that do not belong together are refused when the socket is bound', async () => {
  const { context } = playedNetwork()
  const curve = { server: true, secretKey: server.secretKey, publicKey: client.publicKey } as const
  const router = new Router(context, { curve })
  await assert.rejects(router.bind(endpoint), /does not belong to the secretKey, whose own is/)
})

test('the public key of a secret one can be had again', async () => {
  assert.equal(await curvePublicKey(server.secretKey), server.publicKey)
  await assert.rejects(curvePublicKey('x'), ArgumentError)
})

test('a peer that greets as a CURVE client and says nothing more is closed when its time is over', async () => {
  const network = playedNetwork()
  const router = new Router(network.context, { curve: asServer, handshakeMs: 5_000 })
  const events = eventsOf(router)
  await router.bind(endpoint)
  const keys = (await loadCurve()).keyPair(random)
  const mechanism = (await loadCurve()).client(random, { ...keys, serverKey: keys.publicKey })
  const peer = await rawPeer(network, endpoint)
  peer.stream.write(new Connection({ socketType: 'DEALER', mechanism }).takeOutput())
  await network.clock.advance(5_001)
  assert.ok(peer.closed())
  assert.equal(events.at(-1)?.type, 'handshake-failed')
})
