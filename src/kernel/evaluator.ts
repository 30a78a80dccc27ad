import type { ChildProcess } from 'node:child_process'
import process from 'node:process'
import { limits, StdinNotImplementedError } from '../base/mod.ts'
import type {
  ApplyOutcome,
  ApplyRequest,
  CommLine,
  CompleteOutcome,
  CursorRequest,
  Evaluator,
  ExecuteOutcome,
  ExecuteRequest,
  Failure,
  HistoryOutcome,
  HistoryRequest,
  InspectOutcome,
  InspectRequest,
  IsCompleteOutcome,
  Output,
} from '../engine/mod.ts'
import { inspectorFunctionCodec } from '../functions/mod.ts'
import {
  type CallHooks,
  Codec,
  FunctionCache,
  type FunctionCodec,
  isEncoded,
  unpackCall,
} from '../serialize/mod.ts'
import { ActiveViews } from './active-views.ts'
import { type BuiltinCall, builtinCalls, evaluateExpression } from './builtin-calls.ts'
import { CellSession } from './cell-session.ts'
import { CommRegistry } from './comms.ts'
import { makeDisplay } from './display/display-global.ts'
import type { DisplayHost } from './display/shower.ts'
import { describeFailure, trimStacks } from './failure.ts'
import { withBuiltins } from './function-builtins.ts'
import { makeInput } from './input.ts'
import { KeyboardInterrupt } from './keyboard-interrupt.ts'
import type { MagicExtension } from './magics/magic.ts'
import type { MagicSession } from './magics/magic-session.ts'
import { locateModule, reloadModule } from './modules/module-loader.ts'
import { Namespace } from './namespace.ts'
import type { PythonCalls } from './python-calls.ts'
import type { ReflectionSources, Reflector } from './reflection/reflector.ts'
import { installRequire } from './require.ts'
import { Run } from './run.ts'
import { StackFormat } from './stack-format.ts'
import { type OutputStreams, Stdio } from './stdio.ts'

/** Told when user code begins and ends, so that it can be stopped from outside in between. */
export interface UserCodeGate {
  enter(): void
  leave(): void
}

/** What an evaluator is given by the process that it runs in. */
export interface NodeEvaluatorOptions {
  /** Default: functions travel with what they capture. */
  readonly functions?: FunctionCodec
  readonly gate?: UserCodeGate
  /** What user code prints on; default: those of the process. */
  readonly streams?: OutputStreams
  /**
   * Magics that the kernel does not have by itself, made when they are first needed. `views` are
   * those that clients of this process activated.
   */
  readonly magics?: (views: ActiveViews) => Promise<MagicExtension>
  /** `typescript` completes by types, with the TypeScript of the user's project, if it has one. */
  readonly completer?: Completer
  /** Opens a kernel's ports for this evaluator; absent where there is no way to do so. */
  readonly bindKernel?: BuiltinCall
}

/** How names are completed: by looking at values, or also by types. */
export type Completer = 'reflection' | 'typescript'

const openGate: UserCodeGate = { enter() {}, leave() {} }

/**
 * Runs cells and calls in this thread's global scope. There can be one per process: it takes over
 * the output streams, and the user's names are globals.
 */
export class NodeEvaluator implements Evaluator, Disposable {
  readonly #gate: UserCodeGate
  readonly #completer: Completer
  readonly #codec: Codec
  readonly #hooks: CallHooks
  readonly #namespace: Namespace
  readonly #cells: CellSession
  readonly #builtins: ReadonlyMap<string, BuiltinCall>
  readonly #stdio: Stdio
  readonly #comms = new CommRegistry()
  readonly #stackFormat = new StackFormat()
  #python: PythonCalls | undefined
  #run: Run | undefined
  #output: Output | undefined
  #reflector: Promise<Reflector> | undefined

  constructor({
    functions = inspectorFunctionCodec(),
    gate = openGate,
    streams = process,
    magics,
    completer = 'reflection',
    bindKernel,
  }: NodeEvaluatorOptions = {}) {
    this.#gate = gate
    this.#completer = completer
    const namespace = new Namespace()
    this.#namespace = namespace
    installRequire()
    this.#installGlobals()
    namespace.define('comms', this.#comms.api)
    if (bindKernel !== undefined) namespace.define('bindKernel', bindKernel)
    const views = new ActiveViews()
    this.#cells = new CellSession(namespace, () =>
      this.#loadMagics(magics === undefined ? undefined : () => magics(views)),
    )
    namespace.remember()
    const builtins = builtinCalls(namespace, (code) =>
      this.#cells.runUnnumbered(code, this.#run?.guard),
    )
    if (bindKernel !== undefined) builtins.set('iparallel:bindKernel', bindKernel)
    this.#builtins = builtins
    this.#codec = new Codec(withBuiltins(functions, builtins))
    this.#hooks = {
      functions: new FunctionCache(),
      reference: (expression) => evaluateExpression(namespace, expression),
    }
    this.#stdio = new Stdio(streams)
  }

  execute(request: ExecuteRequest, output: Output): Promise<ExecuteOutcome> {
    return this.#perform<ExecuteOutcome>(
      output,
      (run) =>
        this.#cells.run(
          request,
          {
            executeInput: (code, count) => output.executeInput(code, count),
            // A cell that was interrupted may still end, but nobody waits for its value.
            executeResult: (data, metadata, count) => {
              if (!run.isOver) output.executeResult(data, metadata, count)
            },
          },
          run,
        ),
      (failure) => ({ ...failure, executionCount: this.#cells.executionCount }),
    )
  }

  /** A call is answered in the form in which it came: ours, or that of Python's clients. */
  apply({ buffers }: ApplyRequest, output: Output): Promise<ApplyOutcome> {
    const [first] = buffers
    if (first !== undefined && !isEncoded(first)) return this.#applyForPython(buffers, output)
    return this.#perform<ApplyOutcome>(
      output,
      () => {
        const { fn, args } = unpackCall(this.#codec, buffers, this.#hooks)
        return returned(fn(...args), (value) => this.#codec.encode(value, 'result'))
      },
      (failure) => failure,
    )
  }

  async clear(): Promise<void> {
    this.#namespace.clear()
    this.#cells.clear()
    this.#comms.clear()
  }

  readonly comms: CommLine = {
    receive: (event, output) =>
      this.#perform<void>(
        output,
        () => this.#comms.receive(event),
        ({ traceback }) => output.stream('stderr', `${traceback.join('\n')}\n`),
      ),
    list: async () => this.#comms.list(),
  }

  async complete(request: CursorRequest): Promise<CompleteOutcome> {
    return (await this.#reflection()).complete(request)
  }

  async inspect(request: InspectRequest): Promise<InspectOutcome> {
    return (await this.#reflection()).inspect(request)
  }

  async isComplete(code: string): Promise<IsCompleteOutcome> {
    return (await this.#reflection()).isComplete(code)
  }

  async history(request: HistoryRequest): Promise<HistoryOutcome> {
    return this.#cells.history(request)
  }

  interrupt(): void {
    this.#run?.interrupt(new KeyboardInterrupt())
  }

  /**
   * Gives up the running request after its code was stopped from outside, where nothing of it
   * will ever settle. Returns its outcome.
   */
  abandon(): Failure & { readonly executionCount: number } {
    const reason = new KeyboardInterrupt()
    this.#run?.stop(reason)
    if (this.#run !== undefined) this.#run.isOver = true
    this.#run = undefined
    return {
      ...describeFailure(reason),
      executionCount: this.#cells.executionCount,
    }
  }

  /** An interrupt of the request that runs reaches this child process, too. */
  adopt(child: ChildProcess): void {
    this.#run?.adopt(child)
  }

  /** Shows text on the streams of the process, and nothing else. */
  get processOutput(): Output {
    return {
      ...this.#stdio.original,
      executeInput() {},
      executeResult() {},
      display() {},
      clearOutput() {},
      input: async (_prompt, password) => {
        throw new StdinNotImplementedError(password)
      },
    }
  }

  [Symbol.dispose](): void {
    this.#stackFormat[Symbol.dispose]()
    this.#stdio[Symbol.dispose]()
  }

  /** Loaded when it is first asked: engines of a cluster never are. */
  #reflection(): Promise<Reflector> {
    this.#reflector ??= (async () => {
      const { Reflector } = await import('./reflection/reflector.ts')
      const magics = await this.#cells.magics()
      return new Reflector({
        namespace: this.#namespace,
        cellSource: (number) => this.#cells.sourceOf(number),
        magics: () => magics.names(),
        transform: (code) => magics.transform(code),
        ...(this.#completer === 'typescript' ? { typescript: this.#typescriptSources() } : {}),
      })
    })()
    return this.#reflector
  }

  #typescriptSources(): NonNullable<ReflectionSources['typescript']> {
    return {
      cells: () => this.#cells.past.map(({ source }) => source),
      onFailure: (message) => void process.stderr.write(`${message}\n`),
    }
  }

  async #loadMagics(extension?: () => Promise<MagicExtension>): Promise<MagicSession> {
    const { MagicSession } = await import('./magics/magic-session.ts')
    return MagicSession.open({
      namespace: this.#namespace,
      current: () => this.#currentRequest(),
      cells: () => this.#cells.past,
      run: this.#cells.runPart,
      clear: () => this.clear(),
      inspect: async (code, detailLevel) => {
        const request = { code, cursorPos: code.length, detailLevel }
        const { data } = await this.inspect(request)
        return data['text/plain'] as string | undefined
      },
      extension,
    })
  }

  #currentRequest(): { output: Output; signal: AbortSignal } {
    const { signal } = this.#run ?? new Run()
    return { output: this.#output ?? this.processOutput, signal }
  }

  #applyForPython(buffers: readonly Uint8Array[], output: Output): Promise<ApplyOutcome> {
    const call = (python: PythonCalls): ApplyOutcome | Promise<ApplyOutcome> =>
      returned(python.call(buffers), (value) => python.encode(value))
    return this.#perform<ApplyOutcome>(
      output,
      () => (this.#python === undefined ? this.#loadPython().then(call) : call(this.#python)),
      // The thrown value itself is in our own form.
      ({ buffers: _, ...failure }) => failure,
    )
  }

  async #loadPython(): Promise<PythonCalls> {
    const { PythonCalls } = await import('./python-calls.ts')
    this.#python ??= new PythonCalls(this.#namespace, this.#builtins)
    return this.#python
  }

  /** What cells have besides Node's own globals. */
  #installGlobals(): void {
    const evaluator = this
    const host: DisplayHost = {
      get output() {
        return evaluator.#output
      },
      track: (shown) => this.#run?.track(shown),
    }
    const names = {
      display: makeDisplay(host),
      input: makeInput(host),
      reload: (specifier: string) => this.#reload(specifier),
    }
    for (const [name, value] of Object.entries(names)) this.#namespace.define(name, value)
    Object.defineProperty(globalThis, 'interruptSignal', {
      configurable: true,
      get: () => (this.#run ?? new Run()).signal,
    })
  }

  /**
   * The global `reload`: loads a file anew, and what it imports as far as that has changed. Names
   * that cells imported from it get the new values.
   */
  async #reload(specifier: string): Promise<unknown> {
    const url = locateModule(specifier)
    const exports = await reloadModule(url)
    this.#cells.imports.rebind(url, exports)
    return exports
  }

  /** Runs `body` between the gates. What it throws is an outcome too. */
  #perform<T>(
    output: Output,
    body: (run: Run) => T | Promise<T>,
    failed: (failure: Failure) => T,
  ): Promise<T> {
    const run = new Run()
    const end = (outcome: T): T => {
      run.isOver = true
      if (this.#run === run) this.#run = undefined
      this.#gate.leave()
      return outcome
    }
    const fail = (thrown: unknown): T => end(failed(this.#describe(thrown)))
    this.#run = run
    this.#output = output
    this.#stdio.attach(output)
    this.#comms.attach(output)
    this.#gate.enter()
    try {
      const result = body(run)
      if (!(result instanceof Promise) && !run.isShowing) return Promise.resolve(end(result))
      const whole = Promise.resolve(result).then((outcome) =>
        run.isShowing ? run.untilShown().then(() => outcome) : outcome,
      )
      return Promise.race([whole, run.interruption()]).then(end, fail)
    } catch (thrown) {
      return Promise.resolve(fail(thrown))
    }
  }

  /** With the thrown value itself, when it can travel and is not too large. */
  #describe(thrown: unknown): Failure {
    const failure = describeFailure(thrown)
    try {
      trimStacks(thrown)
      const buffers = this.#codec.encode(thrown, 'error')
      const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0)
      return bytes <= limits.errorBytesMax ? { ...failure, buffers } : failure
    } catch {
      return failure
    }
  }
}

/** The outcome of a call that returned `result`, once that is there if it is a promise. */
function returned(
  result: unknown,
  encode: (value: unknown) => Uint8Array[],
): ApplyOutcome | Promise<ApplyOutcome> {
  const end = (value: unknown): ApplyOutcome => ({ status: 'ok', buffers: encode(value) })
  return isThenable(result) ? Promise.resolve(result).then(end) : end(result)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  )
}
