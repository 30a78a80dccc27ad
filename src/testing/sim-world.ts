import {
  assert,
  type Clock,
  type Logger,
  type SignerFactory,
  silentLogger,
  utf8,
} from '../base/mod.ts'
import {
  type AsyncResult,
  Client,
  type ClientOptions,
  type LoadBalancedView,
} from '../client/mod.ts'
import { Controller, type ControllerOptions } from '../controller/mod.ts'
import { Engine, type Evaluator, type Failure, noReflection } from '../engine/mod.ts'
import {
  type ClientConnectionInfo,
  endpointOf,
  type HostFacts,
  Session,
  unregistrationRequest,
} from '../jupyter/mod.ts'
import { Codec, type FunctionCodec, unpackCall } from '../serialize/mod.ts'
import { Dealer, type SocketContext } from '../sockets/mod.ts'
import { ManualClock, settle } from './manual-clock.ts'
import { MemoryNetwork, type NetworkFaults } from './memory-network.ts'
import { SeededRandom } from './seeded-random.ts'

/** Not a secret in a simulation: fast, and it tells a change. Source: FNV-1a. */
export const simSigner: SignerFactory = (_scheme, key) => {
  const start = fnv(0x811c9dc5, utf8(key))
  return {
    sign: (parts) => utf8(parts.reduce(fnv, start).toString(16).padStart(8, '0').repeat(8)),
  }
}

function fnv(hash: number, bytes: Uint8Array): number {
  let sum = hash
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0
  return sum
}

/** The one thing that engines of a simulation do: take some time, and give their argument back. */
export function simTask(id: number): number {
  return id
}

/** There is no code to take apart in a simulation: functions are known by name. */
const simFunctions: FunctionCodec = {
  describe: (fn) => ({ kind: 'builtin', text: fn.name }),
  describeObject: () => undefined,
  refuse: () => undefined,
  build: () => ({ value: simTask, bind() {} }),
}

/** What became of one task, as its client saw it. */
export interface TaskFate {
  readonly id: number
  /** How often its promise settled: by the promise contract at most once. */
  settled: number
  outcome: 'pending' | 'ok' | { readonly error: unknown }
  /** How often an engine began it. */
  begun: number
}

/** What a simulated world is made from; the same seed gives the same world. */
export interface SimOptions extends Partial<NetworkFaults> {
  readonly seed: number
  /** How long a task takes at most, in milliseconds; default 50. */
  readonly taskMsMax?: number
  /** Share of the tasks that take a hundred times that; default 0. */
  readonly longTaskRate?: number
  readonly logger?: Logger
}

interface SimEngine {
  readonly host: string
  readonly uuid: string
  alive: boolean
}

/**
 * The real controller, engines and client in one process, over a network and a clock in memory.
 * The same seed gives the same run.
 */
export class SimWorld {
  readonly clock: ManualClock = new ManualClock()
  readonly random: SeededRandom
  readonly network: MemoryNetwork
  readonly tasks: TaskFate[] = []
  readonly engines: SimEngine[] = []
  readonly #options: SimOptions
  readonly #codec = new Codec(simFunctions)
  #controller: Controller | undefined
  #controllerLife = 0
  #client: Client | undefined
  #info: ClientConnectionInfo | undefined

  constructor(options: SimOptions) {
    this.#options = options
    this.random = new SeededRandom(options.seed)
    this.network = new MemoryNetwork(this.clock, this.random)
    const { delayMsMax = 0, breakRate = 0 } = options
    this.network.faults = { delayMsMax, breakRate }
  }

  get controller(): Controller {
    assert(this.#controller !== undefined, 'addController comes first')
    return this.#controller
  }

  get client(): Client {
    assert(this.#client !== undefined, 'addClient comes first')
    return this.#client
  }

  async addController(options: Partial<ControllerOptions> = {}): Promise<void> {
    this.#controller = await this.#through(
      Controller.start({
        context: this.#context(`controller${this.#controllerLife++}`),
        makeSigner: simSigner,
        key: 'sim',
        interfaces: { client: 'tcp://127.0.0.1', engine: 'tcp://127.0.0.1' },
        location: 'sim',
        heartbeatPeriodMs: 1_000,
        ...options,
      }),
    )
    this.#info = this.#controller.clientInfo
  }

  /** Starts engines, and waits until all that live are registered. */
  async addEngines(count: number): Promise<void> {
    const wanted = this.controller.engines.length + count
    for (let i = 0; i < count; i++) {
      const engine = {
        host: `engine-${this.engines.length}`,
        uuid: `uuid-${this.engines.length}`,
        alive: true,
      }
      this.engines.push(engine)
      void this.#startEngine(engine)
    }
    await this.#until(() => this.controller.engines.length >= wanted)
  }

  async addClient(options: ClientOptions = {}): Promise<Client> {
    const ports = {
      context: this.#context('client'),
      makeSigner: simSigner,
      codec: this.#codec,
      host: this.#host(),
    }
    this.#client = await this.#through(Client.open(this.#info!, ports, options))
    return this.#client
  }

  /** Submits load-balanced tasks, whose fates are in `tasks` from then on. */
  submit(
    count: number,
    view: LoadBalancedView = this.client.loadBalancedView(),
  ): AsyncResult<number>[] {
    const results: AsyncResult<number>[] = []
    for (let i = 0; i < count; i++) {
      const fate: TaskFate = { id: this.tasks.length, settled: 0, outcome: 'pending', begun: 0 }
      this.tasks.push(fate)
      const result = view.apply(simTask, fate.id)
      results.push(result)
      result.then(
        (value) => this.#settle(fate, value === fate.id ? 'ok' : { error: value }),
        (error: unknown) => this.#settle(fate, { error }),
      )
    }
    return results
  }

  /** An engine's process is gone, with everything in it; nobody announces it. */
  killEngine(engine: SimEngine): void {
    engine.alive = false
    this.network.kill(engine.host)
    this.network.cutOff(engine.host)
  }

  /** An engine's process ends, and whoever started it tells the controller, as a nanny does. */
  async endEngine(engine: SimEngine): Promise<void> {
    engine.alive = false
    this.network.end(engine.host)
    const { clock, random } = this
    const { id } = this.controller.engines.find(({ uuid }) => uuid === engine.uuid)!
    const info = this.controller.engineInfo
    const session = new Session({ key: 'sim', makeSigner: simSigner, clock, random })
    const dealer = new Dealer(this.#context('nanny'))
    dealer.connect(endpointOf(info.interface, info.registration))
    const content = { id, uuid: engine.uuid, cause: { signal: 'SIGKILL' } }
    const { msgType, encode } = unregistrationRequest
    dealer.trySend(session.pack(msgType, { content: encode(content) }))
    await this.#through(dealer.close({ lingerMs: 3_000 }))
  }

  /** Lets time pass. */
  run(options: { readonly forMs: number }): Promise<void> {
    return this.clock.advance(options.forMs)
  }

  /** Lets time pass until every task has ended; fails after `withinMs`. */
  async finish(options: { readonly withinMs: number }): Promise<void> {
    await this.#until(
      () => this.tasks.every((task) => task.outcome !== 'pending'),
      options.withinMs,
    )
  }

  async #startEngine(engine: SimEngine): Promise<void> {
    while (engine.alive) {
      const { taskMsMax = 50, longTaskRate = 0 } = this.#options
      const evaluator = new SimEvaluator(this, engine, this.#codec, { taskMsMax, longTaskRate })
      const ports = {
        context: this.#context(engine.host),
        makeSigner: simSigner,
        host: this.#host(),
        evaluator,
      }
      const facts = { language: 'typescript', hostname: engine.host }
      const info = this.controller.engineInfo
      try {
        await (await Engine.start(ports, { info, uuid: engine.uuid, facts })).ended
        return
      } catch {
        // The network may break while it registers; an engine's process tries again.
      }
    }
  }

  #settle(fate: TaskFate, outcome: TaskFate['outcome']): void {
    fate.settled++
    fate.outcome = outcome
  }

  #context(host: string): SocketContext {
    return {
      transports: [this.network.transport(host)],
      clock: this.clock,
      random: this.random,
      logger: this.#options.logger ?? silentLogger,
    }
  }

  #host(): HostFacts {
    return { hostname: 'sim', addresses: ['127.0.0.1'], resolve: async () => [] }
  }

  /** Lets time pass until a promise has settled. */
  async #through<T>(work: Promise<T>): Promise<T> {
    let done = false
    const mark = () => {
      done = true
    }
    work.then(mark, mark)
    await this.#until(() => done)
    return work
  }

  async #until(holds: () => boolean, withinMs = 120_000): Promise<void> {
    const deadline = this.clock.monotonicMs() + withinMs
    await settle()
    while (!holds()) {
      assert(this.clock.monotonicMs() < deadline, `it did not happen within ${withinMs} ms`)
      await this.clock.advance(10)
    }
  }
}

/** Runs `simTask`, taking a random time of the simulated clock. */
class SimEvaluator implements Evaluator {
  readonly complete: Evaluator['complete'] = noReflection.complete
  readonly inspect: Evaluator['inspect'] = noReflection.inspect
  readonly isComplete: Evaluator['isComplete'] = noReflection.isComplete
  readonly history: Evaluator['history'] = noReflection.history
  readonly #world: SimWorld
  readonly #engine: SimEngine
  readonly #clock: Clock
  readonly #codec: Codec
  readonly #durations: { readonly taskMsMax: number; readonly longTaskRate: number }

  constructor(
    world: SimWorld,
    engine: SimEngine,
    codec: Codec,
    durations: { readonly taskMsMax: number; readonly longTaskRate: number },
  ) {
    this.#world = world
    this.#engine = engine
    this.#clock = world.clock
    this.#codec = codec
    this.#durations = durations
  }

  apply: Evaluator['apply'] = async ({ buffers }) => {
    const { fn, args } = unpackCall(this.#codec, buffers)
    const fate = this.#world.tasks[args[0] as number]
    if (fate !== undefined && this.#engine.alive) fate.begun++
    const { random } = this.#world
    const { taskMsMax, longTaskRate } = this.#durations
    const isLong = longTaskRate > 0 && random.float() < longTaskRate
    const durationMs = random.float() * taskMsMax * (isLong ? 100 : 1)
    await new Promise<void>((resolve) => this.#clock.setTimer(durationMs, resolve))
    return { status: 'ok', buffers: this.#codec.encode(fn(...args)) }
  }

  execute: Evaluator['execute'] = async () => {
    const failure: Failure = {
      status: 'error',
      ename: 'Error',
      evalue: 'a simulated engine runs no cells',
      traceback: [],
    }
    return { ...failure, executionCount: 0 }
  }

  async clear(): Promise<void> {}

  interrupt(): void {}
}
