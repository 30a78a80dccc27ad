import type { ChildProcess } from 'node:child_process'
import process from 'node:process'
import { limits, StdinNotImplementedError } from '../base/mod.ts'
import type {
  ApplyOutcome,
  ApplyRequest,
  Evaluator,
  ExecuteOutcome,
  ExecuteRequest,
  Failure,
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
import { type BuiltinCall, builtinCalls, evaluateExpression } from './builtin-calls.ts'
import { CellSession } from './cell-session.ts'
import { makeDisplay } from './display/display-global.ts'
import type { DisplayHost } from './display/shower.ts'
import { describeFailure, trimStacks } from './failure.ts'
import { withBuiltins } from './function-builtins.ts'
import { makeInput } from './input.ts'
import { KeyboardInterrupt } from './keyboard-interrupt.ts'
import { locateModule, reloadModule } from './modules/module-loader.ts'
import { Namespace } from './namespace.ts'
import type { PythonCalls } from './python-calls.ts'
import { installRequire } from './require.ts'
import { Run } from './run.ts'
import { StackFormat } from './stack-format.ts'
import { type OutputStreams, Stdio } from './stdio.ts'

/** Told when user code begins and ends, so that it can be stopped from outside in between. */
export interface UserCodeGate {
  enter(): void
  leave(): void
}

export interface NodeEvaluatorOptions {
  /** Default: functions travel with what they capture. */
  readonly functions?: FunctionCodec
  readonly gate?: UserCodeGate
  /** What user code prints on; default: those of the process. */
  readonly streams?: OutputStreams
}

const openGate: UserCodeGate = { enter() {}, leave() {} }

/**
 * Runs cells and calls in this thread's global scope. There can be one per process: it takes over
 * the output streams, and the user's names are globals.
 */
export class NodeEvaluator implements Evaluator, Disposable {
  readonly #gate: UserCodeGate
  readonly #codec: Codec
  readonly #hooks: CallHooks
  readonly #namespace: Namespace
  readonly #cells: CellSession
  readonly #builtins: ReadonlyMap<string, BuiltinCall>
  readonly #stdio: Stdio
  readonly #stackFormat = new StackFormat()
  #python: PythonCalls | undefined
  #run: Run | undefined
  #output: Output | undefined

  constructor({
    functions = inspectorFunctionCodec(),
    gate = openGate,
    streams = process,
  }: NodeEvaluatorOptions = {}) {
    this.#gate = gate
    const namespace = new Namespace()
    this.#namespace = namespace
    installRequire()
    this.#installGlobals()
    this.#cells = new CellSession(namespace)
    namespace.remember()
    this.#builtins = builtinCalls(namespace, (code) =>
      this.#cells.runUnnumbered(code, this.#run?.guard),
    )
    this.#codec = new Codec(withBuiltins(functions, this.#builtins))
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
