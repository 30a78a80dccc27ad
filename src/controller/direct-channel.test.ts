import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../jupyter/mod.ts'
import { clusterTest, identsOf, PlayedCluster } from './played-cluster.test.ts'

clusterTest(
  'a direct task goes to its engine and its result back',
  async (cluster, client, engine) => {
    const id = client.send('mux', 'apply_request', { to: 'a' })
    await cluster.clock.advance(1)
    assert.deepEqual(engine.pending, [id])
    engine.answer()
    await cluster.clock.advance(1)
    assert.deepEqual(client.reply('mux', id)?.content, { status: 'ok' })
    assert.deepEqual(identsOf(client.reply('mux', id)!), ['a'])
  },
)

clusterTest(
  'T8: a direct task for an engine that is not there fails at once',
  async (_cluster, client) => {
    const reply = await client.ask('mux', 'execute_request', { to: 'gone' })
    assert.equal(reply?.header.msgType, 'execute_reply')
    assert.equal(reply?.content['ename'], 'EngineError')
    assert.deepEqual(reply?.content['engine_info'], {})
  },
)

clusterTest(
  'a control request goes to its engine and the answer back',
  async (cluster, client, engine) => {
    const id = client.send('control', 'signal_request', { to: 'a', content: { sig: 2 } })
    await cluster.clock.advance(1)
    assert.deepEqual(engine.controlRequests[0]?.content, { sig: 2 })
    engine.answerControl({ status: 'ok' })
    await cluster.clock.advance(1)
    assert.deepEqual(client.reply('control', id)?.content, { status: 'ok' })
  },
)

clusterTest(
  'a request for an engine whose line is down is kept until it is up',
  async (cluster, client, engine) => {
    cluster.network.kill('a')
    const id = client.send('mux', 'apply_request', { to: 'a' })
    await cluster.clock.advance(1)
    assert.deepEqual(engine.pending, [])
    await cluster.clock.advance(1_000)
    assert.deepEqual(engine.pending, [id])
  },
)

test('an engine that has no line for tasks is reported, since tasks wait for it', async () => {
  const cluster = await PlayedCluster.start({
    restored: { engines: [{ id: 0, uuid: 'a', facts: {} }], nextId: 1 },
  })
  const client = await cluster.client()
  client.send('task', 'apply_request')
  await cluster.clock.advance(6_000)
  assert.match(
    cluster.warnings[0] ?? '',
    /engine a is registered but not connected to the task port/,
  )
  await cluster.stop()
})

clusterTest(
  'a task that was lost with its connection goes out again, once',
  async (cluster, client, engine) => {
    const ids = ['1', '2', '3'].map(() => client.send('mux', 'apply_request', { to: 'a' }))
    await cluster.clock.advance(1)
    engine.answer()
    await cluster.clock.advance(1)
    cluster.network.kill('a')
    await cluster.clock.advance(1_000)
    assert.deepEqual(engine.pending, ids.slice(1))
    assert.equal(engine.replays, 2, 'what it has, it refuses')
  },
)

clusterTest(
  'what was lost with its connection comes before what was sent while there was none',
  async (cluster, client, engine) => {
    cluster.network.cutOff('a')
    const lost = client.send('mux', 'apply_request', { to: 'a' })
    await cluster.clock.advance(1)
    cluster.network.kill('a')
    const later = client.send('mux', 'apply_request', { to: 'a' })
    await cluster.clock.advance(1)
    cluster.network.restore('a')
    await cluster.clock.advance(1_000)
    assert.deepEqual(engine.pending, [lost, later])
  },
)

clusterTest(
  'a reply whose content cannot be read is passed on, and the task has ended',
  async (cluster, client, engine) => {
    const id = client.send('mux', 'apply_request', { to: 'a' })
    await cluster.clock.advance(1)
    const request = engine.requests.shift()!
    const content = [1] as unknown as JsonObject
    engine.sendReply(request, { content, metadata: {}, parent: request })
    await cluster.clock.advance(1)
    assert.ok(client.reply('mux', id) !== undefined)
    const queue = await client.ask('registration', 'queue_request', { content: { targets: null } })
    assert.deepEqual(queue?.content['0'], { queue: 0, completed: 1, tasks: 0 })
    assert.deepEqual(cluster.errors, [])
  },
)
