import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Random, type SignerFactory, silentLogger, text, utf8 } from '../base/mod.ts'
import {
  abortRequest,
  applyRequest,
  type EngineConnectionInfo,
  executeRequest,
  type JsonObject,
  type Message,
  registrationReply,
  Session,
  signalRequest,
} from '../jupyter/mod.ts'
import { Pub, Router, type SocketContext, Sub } from '../sockets/mod.ts'
import { ManualClock, MemoryNetwork, SeededRandom } from '../testing/mod.ts'
import {
  Engine,
  type EngineOptions,
  type Evaluator,
  type ExecuteOutcome,
  noReflection,
} from './mod.ts'

/** Not a real signature: the sum of the bytes and the key, enough to tell a change. */
const makeSigner: SignerFactory = (_scheme, key) => ({
  sign: (parts) => {
    let sum = key.length
    for (const byte of utf8(key)) sum = (sum * 31 + byte) >>> 0
    for (const part of parts) for (const byte of part) sum = (sum * 31 + byte) >>> 0
    return utf8(sum.toString(16).padStart(8, '0').repeat(8))
  },
})

const host = { hostname: 'here', addresses: ['127.0.0.1'], resolve: async () => [] }

class ScriptedEvaluator implements Evaluator {
  readonly complete: Evaluator['complete'] = noReflection.complete
  readonly inspect: Evaluator['inspect'] = noReflection.inspect
  readonly isComplete: Evaluator['isComplete'] = noReflection.isComplete
  readonly history: Evaluator['history'] = noReflection.history
  readonly log: string[] = []
  release: (() => void) | undefined

  async execute(...[request, output]: Parameters<Evaluator['execute']>): Promise<ExecuteOutcome> {
    this.log.push(request.code)
    if (request.code === 'wait') await new Promise<void>((resolve) => (this.release = resolve))
    if (request.code === 'print') output.stream('stdout', 'hello\n')
    if (request.code === 'fail') {
      return {
        status: 'error',
        ename: 'TypeError',
        evalue: 'no',
        traceback: ['t'],
        executionCount: 1,
      }
    }
    return { status: 'ok', executionCount: 1, userExpressions: {} }
  }

  apply: Evaluator['apply'] = async ({ buffers }) => ({
    status: 'ok',
    buffers: [...buffers].reverse(),
  })

  async clear(): Promise<void> {
    this.log.push('clear')
  }

  interrupt(): void {
    this.log.push('interrupt')
  }
}

/** The controller's side of every channel, played by the test. */
class World {
  readonly clock = new ManualClock()
  readonly random: Random = new SeededRandom(1)
  readonly network = new MemoryNetwork(this.clock, this.random as SeededRandom)
  readonly evaluator = new ScriptedEvaluator()
  readonly context: SocketContext = this.#context('controller')
  readonly session = new Session({ key: 'k', makeSigner, clock: this.clock, random: this.random })
  readonly registration = new Router(this.context)
  readonly mux = new Router(this.context, { routingId: 'mux_out' })
  readonly task = new Router(this.context, { routingId: 'task_out' })
  readonly control = new Router(this.context, { routingId: 'control_out' })
  readonly iopub = new Sub(this.context)
  readonly ping = new Pub(this.context)
  readonly pong = new Router(this.context)
  readonly replies: Message[] = []
  readonly published: Message[] = []
  readonly pongs: string[] = []
  readonly registrations: JsonObject[] = []
  answer: (uuid: string) => Parameters<typeof registrationReply.encode>[0] | undefined = () => ({
    status: 'ok',
    id: 7,
    heartbeatPeriodMs: 1000,
    connectionInfo: {},
  })
  info!: EngineConnectionInfo

  #context(hostname: string): SocketContext {
    const transports = [this.network.transport(hostname)]
    return { transports, clock: this.clock, random: this.random, logger: silentLogger }
  }

  async open(): Promise<void> {
    const portOf = async (socket: { bind(endpoint: string): Promise<string> }) =>
      Number((await socket.bind('tcp://127.0.0.1:0')).split(':').at(-1))
    this.registration.onMessage = (frames) => {
      const request = this.session.unpack(frames)
      this.registrations.push(request.content)
      const reply = this.answer(String(request.content['uuid']))
      if (reply === undefined || request.header.msgType !== 'registration_request') return
      this.registration.trySend(
        this.session.pack('registration_reply', {
          idents: request.idents,
          content: registrationReply.encode(reply),
        }),
      )
    }
    this.mux.onMessage = (frames) => this.replies.push(this.session.unpack(frames))
    this.control.onMessage = (frames) => this.replies.push(this.session.unpack(frames))
    this.iopub.subscribe(new Uint8Array(0))
    this.iopub.onMessage = (frames) => this.published.push(this.session.unpack(frames))
    this.pong.onMessage = (frames) => this.pongs.push(text(frames[1]!))
    this.info = {
      ssh: '',
      interface: 'tcp://127.0.0.1',
      registration: await portOf(this.registration),
      control: await portOf(this.control),
      mux: await portOf(this.mux),
      task: await portOf(this.task),
      iopub: await portOf(this.iopub),
      hb_ping: await portOf(this.ping),
      hb_pong: await portOf(this.pong),
      broadcast: [],
      key: 'k',
      curve_serverkey: null,
      location: 'here',
      pack: 'json',
      unpack: 'json',
      signature_scheme: 'hmac-sha256',
    }
  }

  start(options: Partial<EngineOptions> = {}): Promise<Engine> {
    const { evaluator } = this
    const ports = { context: this.#context('engine'), makeSigner, host, evaluator }
    return Engine.start(ports, {
      info: this.info,
      facts: { language: 'typescript' },
      ...options,
    })
  }

  /** A registered engine whose connections are all up. */
  async engine(options: Partial<EngineOptions> = {}): Promise<Engine> {
    await this.open()
    const starting = this.start(options)
    await this.clock.advance(100)
    const engine = await starting
    await this.clock.advance(100)
    return engine
  }

  request(engine: Engine, msgType: string, content: JsonObject, metadata: JsonObject = {}): string {
    const header = this.session.newHeader(msgType)
    const socket = /^(execute|apply)/.test(msgType) ? this.mux : this.control
    const idents = [utf8(engine.uuid), utf8('client-1')]
    const buffers = [Uint8Array.of(1), Uint8Array.of(2)]
    socket.trySend(this.session.pack(header, { idents, content, metadata, buffers }))
    return header.msgId
  }

  run(engine: Engine, code: string, metadata: JsonObject = {}): string {
    const content = { code, silent: false, storeHistory: true, userExpressions: {} }
    return this.request(engine, 'execute_request', executeRequest.encode(content), metadata)
  }
}

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
  const stranger = new Session({ key: 'x', makeSigner, clock: world.clock, random: world.random })
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
