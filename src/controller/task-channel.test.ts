import assert from 'node:assert/strict'
import type { JsonObject } from '../jupyter/mod.ts'
import { clusterTest, identsOf, zeroDivision } from './played-cluster.test.ts'

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
    assert.deepEqual(identsOf(reply!), ['a'])
    assert.deepEqual([...reply!.buffers[0]!], [9])
  },
)

clusterTest(
  'a failure of the scheduler is an apply_reply without an engine',
  async (_cluster, client) => {
    const reply = await client.ask('task', 'apply_request', { metadata: { after: ['never'] } })
    assert.equal(reply?.header.msgType, 'apply_reply')
    assert.deepEqual(reply?.metadata, {})
    assert.deepEqual(reply?.content['engine_info'], {})
    assert.equal(reply?.content['ename'], 'InvalidDependency')
    assert.deepEqual(identsOf(reply!), [])
  },
)

clusterTest('a task with metadata that cannot be read is refused', async (_cluster, client) => {
  const reply = await client.ask('task', 'apply_request', { metadata: { retries: 'many' } })
  assert.equal(reply?.content['ename'], 'ContentError')
  assert.match(String(reply?.content['evalue']), /^'retries' is "many", expected/)
})

clusterTest(
  'what is no task is refused, and keeps no engine busy',
  async (cluster, client, engine) => {
    for (const type of ['complete_request', 'execute_request']) {
      const reply = await client.ask('task', type, { content: { code: 7 } })
      assert.equal(reply?.content['ename'], 'ContentError')
    }
    const id = client.send('task', 'apply_request')
    await cluster.clock.advance(1)
    assert.deepEqual(engine.pending, [id])
  },
)

clusterTest(
  'a task that is tried again on the same engine is signed anew',
  async (cluster, client, engine) => {
    const id = client.send('task', 'apply_request', { metadata: { retries: 2 } })
    for (let attempt = 0; attempt < 3; attempt++) {
      await cluster.clock.advance(1)
      assert.deepEqual(engine.pending, [id], 'an engine refuses a signature that it has seen')
      engine.answer(zeroDivision)
    }
    await cluster.clock.advance(1)
    assert.equal(client.reply('task', id)?.content['ename'], 'ZeroDivisionError')
  },
)

clusterTest(
  'a task whose engine dies fails at once, by the id and the cause',
  async (cluster, client, engine) => {
    const id = client.send('task', 'apply_request')
    await cluster.clock.advance(1)
    engine.tellHub('unregistration_request', { id: 0, cause: { exit_code: 3 } })
    await cluster.clock.advance(1)
    const reply = client.reply('task', id)
    assert.equal(reply?.content['ename'], 'EngineError')
    assert.equal(
      reply?.content['evalue'],
      `Engine 0 died while running task '${id}': exited with code 3`,
    )
    assert.equal(reply?.metadata['engine'], 'a')
    assert.equal(reply?.metadata['engine_id'], 0)
    engine.answer()
    await cluster.clock.advance(1)
    assert.equal(client.reply('task', id), reply, 'a late result is not passed on')
  },
)

clusterTest('a task that waits too long times out', async (cluster, client) => {
  client.send('task', 'apply_request')
  const id = client.send('task', 'apply_request', { metadata: { timeout: 0.5 } })
  await cluster.clock.advance(499)
  assert.equal(client.reply('task', id), undefined)
  await cluster.clock.advance(2)
  assert.equal(client.reply('task', id)?.content['ename'], 'TaskTimeout')
})

clusterTest(
  'a waiting task is aborted on the way of the abort to an engine',
  async (cluster, client, engine) => {
    client.send('task', 'apply_request')
    const id = client.send('task', 'apply_request')
    client.send('control', 'abort_request', { to: 'a', content: { msg_ids: [id] } })
    await cluster.clock.advance(1)
    assert.deepEqual(client.reply('task', id)?.content, { status: 'aborted' })
    assert.equal(engine.controlRequests.length, 1, 'the engine is told none the less')
  },
)

clusterTest(
  'a task that is submitted again keeps its header, but for id and date',
  async (cluster, client, engine) => {
    const asked = { ...client.session.newHeader('apply_request'), username: 'ada', version: '5.4' }
    client.sendFrames('task', client.session.pack(asked))
    await cluster.clock.advance(1)
    engine.answer()
    await cluster.clock.advance(1)
    await client.ask('registration', 'resubmit_request', { content: { msg_ids: [asked.msgId] } })
    const again = engine.requests.at(-1)!.header
    assert.notEqual(again.msgId, asked.msgId)
    assert.deepEqual({ ...again, msgId: asked.msgId, date: asked.date }, asked)
  },
)

clusterTest(
  'a task that is submitted again runs on an engine of the language that it ran on',
  async (cluster, client, python) => {
    const uuid = 'typescript-0123abcd-0123456789abcdef01234567'
    const engine = await cluster.engine(uuid, { language: 'typescript' })
    const asked = client.send('mux', 'execute_request', { to: uuid, content: { code: 'let a' } })
    await cluster.clock.advance(1)
    engine.answer()
    await cluster.clock.advance(1)
    await client.ask('registration', 'resubmit_request', { content: { msg_ids: [asked] } })
    assert.deepEqual([engine.pending.length, python.pending.length], [1, 0])
  },
)

clusterTest('a reply that was lost is given again', async (cluster, client, engine) => {
  const msgId = client.send('task', 'apply_request')
  await cluster.clock.advance(1)
  engine.answer({ status: 'ok' }, [Uint8Array.of(1)])
  await cluster.clock.advance(1)
  client.received.task.length = 0
  client.send('task', 'apply_request', { msgId, metadata: { repeat: 1 } })
  await cluster.clock.advance(1)
  assert.equal(engine.requests.length, 0, 'it does not run again')
  assert.deepEqual([...client.reply('task', msgId)!.buffers[0]!], [1])
})

clusterTest('the reply goes where the task was last sent from', async (cluster, client, engine) => {
  const msgId = client.send('task', 'apply_request')
  await cluster.clock.advance(1)
  const other = await cluster.client()
  other.send('task', 'apply_request', { msgId })
  await cluster.clock.advance(1)
  assert.deepEqual(engine.pending, [msgId])
  engine.answer()
  await cluster.clock.advance(1)
  assert.equal(client.reply('task', msgId), undefined)
  assert.deepEqual(other.reply('task', msgId)?.content, { status: 'ok' })
})

clusterTest(
  'a task that was lost with its connection goes out again',
  async (cluster, client, engine) => {
    const id = client.send('task', 'apply_request')
    await cluster.clock.advance(1)
    assert.deepEqual(engine.pending, [id])
    cluster.network.kill('a')
    await cluster.clock.advance(1_000)
    assert.equal(engine.replays, 1, 'what it has, it refuses')
    engine.answer()
    await cluster.clock.advance(1)
    cluster.network.kill('a')
    await cluster.clock.advance(1_000)
    assert.equal(engine.replays, 1, 'what is answered is not sent again')
  },
)

clusterTest(
  'an answer still counts that is overtaken by the news of the death of its engine',
  async (cluster, client, engine) => {
    const other = await cluster.engine('b')
    const id = client.send('task', 'apply_request')
    await cluster.clock.advance(1)
    const [busy, idle] = engine.pending.length === 1 ? [engine, other] : [other, engine]
    cluster.network.cutOff(busy.uuid)
    busy.answer({ status: 'ok' })
    await cluster.clock.advance(1)
    cluster.network.end(busy.uuid)
    idle.tellHub('unregistration_request', { uuid: busy.uuid, cause: { signal: 'SIGKILL' } })
    await cluster.clock.advance(500)
    assert.equal(client.reply('task', id), undefined)
    cluster.network.restore(busy.uuid)
    await cluster.clock.advance(10)
    assert.deepEqual(client.reply('task', id)?.content, { status: 'ok' })
    assert.deepEqual(idle.pending, [])
  },
)

clusterTest(
  'a dead engine whose connection does not end is given up all the same',
  async (cluster, client, engine) => {
    const id = client.send('task', 'apply_request')
    await cluster.clock.advance(1)
    cluster.network.cutOff('a')
    const helper = await cluster.engine('b')
    helper.tellHub('unregistration_request', { uuid: engine.uuid, cause: { exitCode: 1 } })
    await cluster.clock.advance(2_500)
    assert.equal(client.reply('task', id)?.content['ename'], 'EngineError')
  },
)

/** Is JSON, but no content. */
const unreadable = [1] as unknown as JsonObject

for (const [what, parts] of Object.entries({
  content: { content: unreadable, metadata: { status: 'ok', engine: 'a' } },
  'content and status': { content: unreadable, metadata: {} },
  metadata: { content: { status: 'ok' }, metadata: unreadable },
})) {
  clusterTest(
    `a reply whose ${what} cannot be read is passed on, and keeps neither engine nor client waiting`,
    async (cluster, client, engine) => {
      const [first, second] = ['1', '2'].map(() => client.send('task', 'apply_request'))
      await cluster.clock.advance(1)
      const request = engine.requests.shift()!
      engine.sendReply(request, { ...parts, parent: request })
      await cluster.clock.advance(1)
      assert.ok(client.reply('task', first!) !== undefined)
      assert.deepEqual(engine.pending, [second])
      client.received.task.length = 0
      client.send('task', 'apply_request', { msgId: first!, metadata: { repeat: 1 } })
      await cluster.clock.advance(1)
      assert.equal(client.reply('task', first!)?.content['ename'], 'ContentError')
      assert.deepEqual(cluster.errors, [])
    },
  )
}
