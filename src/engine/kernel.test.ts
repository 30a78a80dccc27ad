import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger, text, utf8 } from '../base/mod.ts'
import {
  type JsonObject,
  type KernelChannel,
  type KernelConnectionInfo,
  kernelEndpoint,
  type Message,
  Session,
} from '../jupyter/mod.ts'
import { Dealer, type SocketContext, Sub } from '../sockets/mod.ts'
import { ManualClock, MemoryNetwork, SeededRandom, simSigner } from '../testing/mod.ts'
import {
  type CommEvent,
  type Evaluator,
  type ExecuteOutcome,
  Kernel,
  noReflection,
  type Output,
} from './mod.ts'

class ScriptedEvaluator implements Evaluator {
  readonly complete: Evaluator['complete'] = noReflection.complete
  readonly inspect: Evaluator['inspect'] = noReflection.inspect
  readonly isComplete: Evaluator['isComplete'] = noReflection.isComplete
  readonly history: Evaluator['history'] = noReflection.history
  readonly log: string[] = []
  readonly received: CommEvent[] = []
  release: ((outcome?: ExecuteOutcome) => void) | undefined
  count = 0

  async execute(...[{ code }, output]: Parameters<Evaluator['execute']>): Promise<ExecuteOutcome> {
    this.log.push(code)
    const executionCount = ++this.count
    if (code === 'wait') {
      const outcome = await new Promise<ExecuteOutcome | undefined>((resolve) => {
        this.release = resolve
      })
      if (outcome !== undefined) return outcome
    }
    if (code === 'fail') return failure('no')
    if (code === 'ask') {
      try {
        const answer = await (output as unknown as Asking).input('name? ', false)
        this.log.push(`answer ${answer}`)
      } catch (error) {
        return failure(String(error))
      }
    }
    if (code === 'talk') output.comm?.(event('open', 'mine', 'chart'))
    return { status: 'ok', executionCount, userExpressions: {} }
  }

  apply: Evaluator['apply'] = async ({ buffers }) => ({ status: 'ok', buffers })

  async clear(): Promise<void> {}

  interrupt(): void {
    this.log.push('interrupt')
    this.release?.(failure('interrupted'))
  }

  readonly comms = {
    receive: async (received: CommEvent, output: Output) => {
      this.received.push(received)
      output.comm?.(event('message', received.commId))
    },
    list: async () => ({ a: 'chart', b: 'table' }),
  }
}

interface Asking {
  input(prompt: string, password: boolean): Promise<string>
}

function failure(evalue: string): ExecuteOutcome {
  return { status: 'error', ename: 'Error', evalue, traceback: [], executionCount: 1 }
}

function event(type: CommEvent['type'], commId: string, targetName?: string): CommEvent {
  const buffers = [Uint8Array.of(1, 2)]
  return { type, commId, targetName, data: { n: 1 }, metadata: {}, buffers }
}

const anyPort: KernelConnectionInfo = {
  transport: 'tcp',
  ip: '127.0.0.1',
  shell_port: 0,
  iopub_port: 0,
  stdin_port: 0,
  control_port: 0,
  hb_port: 0,
  key: 'k',
  signature_scheme: 'hmac-sha256',
}

/** A kernel, and a front end that is played by the test. */
class World {
  readonly clock = new ManualClock()
  readonly random = new SeededRandom(1)
  readonly network = new MemoryNetwork(this.clock, this.random)
  readonly evaluator = new ScriptedEvaluator()
  readonly replies: Message[] = []
  readonly published: Message[] = []
  readonly asked: Message[] = []
  readonly beats: string[] = []
  session!: Session
  kernel!: Kernel
  readonly sockets = new Map<KernelChannel, Dealer>()

  context(hostname: string): SocketContext {
    const transports = [this.network.transport(hostname)]
    return { transports, clock: this.clock, random: this.random, logger: silentLogger }
  }

  async start(info: Partial<KernelConnectionInfo> = {}): Promise<this> {
    const { evaluator } = this
    this.kernel = await Kernel.start(
      { context: this.context('kernel'), makeSigner: simSigner, evaluator },
      { info: { ...anyPort, ...info }, facts: { version: '1.2.3', runtime: 'v20.0.0' } },
    )
    this.session = this.newSession()
    const heard: Partial<Record<KernelChannel, (frames: Uint8Array[]) => void>> = {
      shell: (frames) => this.replies.push(this.session.unpack(frames)),
      control: (frames) => this.replies.push(this.session.unpack(frames)),
      stdin: (frames) => this.asked.push(this.session.unpack(frames)),
      hb: (frames) => this.beats.push(...frames.map(text)),
    }
    for (const [channel, handler] of Object.entries(heard)) {
      const name = channel as KernelChannel
      const dealer = new Dealer(this.context('front end'), { routingId: this.session.id })
      dealer.onMessage = handler
      dealer.connect(kernelEndpoint(this.kernel.info, name))
      this.sockets.set(name, dealer)
    }
    this.listen('')
    await this.clock.advance(50)
    return this
  }

  newSession(): Session {
    const { key } = this.kernel.info
    return new Session({ key, makeSigner: simSigner, clock: this.clock, random: this.random })
  }

  listen(topic: string): Message[] {
    const heard: Message[] = []
    const sub = new Sub(this.context('front end'))
    const session = this.newSession()
    sub.subscribe(utf8(topic))
    sub.onMessage = (frames) => {
      const message = session.unpack(frames)
      heard.push(message)
      if (topic === '') this.published.push(message)
    }
    sub.connect(kernelEndpoint(this.kernel.info, 'iopub'))
    return heard
  }

  send(channel: KernelChannel, msgType: string, content: JsonObject = {}): string {
    const header = this.session.newHeader(msgType)
    this.sockets.get(channel)!.trySend(this.session.pack(header, { content }))
    return header.msgId
  }

  run(code: string, more: JsonObject = {}): string {
    return this.send('shell', 'execute_request', { code, silent: false, ...more })
  }

  async reply(msgId: string): Promise<Message | undefined> {
    await this.clock.advance(20)
    return this.replies.find((message) => message.parent?.msgId === msgId)
  }

  /** What was said on iopub about a request. */
  about(msgId: string): string[] {
    return this.published
      .filter((message) => message.parent?.msgId === msgId)
      .map(({ header, content }) => String(content['execution_state'] ?? header.msgType))
  }
}

test('a kernel says what it is, in the newest protocol, on shell and on control', async () => {
  const world = await new World().start()
  for (const channel of ['shell', 'control'] as const) {
    const reply = await world.reply(world.send(channel, 'kernel_info_request'))
    assert.equal(reply?.header.version, '5.4')
    assert.equal(reply?.content['protocol_version'], '5.4')
    const { name } = reply!.content['language_info'] as JsonObject
    assert.equal(name, 'typescript')
    assert.equal(reply?.content['implementation_version'], '1.2.3')
  }
})

test('every subscriber of iopub is welcomed under the topic that it asked for', async () => {
  const world = await new World().start()
  const heard = world.listen('kernel')
  await world.clock.advance(50)
  const [first] = world.published
  assert.equal(first?.header.msgType, 'iopub_welcome')
  assert.deepEqual(first?.content, { subscription: '' })
  assert.deepEqual(
    heard.map(({ header, content, idents }) => [header.msgType, content, idents.map(text)]),
    [['iopub_welcome', { subscription: 'kernel' }, ['kernel']]],
  )
})

test('what is sent to the heartbeat comes back', async () => {
  const world = await new World().start()
  world.sockets.get('hb')!.trySend([utf8('ping')])
  await world.clock.advance(10)
  assert.deepEqual(world.beats, ['ping'])
})

test('a request is between busy and idle, whichever way it came', async () => {
  const world = await new World().start()
  const shell = world.run('1')
  const control = world.send('control', 'interrupt_request')
  await world.clock.advance(20)
  assert.deepEqual(world.about(shell), ['busy', 'idle'])
  assert.deepEqual(world.about(control), ['busy', 'idle'])
})

test('a cell that fails drops the cells behind it, and nothing else', async () => {
  const world = await new World().start()
  const failed = world.run('fail')
  const dropped = world.run('never')
  const info = world.send('shell', 'kernel_info_request')
  assert.equal((await world.reply(failed))?.content['status'], 'error')
  assert.equal((await world.reply(dropped))?.content['status'], 'aborted')
  assert.equal((await world.reply(info))?.content['status'], 'ok')
  assert.deepEqual(world.evaluator.log, ['fail'])
})

test('cells go on after a failure when its request says so', async () => {
  const world = await new World().start()
  world.run('fail', { stop_on_error: false })
  const second = world.run('second')
  assert.equal((await world.reply(second))?.content['status'], 'ok')
})

test('user code asks the front end whose request runs, and gets what is typed there', async () => {
  const world = await new World().start()
  const asking = world.run('ask', { allow_stdin: true })
  await world.clock.advance(20)
  const [question] = world.asked
  assert.equal(question?.header.msgType, 'input_request')
  assert.deepEqual(question?.content, { prompt: 'name? ', password: false })
  assert.equal(question?.parent?.msgId, asking)
  world.send('stdin', 'input_reply', { value: 'Ann' })
  assert.equal((await world.reply(asking))?.content['status'], 'ok')
  assert.deepEqual(world.evaluator.log, ['ask', 'answer Ann'])
})

test('an answer to an earlier question is not taken for one to this', async () => {
  const world = await new World().start()
  const asking = world.run('ask', { allow_stdin: true })
  await world.clock.advance(20)
  const stale = { ...world.asked[0]!.header, msgId: 'an earlier one' }
  const parent = utf8(JSON.stringify({ msg_id: stale.msgId, msg_type: 'input_request' }))
  const frames = world.session.pack('input_reply', { parent, content: { value: 'stale' } })
  world.sockets.get('stdin')!.trySend(frames)
  await world.clock.advance(20)
  world.send('stdin', 'input_reply', { value: 'fresh' })
  await world.reply(asking)
  assert.deepEqual(world.evaluator.log, ['ask', 'answer fresh'])
})

test('asking fails at once where the front end takes no input', async () => {
  const world = await new World().start()
  const reply = await world.reply(world.run('ask'))
  assert.match(String(reply?.content['evalue']), /does not support input requests/)
  assert.deepEqual(world.asked, [])
})

test('an interrupt arrives while a cell runs, and drops the cells behind it', async () => {
  const world = await new World().start()
  const running = world.run('wait')
  const behind = world.run('behind')
  await world.clock.advance(20)
  const interrupt = await world.reply(world.send('control', 'interrupt_request'))
  assert.equal(interrupt?.content['status'], 'ok')
  assert.equal((await world.reply(running))?.content['evalue'], 'interrupted')
  assert.equal((await world.reply(behind))?.content['status'], 'aborted')
})

test('comm messages reach user code with their buffers, and have no reply', async () => {
  const world = await new World().start()
  const content = { comm_id: 'c', target_name: 'chart', data: { a: 1 } }
  const header = world.session.newHeader('comm_open')
  const buffers = [Uint8Array.of(9)]
  world.sockets.get('shell')!.trySend(world.session.pack(header, { content, buffers }))
  assert.equal(await world.reply(header.msgId), undefined)
  const [received] = world.evaluator.received
  assert.equal(received?.type, 'open')
  assert.equal(received?.targetName, 'chart')
  assert.deepEqual(received?.data, { a: 1 })
  assert.deepEqual(received?.buffers, buffers)
  assert.deepEqual(world.about(header.msgId), ['busy', 'comm_msg', 'idle'])
})

test('user code opens comms towards the front ends', async () => {
  const world = await new World().start()
  await world.reply(world.run('talk'))
  const open = world.published.find(({ header }) => header.msgType === 'comm_open')
  assert.deepEqual(open?.content, { comm_id: 'mine', target_name: 'chart', data: { n: 1 } })
  assert.deepEqual(open?.buffers, [Uint8Array.of(1, 2)])
})

test('the open comms are told, all or those of one target', async () => {
  const world = await new World().start()
  const all = await world.reply(world.send('shell', 'comm_info_request'))
  assert.deepEqual(all?.content['comms'], {
    a: { target_name: 'chart' },
    b: { target_name: 'table' },
  })
  const some = await world.reply(
    world.send('control', 'comm_info_request', { target_name: 'table' }),
  )
  assert.deepEqual(some?.content['comms'], { b: { target_name: 'table' } })
})

test('a malformed comm message is dropped, and the next request is answered', async () => {
  const world = await new World().start()
  const bad = world.send('shell', 'comm_msg', { comm_id: 7 })
  assert.equal(await world.reply(bad), undefined)
  assert.equal((await world.reply(world.run('1')))?.content['status'], 'ok')
})

test('a debugger is refused in the words of the debug protocol', async () => {
  const world = await new World().start()
  const seq = { type: 'request', seq: 7, command: 'debugInfo', arguments: {} }
  const reply = await world.reply(world.send('control', 'debug_request', seq))
  assert.equal(reply?.header.msgType, 'debug_reply')
  assert.equal(reply?.content['success'], false)
  assert.equal(reply?.content['request_seq'], 7)
  assert.equal(reply?.content['command'], 'debugInfo')
})

test('a front end can ask for the ports', async () => {
  const world = await new World().start()
  const reply = await world.reply(world.send('shell', 'connect_request'))
  const { shell_port, hb_port } = world.kernel.info
  assert.equal(reply?.content['shell_port'], shell_port)
  assert.equal(reply?.content['hb_port'], hb_port)
  assert.ok(shell_port > 0 && hb_port > 0)
})

test('a shutdown is answered, ends the kernel, and frees its ports for the next one', async () => {
  const world = await new World().start()
  const asked = world.send('control', 'shutdown_request', { restart: true })
  const reply = await world.reply(asked)
  assert.deepEqual(reply?.content, { status: 'ok', restart: true })
  await world.clock.advance(2_000)
  assert.equal(await world.kernel.ended, 'restart')
  const again = await Kernel.start(
    { context: world.context('kernel'), makeSigner: simSigner, evaluator: world.evaluator },
    { info: world.kernel.info, facts: {} },
  )
  assert.deepEqual(again.info, world.kernel.info)
})

test('front ends that are old ask for a shutdown on the shell line', async () => {
  const world = await new World().start()
  const reply = await world.reply(world.send('shell', 'shutdown_request', { restart: false }))
  assert.deepEqual(reply?.content, { status: 'ok', restart: false })
  await world.clock.advance(2_000)
  assert.equal(await world.kernel.ended, 'shutdown')
})

test('a cell that ends the process is answered, and the front end asked to end, too', async () => {
  const world = await new World().start()
  const running = world.run('wait')
  await world.clock.advance(20)
  void world.kernel.exit(3)
  const reply = await world.reply(running)
  assert.equal(reply?.content['status'], 'ok')
  assert.deepEqual(reply?.content['payload'], [
    { source: 'ask_exit', keepkernel: false, exit_code: 3 },
  ])
  assert.deepEqual(world.about(running), ['busy', 'idle'])
  await world.clock.advance(2_000)
  assert.equal(await world.kernel.ended, 'closed')
})

test('without a key nothing is signed, and everything is taken', async () => {
  const world = await new World().start({ key: '' })
  assert.equal((await world.reply(world.run('1')))?.content['status'], 'ok')
})

test('a front end with another key is not served', async () => {
  const world = await new World().start()
  const { clock, random } = world
  const stranger = new Session({ key: 'other', makeSigner: simSigner, clock, random })
  const frames = stranger.pack('execute_request', { content: { code: 'evil' } })
  world.sockets.get('shell')!.trySend(frames)
  await world.clock.advance(20)
  assert.deepEqual(world.evaluator.log, [])
})

test('a front end that comes back under its name gets the answers', async () => {
  const world = await new World().start()
  const again = new Dealer(world.context('front end'), { routingId: world.session.id })
  again.onMessage = (frames) => world.replies.push(world.session.unpack(frames))
  again.connect(kernelEndpoint(world.kernel.info, 'shell'))
  await world.clock.advance(50)
  const header = world.session.newHeader('kernel_info_request')
  again.trySend(world.session.pack(header))
  assert.equal((await world.reply(header.msgId))?.content['status'], 'ok')
})
