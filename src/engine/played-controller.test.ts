import { type Random, silentLogger, text, utf8 } from '../base/mod.ts'
import {
  type EngineConnectionInfo,
  executeRequest,
  type JsonObject,
  type Message,
  registrationReply,
  Session,
} from '../jupyter/mod.ts'
import { Pub, Router, type SocketContext, Sub } from '../sockets/mod.ts'
import { ManualClock, MemoryNetwork, SeededRandom, simSigner } from '../testing/mod.ts'
import {
  Engine,
  type EngineOptions,
  type Evaluator,
  type ExecuteOutcome,
  noReflection,
} from './mod.ts'

const host = { hostname: 'here', addresses: ['127.0.0.1'], resolve: async () => [] }

export class ScriptedEvaluator implements Evaluator {
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
export class World {
  readonly clock = new ManualClock()
  readonly random: Random = new SeededRandom(1)
  readonly network = new MemoryNetwork(this.clock, this.random as SeededRandom)
  readonly evaluator = new ScriptedEvaluator()
  /** Runs code instead of `evaluator`. */
  foreign: Evaluator | undefined
  readonly warnings: string[] = []
  readonly context: SocketContext = this.#context('controller')
  readonly session = new Session({
    key: 'k',
    makeSigner: simSigner,
    clock: this.clock,
    random: this.random,
  })
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
    const logger = { ...silentLogger, warn: (text: string) => void this.warnings.push(text) }
    return { transports, clock: this.clock, random: this.random, logger }
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
    const evaluator = this.foreign ?? this.evaluator
    const ports = { context: this.#context('engine'), makeSigner: simSigner, host, evaluator }
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
