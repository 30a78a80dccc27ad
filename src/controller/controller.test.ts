import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PlayedClient, PlayedCluster, type PlayedEngine } from './played-cluster.test.ts'

type Body = (cluster: PlayedCluster, client: PlayedClient, engine: PlayedEngine) => Promise<void>

/** A test with a client and an engine, id 0, uuid `a`. */
function clusterTest(title: string, body: Body): void {
  test(title, async () => {
    const cluster = await PlayedCluster.start()
    try {
      const client = await cluster.client()
      await body(cluster, client, await cluster.engine('a'))
    } finally {
      await cluster.stop()
    }
  })
}

clusterTest('an engine is registered within milliseconds', async (_cluster, client, engine) => {
  assert.equal(engine.registrationReplies[0]?.content['id'], 0)
  const [news] = client.received.notification
  assert.equal(news?.header.msgType, 'registration_notification')
  assert.equal(news?.content['uuid'], 'a')
})

clusterTest(
  'a load-balanced task goes to an engine and its result back',
  async (cluster, client, engine) => {
    const id = client.send('task', 'apply_request', { buffers: [Uint8Array.of(1, 2, 3)] })
    await cluster.clock.advance(1)
    assert.deepEqual(engine.pending, [id])
    engine.answer({ status: 'ok' }, [Uint8Array.of(9)])
    await cluster.clock.advance(1)
    const reply = client.reply('task', id)
    assert.deepEqual(reply?.content, { status: 'ok' })
    assert.deepEqual([...reply!.buffers[0]!], [9])
  },
)

clusterTest(
  'a direct task goes to its engine and its result back',
  async (cluster, client, engine) => {
    const id = client.send('mux', 'apply_request', { to: 'a' })
    await cluster.clock.advance(1)
    assert.deepEqual(engine.pending, [id])
    engine.answer()
    await cluster.clock.advance(1)
    assert.deepEqual(client.reply('mux', id)?.content, { status: 'ok' })
  },
)
