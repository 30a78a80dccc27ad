import {
  assert,
  type Clock,
  type Logger,
  type SignerFactory,
  silentLogger,
  utf8,
} from '../base/mod.ts'
import { Client, type ClientOptions, type LoadBalancedView } from '../client/mod.ts'
import { Controller, type ControllerOptions } from '../controller/mod.ts'
import { Engine, type Evaluator, type Failure, noReflection } from '../engine/mod.ts'
import type { ClientConnectionInfo, HostFacts } from '../jupyter/mod.ts'
import { Codec, type FunctionCodec, unpackCall } from '../serialize/mod.ts'
import type { SocketContext } from '../sockets/mod.ts'
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
  submit(count: number, view: LoadBalancedView = this.client.loadBalancedView()): void {
    for (let i = 0; i < count; i++) {
      const fate: TaskFate = { id: this.tasks.length, settled: 0, outcome: 'pending', begun: 0 }
      this.tasks.push(fate)
      view.apply(simTask, fate.id).then(
        (value) => this.#settle(fate, value === fate.id ? 'ok' : { error: value }),
        (error: unknown) => this.#settle(fate, { error }),
      )
    }
  }

  /** An engine's process is gone, with everything in it; nobody announces it. */
  killEngine(engine: SimEngine): void {
    engine.alive = false
    this.network.kill(engine.host)
    this.network.cutOff(engine.host)
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
      const evaluator = new SimEvaluator(this, engine, this.#codec, this.#options.taskMsMax ?? 50)
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
  readonly #taskMsMax: number

  constructor(world: SimWorld, engine: SimEngine, codec: Codec, taskMsMax: number) {
    this.#world = world
    this.#engine = engine
    this.#clock = world.clock
    this.#codec = codec
    this.#taskMsMax = taskMsMax
  }

  apply: Evaluator['apply'] = async ({ buffers }) => {
    const { fn, args } = unpackCall(this.#codec, buffers)
    const fate = this.#world.tasks[args[0] as number]
    if (fate !== undefined && this.#engine.alive) fate.begun++
    const durationMs = this.#world.random.float() * this.#taskMsMax
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
