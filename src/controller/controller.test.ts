import assert from 'node:assert/strict'
import { test } from 'node:test'
import { utf8 } from '../base/mod.ts'
import type { ControllerOptions } from './mod.ts'
import {
  identsOf,
  type PlayedClient,
  PlayedCluster,
  type PlayedEngine,
} from './played-cluster.test.ts'

type Body = (cluster: PlayedCluster, client: PlayedClient, engine: PlayedEngine) => Promise<void>

/** A test with a client and an engine, id 0, uuid `a`. */
function clusterTest(title: string, body: Body, options: Partial<ControllerOptions> = {}): void {
  test(title, async () => {
    const cluster = await PlayedCluster.start(options)
    try {
      const client = await cluster.client()
      await body(cluster, client, await cluster.engine('a'))
    } finally {
      await cluster.stop()
    }
  })
}

const zeroDivision = { status: 'error', ename: 'ZeroDivisionError', evalue: '', traceback: [] }

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

clusterTest('an engine without a heartbeat is not there', async (cluster, client) => {
  const engine = await cluster.engine('b')
  engine.beats = false
  const silent = client.received.notification.length
  await cluster.clock.advance(1000)
  assert.equal(client.received.notification.length, silent)
})

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
  'an engine that says on iopub that it ends is taken off',
  async (cluster, _client, engine) => {
    engine.publish('shutdown', 'shutdown_reply', { status: 'ok', restart: false })
    await cluster.clock.advance(1)
    assert.deepEqual(cluster.controller.engines, [])
  },
)

clusterTest(
  'an engine whose heart stops is taken off after eleven beats',
  async (cluster, _client, engine) => {
    engine.beats = false
    await cluster.clock.advance(11 * 3000)
    assert.equal(cluster.controller.engines.length, 1)
    await cluster.clock.advance(2 * 3000)
    assert.deepEqual(cluster.controller.engines, [])
  },
)

clusterTest(
  'an engine that was silent too long comes back under its id',
  async (cluster, client, engine) => {
    engine.beats = false
    await cluster.clock.advance(60_000)
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

// Load-balanced tasks

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
})

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
    assert.deepEqual(reply?.metadata, { status: 'error', engine: 'a', engine_id: 0 })
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

// Direct tasks

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

// Broadcasts

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
    b.tellHub('unregistration_request', { id: 1 })
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
