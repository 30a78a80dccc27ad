import type { ChildProcess } from 'node:child_process'
import process from 'node:process'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { Queue } from '../base/mod.ts'
import type { ApplyOutcome, CommEvent, ExecuteOutcome, Failure, Output } from '../engine/mod.ts'
import { inspectorFunctionCodec } from '../functions/mod.ts'
import { signalTree } from '../node/process-tree.ts'
import type { FunctionCodec } from '../serialize/mod.ts'
import { ChildHooks } from './children/child-hooks.ts'
import { DescriptorWrites } from './descriptor-writes.ts'
import { NodeEvaluator, type NodeEvaluatorOptions } from './evaluator.ts'
import { describeFailure } from './failure.ts'
import { type FrameParcel, packFrames, unpackFrames } from './frame-parcel.ts'
import { IdleCollector } from './idle-collector.ts'
import { KeyboardInterrupt } from './keyboard-interrupt.ts'
import { LoaderWarning } from './loader-warning.ts'
import { outputWeight } from './output-weight.ts'
import type {
  EvaluatorLine,
  MessageFromEvaluator,
  MessageToEvaluator,
  RequestToEvaluator,
} from './port-messages.ts'
import { ProcessGuard } from './process-guard.ts'
import { Questions } from './questions.ts'
import { ServiceCalls } from './service-calls.ts'
import { SharedControl } from './shared-control.ts'

/** Milliseconds that the other thread gets to send what is left when the process ends. */
const exitMs = 2_000

/** Output of one request, posted to the other thread at once: this one may be busy for long. */
export class PortOutput implements Output {
  readonly #id: number
  readonly #port: MessagePort
  readonly #control: SharedControl
  readonly #questions: Questions

  constructor(id: number, port: MessagePort, control: SharedControl, questions: Questions) {
    this.#id = id
    this.#port = port
    this.#control = control
    this.#questions = questions
  }

  stream(name: 'stdout' | 'stderr', text: string): void {
    this.#post(['stream', this.#id, name, text])
  }

  executeInput(...args: Parameters<Output['executeInput']>): void {
    this.#post(['executeInput', this.#id, ...args])
  }

  executeResult(...args: Parameters<Output['executeResult']>): void {
    this.#post(['executeResult', this.#id, ...args])
  }

  display(...args: Parameters<Output['display']>): void {
    this.#post(['display', this.#id, ...args])
  }

  clearOutput(wait: boolean): void {
    this.#post(['clearOutput', this.#id, wait])
  }

  comm(event: CommEvent): void {
    const { parcel, transfer } = packFrames(event.buffers, false)
    this.#post(['comm', this.#id, { ...event, buffers: [] }, parcel], transfer)
  }

  input(prompt: string, password: boolean): Promise<string> {
    const { id, answer } = this.#questions.open()
    this.#post(['input', this.#id, id, prompt, password])
    return answer
  }

  #post(message: MessageFromEvaluator, transfer: ArrayBuffer[] = []): void {
    // Before it is sent: what is transferred has no length any more.
    const weight = outputWeight(message)
    this.#port.postMessage(message, transfer)
    this.#control.addOutput(weight)
  }
}

/**
 * An evaluator in this thread, for a `PortEvaluator` in another one. It takes over the process:
 * output streams, global names, what happens to uncaught errors, and its end, before which the
 * other thread gets time to send what is left.
 */
export class EvaluatorServer implements Disposable {
  /** For the other thread's `PortEvaluator`. Its port must be transferred: `transferList`. */
  readonly line: EvaluatorLine
  readonly transferList: readonly [MessagePort]
  readonly #port: MessagePort
  readonly #control = new SharedControl()
  readonly #evaluator: NodeEvaluator
  readonly #guard = new ProcessGuard()
  readonly #services: ServiceCalls
  readonly #collector = new IdleCollector()
  readonly #queue = new Queue<RequestToEvaluator>()
  readonly #questions = new Questions()
  readonly #onExit = (code: number): void => this.#leave(code)
  #hooks: readonly Disposable[] | undefined
  /** What cells have started and is still there. */
  readonly #children = new Set<ChildProcess>()
  #running: number | undefined
  /** The last request that was begun. */
  #lastId = 0

  constructor(
    functions: FunctionCodec = inspectorFunctionCodec(),
    { magics, completer }: Pick<NodeEvaluatorOptions, 'magics' | 'completer'> = {},
  ) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.line = { port: port2, memory: this.#control.memory }
    this.transferList = [port2]
    this.#services = new ServiceCalls(port1)
    this.#evaluator = new NodeEvaluator({
      functions,
      gate: this.#control,
      bindKernel: (options) => this.#services.call('bindKernel', options),
      ...(magics === undefined ? {} : { magics }),
      ...(completer === undefined ? {} : { completer }),
    })
    port1.on('message', (message: MessageToEvaluator) => this.#receive(message))
    port1.on('close', () => this[Symbol.dispose]())
    process.on('exit', this.#onExit)
  }

  /** Runs a cell before there is anybody to serve; what it prints goes to the process's streams. */
  runStartup(code: string): Promise<ExecuteOutcome> {
    return this.#evaluator.execute(
      { code, silent: true, storeHistory: false, userExpressions: {} },
      this.#evaluator.processOutput,
    )
  }

  /** Gives the process back, and ends what cells have started and not detached. */
  [Symbol.dispose](): void {
    process.off('exit', this.#onExit)
    this.#endChildren()
    for (const hook of this.#hooks ?? []) hook[Symbol.dispose]()
    this.#guard[Symbol.dispose]()
    this.#evaluator[Symbol.dispose]()
    this.#port.close()
  }

  #receive(message: MessageToEvaluator): void {
    const [kind, id] = message
    switch (kind) {
      case 'interrupt':
        if (id === this.#running) this.#interrupt()
        break
      case 'answer':
        this.#questions.close(id, message[2])
        break
      case 'served':
        this.#services.settle(id, message[2])
        break
      case 'stopped':
        this.#queue.clear()
        this.#abandon(message[2] ? (this.#running ?? id) : id)
        break
      default:
        this.#queue.push(message)
        this.#runNext()
    }
  }

  /** Takes over what user code alone uses; not before there is any, because it takes time. */
  #hookProcess(): readonly Disposable[] {
    const children = new ChildHooks({
      send: (child) => {
        const message: MessageFromEvaluator = ['spawn', this.#running ?? this.#lastId, child]
        this.#port.postMessage(message, [child.port])
      },
      show: (name, text) => process[name].write(text),
      adopt: (child) => this.#adopt(child),
    })
    return [children, new DescriptorWrites(), new LoaderWarning()]
  }

  #adopt(child: ChildProcess): void {
    if (this.#running === undefined) return
    this.#evaluator.adopt(child)
    // One that could not be started never exits.
    if (child.pid === undefined) return
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
  }

  #endChildren(): void {
    for (const { pid } of this.#children) if (pid !== undefined) signalTree(pid, 'SIGTERM')
    this.#children.clear()
  }

  #interrupt(): void {
    this.#questions.abandonAll(new KeyboardInterrupt())
    this.#evaluator.interrupt()
  }

  #runNext(): void {
    if (this.#running !== undefined) return
    let request = this.#queue.peek()
    while (request !== undefined && request[1] <= this.#lastId) {
      this.#queue.shift()
      request = this.#queue.peek()
    }
    // After a gap, a request was lost when this thread was stopped; all of them will come again.
    if (request?.[1] !== this.#lastId + 1) return
    this.#queue.shift()
    const [kind, id] = request
    this.#lastId = id
    if (kind === 'skip' || (kind === 'apply' && !this.#control.claim(id))) {
      this.#port.postMessage(['skipped', id] satisfies MessageFromEvaluator)
      this.#runNext()
      return
    }
    this.#hooks ??= this.#hookProcess()
    this.#running = id
    this.#control.workOn(id)
    const output = new PortOutput(id, this.#port, this.#control, this.#questions)
    void this.#work(request, output).then(
      ({ message, transfer = [] }) => this.#answer(id, message, transfer),
      // User code may have changed what we rely on. The next request shall have its turn all the same.
      (fault: unknown) => this.#answer(id, ['failed', id, describeFailure(fault), undefined], []),
    )
  }

  /** Rejects when not even a start can be made. */
  async #work(
    request: Exclude<RequestToEvaluator, readonly ['skip', number]>,
    output: Output,
  ): Promise<Answer> {
    const evaluator = this.#evaluator
    const [kind, id] = request
    switch (kind) {
      case 'execute':
        return evaluator.execute(request[2], output).then((outcome) => executed(id, outcome))
      case 'apply': {
        const call = { buffers: unpackFrames(request[2]) }
        return evaluator.apply(call, output).then((outcome) => applied(id, outcome))
      }
      case 'clear':
        return evaluator.clear().then(() => ({ message: ['cleared', id] }))
      case 'comm': {
        const event = { ...request[2], buffers: unpackFrames(request[3]) }
        return evaluator.comms.receive(event, output).then(() => answered(id, undefined))
      }
      case 'listComms':
        return evaluator.comms.list().then((targets) => answered(id, targets))
      case 'ask': {
        const [name, question] = request[2]
        const ask = evaluator[name] as (question: unknown) => Promise<unknown>
        return ask.call(evaluator, question).then((answer) => answered(id, answer))
      }
    }
  }

  #answer(id: number, message: MessageFromEvaluator, transfer: ArrayBuffer[]): void {
    // A request that was abandoned may still come to its end.
    if (id !== this.#running) return
    this.#port.postMessage(message, transfer)
    this.#running = undefined
    this.#collector.used()
    this.#runNext()
  }

  /** The other thread stopped this one: what ran will never settle, or was not even begun. */
  #abandon(id: number): void {
    const isAnswered = this.#running === undefined ? id <= this.#lastId : id !== this.#running
    if (isAnswered) return
    this.#lastId = id
    const failure = this.#evaluator.abandon()
    this.#running = undefined
    this.#port.postMessage(['failed', id, failure, undefined] satisfies MessageFromEvaluator)
    this.#runNext()
  }

  #leave(code: number): void {
    this.#endChildren()
    // Without a request there was nobody to show anything to.
    if (this.#lastId === 0) return
    this.#port.postMessage(['exit', code] satisfies MessageFromEvaluator)
    this.#control.awaitExit(exitMs)
  }
}

/** What is posted when a request has come to its end. */
interface Answer {
  readonly message: MessageFromEvaluator
  readonly transfer?: ArrayBuffer[]
}

function answered(id: number, answer: unknown): Answer {
  return { message: ['answered', id, answer] }
}

function executed(id: number, outcome: ExecuteOutcome): Answer {
  if (outcome.status === 'ok') return { message: ['executed', id, outcome, undefined] }
  const { rest, error, transfer } = withoutBuffers(outcome)
  return { message: ['executed', id, rest, error], transfer }
}

function applied(id: number, outcome: ApplyOutcome): Answer {
  if (outcome.status === 'ok') {
    // The frames of large arrays are the user's own memory: see `Codec.encode`.
    const { parcel, transfer } = packFrames(outcome.buffers, false)
    return { message: ['applied', id, parcel], transfer }
  }
  const { rest, error, transfer } = withoutBuffers(outcome)
  return { message: ['failed', id, rest, error], transfer }
}

function withoutBuffers<T extends Failure>(
  outcome: T,
): { rest: Omit<T, 'buffers'>; error: FrameParcel | undefined; transfer: ArrayBuffer[] } {
  const { buffers, ...rest } = outcome
  if (buffers === undefined) return { rest, error: undefined, transfer: [] }
  const { parcel, transfer } = packFrames(buffers, false)
  return { rest, error: parcel, transfer }
}

/** Makes this thread run what a `PortEvaluator` in another thread asks for. */
export function serveEvaluator(
  functions?: FunctionCodec,
  options?: Pick<NodeEvaluatorOptions, 'magics' | 'completer'>,
): EvaluatorServer {
  return new EvaluatorServer(functions, options)
}
