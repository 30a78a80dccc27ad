import assert from 'node:assert/strict'
import { utf8 } from '../base/mod.ts'
import type { JsonObject } from '../jupyter/mod.ts'
import { clusterTest, zeroDivision } from './played-cluster.test.ts'

/** What a broadcast to these engines carries along. */
function toAll(isCoalescing: boolean, ...targets: [uuid: string, id: number][]) {
  return { metadata: { targets, is_broadcast: true, is_coalescing: isCoalescing } }
}

clusterTest(
  'a broadcast comes back from every engine under an id of its own',
  async (cluster, client, a) => {
    const b = await cluster.engine('b')
    const id = client.send('broadcast', 'execute_request', toAll(false, ['a', 0], ['b', 1]))
    await cluster.clock.advance(1)
    assert.deepEqual([...a.pending, ...b.pending], [`${id}_a`, `${id}_b`])
    assert.equal(a.requests[0]?.metadata['original_msg_id'], id)
    b.answer()
    a.answer(zeroDivision)
    await cluster.clock.advance(1)
    assert.equal(client.reply('broadcast', `${id}_a`)?.content['status'], 'error')
    assert.equal(client.reply('broadcast', `${id}_b`)?.content['status'], 'ok')
  },
)

clusterTest(
  'T5: a coalesced reply has the results in the order of the targets',
  async (cluster, client, a) => {
    const b = await cluster.engine('b')
    const id = client.send('broadcast', 'apply_request', toAll(true, ['b', 1], ['a', 0]))
    await cluster.clock.advance(1)
    b.answer({ status: 'ok' }, [utf8('of b')])
    await cluster.clock.advance(1)
    assert.equal(client.received.broadcast.length, 0)
    a.answer({ status: 'ok' }, [utf8('of a'), utf8('more')])
    await cluster.clock.advance(1)
    const [reply] = client.received.broadcast
    assert.equal(reply?.metadata['original_msg_id'], id)
    assert.deepEqual(reply?.metadata['broadcast_targets'], [
      ['b', 1],
      ['a', 0],
    ])
    assert.deepEqual(
      reply?.buffers.map((buffer) => String.fromCharCode(...buffer)),
      ['of b', 'of a', 'more'],
    )
  },
)

clusterTest(
  'T5: a coalesced reply tells of a failure whoever answers last',
  async (cluster, client, a) => {
    const b = await cluster.engine('b')
    client.send('broadcast', 'apply_request', toAll(true, ['a', 0], ['b', 1]))
    await cluster.clock.advance(1)
    a.answer(zeroDivision)
    b.answer({ status: 'ok' }, [utf8('of b')])
    await cluster.clock.advance(1)
    const [reply] = client.received.broadcast
    assert.equal(reply?.content['ename'], 'ZeroDivisionError')
    assert.deepEqual(reply?.metadata['broadcast_failures'], [['a', 0]])
    assert.equal(reply?.buffers.length, 1, 'the good results are there for who wants them')
  },
)

clusterTest(
  'a coalesced reply does not wait for an engine that left',
  async (cluster, client, a) => {
    const b = await cluster.engine('b')
    client.send('broadcast', 'apply_request', toAll(true, ['a', 0], ['b', 1], ['gone', 9]))
    await cluster.clock.advance(1)
    a.answer()
    b.tellHub('unregistration_request', { id: 1, uuid: 'b' })
    await cluster.clock.advance(1)
    const [reply] = client.received.broadcast
    assert.equal(reply?.content['ename'], 'EngineError')
    assert.deepEqual(reply?.metadata['broadcast_failures'], [
      ['b', 1],
      ['gone', 9],
    ])
  },
)

clusterTest(
  'a broadcast to an engine that is not there fails for that engine',
  async (cluster, client) => {
    const id = client.send('broadcast', 'execute_request', toAll(false, ['a', 0], ['gone', 9]))
    await cluster.clock.advance(1)
    assert.equal(client.reply('broadcast', `${id}_gone`)?.content['ename'], 'EngineError')
  },
)

clusterTest('a broadcast to nobody is refused', async (_cluster, client) => {
  const reply = await client.ask('broadcast', 'apply_request', toAll(false))
  assert.equal(reply?.content['ename'], 'ContentError')
  assert.equal(reply?.content['evalue'], "'targets' names no engines")
})

clusterTest(
  'a coalesced reply fails for an engine whose content cannot be read',
  async (cluster, client, a) => {
    const b = await cluster.engine('b')
    client.send('broadcast', 'apply_request', toAll(true, ['a', 0], ['b', 1]))
    await cluster.clock.advance(1)
    const request = a.requests.shift()!
    a.answerTo(request, [1] as unknown as JsonObject)
    b.answer()
    await cluster.clock.advance(1)
    const [reply] = client.received.broadcast
    assert.equal(reply?.content['status'], 'error')
    assert.deepEqual(reply?.metadata['broadcast_failures'], [['a', 0]])
    assert.deepEqual(cluster.errors, [])
  },
)
