import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits, text, utf8 } from '../base/mod.ts'
import { endpointOf } from '../jupyter/mod.ts'
import { Sub } from '../sockets/mod.ts'
import type { ControllerOptions } from './mod.ts'
import { clusterTest, identsOf, PlayedCluster } from './played-cluster.test.ts'

// Files

test('the two files agree where they must, and differ where they must', async () => {
  const cluster = await PlayedCluster.start({ ssh: { client: 'gate', engine: '' } })
  const { clientInfo, engineInfo } = cluster.controller
  for (const key of ['registration', 'key', 'pack', 'unpack', 'signature_scheme'] as const) {
    assert.equal(clientInfo[key], engineInfo[key])
  }
  assert.equal(clientInfo.ssh, 'gate')
  assert.equal(clientInfo.task_scheme, 'leastload')
  const ports = [clientInfo, engineInfo].flatMap(({ control, mux, task, iopub }) => [
    control,
    mux,
    task,
    iopub,
  ])
  assert.equal(new Set(ports).size, 8)
  await cluster.stop()
})

// Engines come and go

clusterTest('an engine is registered within milliseconds', async (_cluster, client, engine) => {
  assert.equal(engine.registrationReplies[0]?.content['id'], 0)
  assert.equal(engine.registrationReplies[0]?.parent, undefined)
  const [news] = client.received.notification
  assert.equal(news?.header.msgType, 'registration_notification')
  assert.equal(news?.content['uuid'], 'a')
})

clusterTest('a client is told of the engines there are', async (cluster, client) => {
  await cluster.engine('b', { language: 'typescript' })
  const reply = await client.ask('registration', 'connection_request')
  assert.deepEqual(reply?.content['engines'], { 0: 'a', 1: 'b' })
  assert.deepEqual(reply?.content['engine_facts'], { 0: {}, 1: { language: 'typescript' } })
})

clusterTest(
  'who subscribes late hears of the engines that came a short while ago',
  async (cluster, early) => {
    await cluster.engine('b')
    const gone = await cluster.engine('c')
    gone.tellHub('unregistration_request', { id: 2, cause: { signal: 'SIGKILL' } })
    await cluster.clock.advance(1)
    const before = early.received.notification.length
    const late = await cluster.client()
    const uuids = ({ received }: typeof late) =>
      received.notification.map(({ header, content }) => `${header.msgType} ${content['uuid']}`)
    await cluster.clock.advance(10)
    const news = ['registration_notification a', 'registration_notification b']
    assert.deepEqual(uuids(late), news)
    assert.equal(early.received.notification.length, before, 'nobody else hears of it again')
    await cluster.clock.advance(limits.missedArrivalsMs)
    const muchLater = await cluster.client()
    await cluster.clock.advance(10)
    assert.deepEqual(uuids(muchLater), [])
  },
)

clusterTest('an engine without a heartbeat is not there', async (cluster, client) => {
  const engine = await cluster.engine('b')
  engine.beats = false
  const silent = client.received.notification.length
  await cluster.clock.advance(1000)
  assert.equal(client.received.notification.length, silent)
})

clusterTest(
  'an engine that joins between two heartbeats does not wait for one',
  async (cluster) => {
    const beforeMs = cluster.clock.monotonicMs()
    await cluster.engine('b')
    assert.ok(cluster.clock.monotonicMs() - beforeMs < 100)
    assert.deepEqual(
      cluster.controller.engines.map(({ uuid }) => uuid),
      ['a', 'b'],
    )
  },
)

clusterTest(
  'an engine that leaves is taken off, and the clients hear why',
  async (cluster, client, engine) => {
    engine.tellHub('unregistration_request', { id: 0, cause: { signal: 'SIGKILL' } })
    await cluster.clock.advance(1)
    const news = client.received.notification.at(-1)
    assert.equal(news?.header.msgType, 'unregistration_notification')
    assert.deepEqual(news?.content, { id: 0, uuid: 'a', cause: { signal: 'SIGKILL' } })
    assert.deepEqual(cluster.controller.engines, [])
  },
)

clusterTest(
  'a departure that comes without a cause waits for one, but not for long',
  async (cluster, client, engine) => {
    const other = await cluster.engine('b')
    cluster.network.end(engine.uuid)
    other.tellHub('unregistration_request', { id: 0 })
    await cluster.clock.advance(1)
    other.tellHub('unregistration_request', { id: 0, uuid: 'a', cause: { signal: 'SIGKILL' } })
    await cluster.clock.advance(100)
    const news = client.received.notification.slice(-1)
    assert.deepEqual(news[0]?.content, { id: 0, uuid: 'a', cause: { signal: 'SIGKILL' } })
    client.received.notification.length = 0
    other.tellHub('unregistration_request', { id: cluster.controller.engines[0]!.id })
    await cluster.clock.advance(100)
    assert.deepEqual(cluster.controller.engines, [])
    assert.equal(client.received.notification.length, 1)
  },
)

clusterTest(
  'an engine that says on iopub that it ends is taken off',
  async (cluster, _client, engine) => {
    engine.publish('shutdown', 'shutdown_reply', { status: 'ok', restart: false })
    await cluster.clock.advance(1)
    assert.deepEqual(cluster.controller.engines, [])
  },
)

clusterTest(
  'an engine whose heart stops for a minute stays, and for longer than that is taken off',
  async (cluster, _client, engine) => {
    engine.beats = false
    await cluster.clock.advance(60_000)
    assert.equal(cluster.controller.engines.length, 1)
    await cluster.clock.advance(25_000)
    assert.deepEqual(cluster.controller.engines, [])
  },
)

clusterTest(
  'an engine that was silent too long comes back under its id',
  async (cluster, client, engine) => {
    engine.beats = false
    await cluster.clock.advance(120_000)
    engine.beats = true
    await cluster.clock.advance(3_000)
    assert.deepEqual(
      cluster.controller.engines.map(({ id, uuid }) => [id, uuid]),
      [[0, 'a']],
    )
    assert.deepEqual(
      client.received.notification.map(({ header }) => header.msgType.split('_')[0]),
      ['registration', 'unregistration', 'registration'],
    )
  },
)

clusterTest('a second engine of the same name is refused', async (cluster, client) => {
  const reply = await client.ask('registration', 'registration_request', { content: { uuid: 'a' } })
  assert.equal(reply, undefined, 'the reply has no parent')
  const content = client.received.registration.at(-1)?.content
  assert.equal(content?.['ename'], 'KeyError')
  assert.equal(content?.['evalue'], "uuid 'a' in use")
  assert.equal(cluster.controller.engines.length, 1)
})

test('the engines are written down when they change, and are there again after a restart', async () => {
  const saved: ControllerOptions['restored'][] = []
  const saveEngines = (table: NonNullable<ControllerOptions['restored']>) => saved.push(table)
  const cluster = await PlayedCluster.start({ saveEngines })
  await cluster.engine('a', { language: 'typescript' }, 5)
  await cluster.clock.advance(100)
  assert.deepEqual(saved.at(-1), {
    engines: [{ id: 5, uuid: 'a', facts: { language: 'typescript' } }],
    nextId: 6,
  })
  await cluster.stop()
  const next = await PlayedCluster.start({ restored: saved.at(-1)! })
  const client = await next.client()
  const reply = await client.ask('registration', 'connection_request')
  assert.deepEqual(reply?.content['engines'], { 5: 'a' })
  await next.stop()
})

test('the first ping of an engine that listens goes to it alone', async () => {
  const cluster = await PlayedCluster.start()
  await cluster.engine('a')
  const { interface: address, hb_ping: port } = cluster.controller.engineInfo
  const listen = async () => {
    const heart = new Sub(cluster.context('heart'))
    const pings: string[] = []
    heart.onMessage = ([ping]) => pings.push(text(ping!))
    heart.subscribe(new Uint8Array(0))
    heart.connect(endpointOf(address, port))
    await cluster.clock.advance(10)
    return { heart, pings }
  }
  const first = await listen()
  const second = await listen()
  assert.equal(first.pings.length, 1)
  assert.equal(second.pings.length, 1)
  await Promise.all([first.heart.close(), second.heart.close(), cluster.stop()])
})

// Output

clusterTest(
  'what engines publish reaches every client, and the record of its task',
  async (cluster, client, engine) => {
    const other = await cluster.client()
    const id = client.send('mux', 'execute_request', { to: 'a' })
    await cluster.clock.advance(1)
    engine.publish('stdout', 'stream', { name: 'stdout', text: 'hello\n' }, engine.requests[0])
    engine.publish('status', 'status', { execution_state: 'idle' }, engine.requests[0])
    engine.answer()
    await cluster.clock.advance(1)
    for (const { received } of [client, other]) {
      assert.deepEqual(received.iopub.map(identsOf), [['engine.0.stdout'], ['engine.0.status']])
    }
    const reply = await client.ask('registration', 'result_request', { content: { msg_ids: [id] } })
    const result = reply?.content[id] as { io: { stdout: string } }
    assert.equal(result.io.stdout, 'hello\n')
  },
)

// Shutdown

test('a client may end the controller; all clients hear of it first', async () => {
  const cluster = await PlayedCluster.start()
  const client = await cluster.client()
  const reply = await client.ask('registration', 'shutdown_request')
  assert.deepEqual(reply?.content, { status: 'ok' })
  const news = client.received.notification.at(-1)
  assert.equal(news?.header.msgType, 'shutdown_notification')
  assert.equal(news?.parent?.msgType, 'shutdown_request')
  await cluster.clock.advance(2_000)
  assert.equal(await cluster.controller.closed, 'shutdown-requested')
  await cluster.stop()
  assert.equal(cluster.clock.pending, 0, 'no timer is left')
})

// Peers that are not welcome

clusterTest(
  'what is signed with another key is dropped, logged once, and nothing else',
  async (cluster, client) => {
    const stranger = await cluster.client('another key')
    for (const channel of ['registration', 'mux', 'task', 'control', 'broadcast'] as const) {
      stranger.send(channel, 'shutdown_request', { to: 'a' })
      stranger.send(channel, 'shutdown_request', { to: 'a' })
    }
    await cluster.clock.advance(1)
    assert.deepEqual(Object.values(stranger.received).flat(), [])
    assert.equal(cluster.warnings.length, 5)
    assert.match(cluster.warnings[0]!, /does not have this cluster's key/)
    assert.deepEqual((await client.ask('registration', 'connection_request'))?.content['engines'], {
      0: 'a',
    })
  },
)

clusterTest('frames that are no message are dropped', async (cluster, client) => {
  for (const channel of ['registration', 'mux', 'task', 'control', 'broadcast'] as const) {
    client.sendFrames(channel, [utf8('what')])
    client.sendFrames(channel, [utf8('<IDS|MSG>'), utf8('x')])
    client.sendFrames(channel, [utf8('')])
  }
  await cluster.clock.advance(1)
  assert.equal(cluster.warnings.length, 5)
  const reply = await client.ask('registration', 'connection_request')
  assert.equal(reply?.content['status'], 'ok')
})

clusterTest('a message that is sent twice counts once', async (cluster, client, engine) => {
  const frames = client.session.pack('apply_request')
  client.sendFrames('task', frames)
  client.sendFrames('task', frames)
  await cluster.clock.advance(1)
  assert.equal(engine.requests.length, 1)
})

clusterTest(
  'a registration without a uuid is answered with what is wrong',
  async (_cluster, client) => {
    const reply = await client.ask('registration', 'registration_request', { content: {} })
    assert.equal(reply?.header.msgType, 'hub_error')
    assert.match(String(reply?.content['evalue']), /'uuid' is missing/)
  },
)

test('without a key nothing is signed', async () => {
  const cluster = await PlayedCluster.start({ key: '' })
  const client = await cluster.client('')
  const reply = await client.ask('registration', 'connection_request')
  assert.deepEqual(reply?.content['engines'], {})
  await cluster.stop()
})
