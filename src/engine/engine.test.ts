import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits, text, utf8 } from '../base/mod.ts'
import {
  abortRequest,
  applyRequest,
  type JsonObject,
  Session,
  signalRequest,
} from '../jupyter/mod.ts'
import { simSigner } from '../testing/mod.ts'

import { World } from './played-controller.test.ts'

test('an engine registers with its uuid and facts, and takes the id that it is given', async () => {
  const world = new World()
  const engine = await world.engine({ uuid: 'me' })
  assert.equal(engine.id, 7)
  assert.deepEqual(world.registrations, [{ uuid: 'me', facts: { language: 'typescript' } }])
})

test('an engine that the controller refuses says why, and that trying again is of no use', async () => {
  const world = new World()
  await world.open()
  const engineInfo = {}
  const evalue = "uuid 'me' in use"
  world.answer = () => ({ status: 'error', ename: 'KeyError', evalue, traceback: [], engineInfo })
  const starting = world.start()
  const refused = assert.rejects(starting, { retry: 'never', message: /uuid 'me' in use/ })
  await world.clock.advance(100)
  await refused
})

test('an engine that gets no answer says how long it waited and what may be wrong', async () => {
  const world = new World()
  await world.open()
  world.answer = () => undefined
  const starting = world.start({ registrationTimeoutMs: 2000 })
  const late = assert.rejects(starting, { retry: 'later', message: /within 2 s.*key/s })
  await world.clock.advance(2100)
  await late
})

test('pings come back unchanged', async () => {
  const world = new World()
  await world.engine()
  world.ping.trySend([utf8('5.0059')])
  await world.clock.advance(10)
  assert.deepEqual(world.pongs, ['5.0059'])
})

test('an engine has joined when its first heartbeat was answered', async () => {
  const world = new World()
  const engine = await world.engine()
  let joined = false
  void engine.joined().then(() => {
    joined = true
  })
  await world.clock.advance(1_000)
  assert.equal(joined, false)
  world.ping.trySend([utf8('1.0')])
  await world.clock.advance(10)
  assert.equal(joined, true)
})

test('an engine that is never pinged does not wait for ever to have joined', async () => {
  const world = new World()
  const engine = await world.engine()
  const joined = engine.joined()
  await world.clock.advance(2_000)
  await joined
})

test('an engine whose controller stops pinging leaves after the misses that it was told', async () => {
  const world = new World()
  const engine = await world.engine({ heartbeatMissesMax: 3 })
  await world.clock.advance(4 * 1500 + 1100)
  assert.equal(await engine.ended, 'heart-lost')
})

test('an engine says when its controller is silent, once, and again after it was heard', async () => {
  const world = new World()
  await world.engine({ heartbeatMissesMax: 50 })
  await world.clock.advance(10 * 1500)
  assert.deepEqual(world.warnings, [
    'the controller is silent for 4.5 s; this engine waits until it is 76.5 s',
  ])
  world.ping.trySend([utf8('1.0')])
  await world.clock.advance(10 * 1500)
  assert.equal(world.warnings.length, 2)
})

test('a reply goes back on the route on which its request came, with the request as parent', async () => {
  const world = new World()
  const engine = await world.engine()
  const id = world.request(engine, applyRequest.msgType, {})
  await world.clock.advance(10)
  const [reply] = world.replies
  assert.deepEqual(reply!.idents.map(text), [engine.uuid, 'client-1'])
  assert.equal(reply!.header.msgType, 'apply_reply')
  assert.equal(reply!.parent?.msgId, id)
  assert.deepEqual(reply!.buffers, [Uint8Array.of(2), Uint8Array.of(1)])
  assert.equal(reply!.metadata['status'], 'ok')
  assert.equal(reply!.metadata['engine'], engine.uuid)
})

test('output is published under the engine, between busy and idle', async () => {
  const world = new World()
  const engine = await world.engine()
  world.run(engine, 'print')
  await world.clock.advance(10)
  assert.deepEqual(
    world.published.map((message) => [text(message.idents[0]!), message.header.msgType]),
    [
      ['engine.7.status', 'status'],
      ['engine.7.stdout', 'stream'],
      ['engine.7.status', 'status'],
    ],
  )
})

test('long output is cut into pieces, but no character in two', async () => {
  const world = new World()
  const engine = await world.engine()
  const text = `${'x'.repeat(limits.streamCharsMax - 1)}\u{1f600}end`
  world.evaluator.execute = async (_request, output) => {
    output.stream('stdout', text)
    return { status: 'ok', executionCount: 1, userExpressions: {} }
  }
  world.run(engine, '')
  await world.clock.advance(10)
  const pieces = world.published.flatMap(({ content }) => content['text'] ?? [])
  assert.equal(pieces.join(''), text)
  assert.deepEqual(
    pieces.map((piece) => /\p{Surrogate}/u.test(String(piece))),
    [false, false],
  )
})

test('a request that counts output gets the count instead of busy and idle', async () => {
  const world = new World()
  const engine = await world.engine()
  world.run(engine, 'print', { output_count: true })
  await world.clock.advance(10)
  assert.deepEqual(
    world.published.map((message) => message.header.msgType),
    ['stream'],
  )
  assert.equal(world.replies[0]!.metadata['output_count'], 1)
})

for (const msgType of ['apply_request', 'execute_request']) {
  test(`${msgType} with metadata that are none is answered, and so is the next`, async () => {
    const world = new World()
    const engine = await world.engine()
    const none = [1] as unknown as JsonObject
    const first = world.request(engine, msgType, { code: 'print' }, none)
    const second = world.run(engine, 'print')
    await world.clock.advance(10)
    assert.deepEqual(
      world.replies.map(({ parent }) => parent?.msgId),
      [first, second],
    )
  })
}

test('a failure is in the reply with the engine that had it, and on iopub', async () => {
  const world = new World()
  const engine = await world.engine()
  world.run(engine, 'fail')
  await world.clock.advance(10)
  const { content, metadata } = world.replies[0]!
  assert.equal(content['ename'], 'TypeError')
  assert.deepEqual(content['engine_info'], {
    engine_uuid: engine.uuid,
    engine_id: 7,
    method: 'execute',
  })
  assert.deepEqual(metadata['engine_info'], { engine_uuid: engine.uuid, engine_id: 7 })
  assert.ok(world.published.some((message) => message.header.msgType === 'error'))
})

test('a request that the engine does not know is answered with an error', async () => {
  const world = new World()
  const engine = await world.engine()
  world.request(engine, 'execute_request', { code: 3 })
  await world.clock.advance(10)
  assert.equal(world.replies[0]!.content['status'], 'error')
  assert.match(String(world.replies[0]!.content['evalue']), /'code' is 3, expected a string/)
})

test('a request signed with another key never runs', async () => {
  const world = new World()
  const engine = await world.engine()
  const stranger = new Session({
    key: 'x',
    makeSigner: simSigner,
    clock: world.clock,
    random: world.random,
  })
  const idents = [utf8(engine.uuid), utf8('client-1')]
  world.mux.trySend(stranger.pack('execute_request', { idents, content: { code: 'evil' } }))
  await world.clock.advance(10)
  assert.deepEqual(world.evaluator.log, [])
  assert.deepEqual(world.replies, [])
})

test('an abort reaches what waits behind a running request, at once', async () => {
  const world = new World()
  const engine = await world.engine()
  world.run(engine, 'wait')
  const second = world.run(engine, 'second')
  world.request(
    engine,
    abortRequest.msgType,
    abortRequest.encode({ msgIds: [second], recall: false }),
  )
  await world.clock.advance(10)
  const types = world.replies.map((reply) => [reply.header.msgType, reply.content['status']])
  assert.deepEqual(types.sort(), [
    ['abort_reply', 'ok'],
    ['execute_reply', 'aborted'],
  ])
  world.evaluator.release?.()
  await world.clock.advance(10)
  assert.deepEqual(world.evaluator.log, ['wait'])
})

test('an interrupt signal reaches the evaluator while it is busy', async () => {
  const world = new World()
  const engine = await world.engine()
  world.run(engine, 'wait')
  world.request(engine, signalRequest.msgType, signalRequest.encode({ signal: 2 }))
  await world.clock.advance(10)
  assert.deepEqual(world.evaluator.log, ['wait', 'interrupt'])
  world.evaluator.release?.()
})

test('another signal is handed to the process by name, and nonsense is refused', async () => {
  const world = new World()
  const signals: string[] = []
  const engine = await world.engine({ onSignal: (signal) => signals.push(signal) })
  world.request(engine, signalRequest.msgType, { sig: 15 })
  world.request(engine, signalRequest.msgType, { sig: 'rm -rf' })
  world.request(engine, signalRequest.msgType, { sig: 'SIGFOO' })
  world.request(engine, signalRequest.msgType, { sig: 0 })
  await world.clock.advance(10)
  assert.deepEqual(signals, ['SIGTERM'])
  assert.deepEqual(
    world.replies.map((reply) => reply.content['status']),
    ['ok', 'error', 'error', 'ok'],
  )
})

test('a shutdown is answered, announced on iopub, and ends the engine', async () => {
  const world = new World()
  const engine = await world.engine()
  world.request(engine, 'shutdown_request', { restart: false })
  await world.clock.advance(2000)
  assert.equal(await engine.ended, 'shutdown')
  assert.equal(world.replies[0]!.header.msgType, 'shutdown_reply')
  assert.equal(text(world.published[0]!.idents[0]!), 'engine.7.shutdown')
  assert.equal(world.registrations.at(-1)!['id'], 7)
})

test('an engine registers again, asking for its id, when the controller comes back', async () => {
  const world = new World()
  const engine = await world.engine({ uuid: 'me' })
  world.network.kill('controller')
  await world.clock.advance(50)
  await world.registration.bind(`tcp://127.0.0.1:${world.info.registration}`)
  await world.clock.advance(20_000)
  assert.deepEqual(world.registrations.at(-1), {
    uuid: engine.uuid,
    id: 7,
    facts: { language: 'typescript' },
  })
})

test('a request whose answer is not kept any more is answered with an error when it comes again', async () => {
  const world = new World()
  const engine = await world.engine()
  const idents = [utf8(engine.uuid), utf8('client-1')]
  const frames = world.session.pack('apply_request', { idents, content: {} })
  world.mux.trySend(frames)
  for (let i = 0; i < limits.keptAnswersMax; i++) world.request(engine, 'apply_request', {})
  await world.clock.advance(10)
  world.replies.length = 0
  world.mux.trySend(frames)
  await world.clock.advance(10)
  assert.deepEqual(
    world.replies.map(({ content }) => content['ename']),
    ['EngineError'],
  )
})

test('a task that was given back and came again is not answered with its return when it comes twice', async () => {
  const world = new World()
  const engine = await world.engine()
  world.run(engine, 'wait')
  const idents = [utf8(engine.uuid), utf8('client-1')]
  const content = { code: 'task', silent: false, user_expressions: {} }
  const header = world.session.newHeader('execute_request')
  world.mux.trySend(world.session.pack(header, { idents, content }))
  const recall = abortRequest.encode({ msgIds: [header.msgId], recall: true })
  world.request(engine, abortRequest.msgType, recall)
  await world.clock.advance(10)
  const returned = world.replies.find(({ parent }) => parent?.msgId === header.msgId)
  assert.deepEqual(returned?.content, { status: 'aborted' })
  assert.equal(returned?.metadata['recalled'], true)
  world.replies.length = 0
  const again = world.session.pack(header, { idents, content, metadata: { repeat: 1 } })
  world.mux.trySend(again)
  world.mux.trySend(again)
  await world.clock.advance(10)
  assert.deepEqual(world.replies, [])
  world.evaluator.release?.()
  await world.clock.advance(10)
  assert.deepEqual(world.evaluator.log, ['wait', 'task'])
})
