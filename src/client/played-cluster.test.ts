import { createContext, runInContext } from 'node:vm'
import { type Random, silentLogger } from '../base/mod.ts'
import { Controller, type ControllerOptions } from '../controller/mod.ts'
import {
  type ApplyOutcome,
  Engine,
  type Evaluator,
  type ExecuteOutcome,
  type ExecuteRequest,
  type Failure,
  noReflection,
  type Output,
} from '../engine/mod.ts'
import type { DeathCause, EngineFacts } from '../jupyter/mod.ts'
import { makeSigner } from '../node/mod.ts'
import { Codec, type FunctionCodec, unpackCall } from '../serialize/mod.ts'
import type { SocketContext } from '../sockets/mod.ts'
import { ManualClock, MemoryNetwork, SeededRandom, settle } from '../testing/mod.ts'
import { Client, type ClientOptions, type OutputPort } from './mod.ts'

const host = { hostname: 'client', addresses: [], resolve: async () => [] }

/** Functions by their source; those of a test must not capture anything. */
export function sourceFunctions(context: object, builtins: Record<string, unknown> = {}) {
  const codec: FunctionCodec = {
    describe: (fn) => ({ kind: 'source', text: fn.toString(), name: fn.name }),
    describeObject: () => undefined,
    refuse: () => undefined,
    build: ({ kind, text, captures = {} }) => {
      if (kind === 'builtin') return { value: builtins[text], bind() {} }
      const make = runInContext(`(captured) => { with (captured) return (${text}) }`, context)
      return { value: make(captures), bind() {} }
    },
  }
  return codec
}

/** Runs JavaScript in a namespace of its own; a test can make it wait. */
export class ToyEvaluator implements Evaluator {
  readonly complete: Evaluator['complete'] = noReflection.complete
  readonly inspect: Evaluator['inspect'] = noReflection.inspect
  readonly isComplete: Evaluator['isComplete'] = noReflection.isComplete
  readonly history: Evaluator['history'] = noReflection.history
  readonly namespace: Record<string, unknown> = createContext({})
  readonly codec: Codec
  /** Requests that were begun. */
  calls = 0
  #count = 0
  #output: Output | undefined
  #interrupt: ((failure: unknown) => void) | undefined
  #gate: Promise<void> | undefined
  #open: (() => void) | undefined

  constructor() {
    const { namespace } = this
    const builtins = {
      'iparallel:push': (values: object) => void Object.assign(namespace, values),
      'iparallel:pull': (names: string | string[]) =>
        Array.isArray(names) ? names.map((name) => this.#read(name)) : this.#read(names),
      'iparallel:map': (fn: (...args: unknown[]) => unknown, ...columns: unknown[][]) =>
        Promise.all(Array.from(columns[0]!, (_, i) => fn(...columns.map((column) => column[i])))),
    }
    Object.assign(namespace, {
      print: (text: string) => this.#output?.stream('stdout', text),
      warn: (text: string) => this.#output?.stream('stderr', text),
      display: (text: string) => this.#output?.display({ 'text/plain': text }, {}, {}, false),
      interrupted: () =>
        new Promise((_, reject) => {
          this.#interrupt = reject
        }),
    })
    this.codec = new Codec(sourceFunctions(namespace, builtins))
  }

  /** What runs from now on waits until `release`. */
  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  release(): void {
    this.#gate = undefined
    this.#open?.()
  }

  async execute(request: ExecuteRequest, output: Output): Promise<ExecuteOutcome> {
    const executionCount = ++this.#count
    const failure = await this.#run(output, async () => {
      const value = await runInContext(request.code, this.namespace)
      if (value === undefined || request.silent) return
      output.executeResult({ 'text/plain': String(value) }, {}, executionCount)
    })
    if (failure !== undefined) return { ...failure, executionCount }
    return { status: 'ok', executionCount, userExpressions: {} }
  }

  async apply({ buffers }: { buffers: readonly Uint8Array[] }, output: Output) {
    let answer: readonly Uint8Array[] = []
    const failure = await this.#run(output, async () => {
      const reference = (expression: string) => runInContext(expression, this.namespace)
      const { fn, args } = unpackCall(this.codec, buffers, { reference })
      answer = this.codec.encode(await fn(...args))
    })
    const outcome: ApplyOutcome = failure ?? { status: 'ok', buffers: answer }
    return outcome
  }

  async clear(): Promise<void> {
    for (const name of Object.keys(this.namespace)) delete this.namespace[name]
  }

  interrupt(): void {
    this.#interrupt?.(Object.assign(new Error('interrupted'), { name: 'KeyboardInterrupt' }))
  }

  #read(name: string): unknown {
    return runInContext(name, this.namespace)
  }

  async #run(output: Output, work: () => Promise<void>): Promise<Failure | undefined> {
    this.calls++
    await this.#gate
    this.#output = output
    try {
      await work()
      return undefined
    } catch (thrown) {
      const { name, message } = thrown as Error
      const traceback = [`${name}: ${message}`, '    at applied:1:2']
      const buffers = this.codec.encode(thrown)
      return { status: 'error', ename: name, evalue: message, traceback, buffers }
    }
  }
}

export interface PlayedEngine {
  readonly engine: Engine
  readonly evaluator: ToyEvaluator
  readonly host: string
}

/** What was shown live, in order. */
export class ShownOutput implements OutputPort {
  readonly shown: [stream: string, text: string][] = []

  write(stream: string, text: string): void {
    this.shown.push([stream, text])
  }
}

/** The real controller and engines with toy evaluators, on a network and a clock in memory. */
export class PlayedCluster {
  readonly clock = new ManualClock()
  readonly random: Random = new SeededRandom(11)
  readonly network = new MemoryNetwork(this.clock, this.random as SeededRandom)
  readonly output = new ShownOutput()
  readonly warnings: string[] = []
  readonly engines: PlayedEngine[] = []
  controller!: Controller
  readonly #clients: Client[] = []

  static async start(engines = 2, options: Partial<ControllerOptions> = {}) {
    const cluster = new PlayedCluster()
    await cluster.startController(options)
    for (let i = 0; i < engines; i++) await cluster.addEngine()
    return cluster
  }

  async startController(options: Partial<ControllerOptions> = {}): Promise<void> {
    this.controller = await Controller.start({
      context: this.context('controller'),
      makeSigner,
      key: 'secret',
      interfaces: { client: 'tcp://controller', engine: 'tcp://controller' },
      location: 'controller',
      ...options,
    })
  }

  context(name: string): SocketContext {
    return {
      transports: [this.network.transport(name)],
      clock: this.clock,
      random: this.random,
      logger: { ...silentLogger, warn: (line) => this.warnings.push(line) },
    }
  }

  /** `foreign` runs code in its place, where that is not JavaScript. */
  async addEngine(
    facts: EngineFacts = { language: 'typescript' },
    foreign?: Evaluator,
  ): Promise<PlayedEngine> {
    const evaluator = new ToyEvaluator()
    const name = `engine-${this.engines.length}`
    const ports = {
      context: this.context(name),
      makeSigner,
      host,
      evaluator: foreign ?? evaluator,
    }
    const engine = await this.run(Engine.start(ports, { info: this.controller.engineInfo, facts }))
    const played = { engine, evaluator, host: name }
    this.engines.push(played)
    await this.clock.advance(100)
    return played
  }

  /** The engine's process is gone, as its nanny tells. */
  async kill({ engine, host }: PlayedEngine, cause?: DeathCause): Promise<void> {
    this.network.cutOff(host)
    this.network.kill(host)
    await this.tellOfDeath(engine, cause)
  }

  /** An announcement that the engine has ended, from somebody who saw it. */
  async tellOfDeath({ id, uuid }: { id: number; uuid: string }, cause?: DeathCause): Promise<void> {
    const { Dealer } = await import('../sockets/mod.ts')
    const { Session, unregistrationRequest, endpointOf } = await import('../jupyter/mod.ts')
    const { clock, random } = this
    const session = new Session({ key: 'secret', makeSigner, clock, random })
    const dealer = new Dealer(this.context('nanny'))
    const { clientInfo } = this.controller
    dealer.connect(endpointOf(clientInfo.interface, clientInfo.registration))
    const content = unregistrationRequest.encode({ id, uuid, ...(cause ? { cause } : {}) })
    dealer.trySend(session.pack(unregistrationRequest.msgType, { content }))
    await this.clock.advance(10)
    await this.run(dealer.close({ lingerMs: 0 }))
  }

  async connect(options: ClientOptions & { key?: string; host?: string } = {}): Promise<Client> {
    const { key, host: name = 'client', ...rest } = options
    const client = await this.run(
      Client.open(
        { ...this.controller.clientInfo, ...(key === undefined ? {} : { key }) },
        {
          context: this.context(name),
          makeSigner,
          codec: new Codec(sourceFunctions(createContext({}))),
          host,
          output: this.output,
          readText: async (path) => `'text of ${path}'`,
        },
        rest,
      ),
    )
    this.#clients.push(client)
    await this.clock.advance(10)
    return client
  }

  /** Lets time pass until the promise settles; fails when it does not within ten minutes. */
  async run<T>(work: PromiseLike<T>): Promise<T> {
    let isOver = false
    const over = (): void => {
      isOver = true
    }
    work.then(over, over)
    await settle()
    for (let ms = 0; !isOver && ms < 600_000; ms += ms < 1_000 ? 1 : 100) {
      await this.clock.advance(ms < 1_000 ? 1 : 100)
    }
    if (!isOver) throw new Error('the promise did not settle')
    return work
  }

  async stop(): Promise<void> {
    const closing = [
      ...this.#clients.map((client) => client.close()),
      ...this.engines.map(({ engine }) => engine.close()),
      this.controller.close(),
    ]
    await this.run(Promise.all(closing))
  }
}
