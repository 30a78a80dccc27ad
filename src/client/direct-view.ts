import { ArgumentError } from '../base/mod.ts'
import {
  executeRequest,
  type KernelHistoryEntry,
  type KernelHistoryRequest,
} from '../jupyter/mod.ts'
import { NdArray, type Reference } from '../serialize/mod.ts'
import { activateView, type ViewSource } from './activation.ts'
import { AsyncMapResult, AsyncResult } from './async-result.ts'
import { applicable, type Callee, calleeOf } from './callee.ts'
import { type Chunk, FixedSource, isList, type Sequence } from './chunk-source.ts'
import type { ClusterLink } from './cluster-link.ts'
import { buffersFor, callEngines, preparePerLanguage } from './direct-call.ts'
import { abortAt, clearAt, shutdownAt, signalAt } from './engine-control.ts'
import type { EngineDescription, Targets } from './engine-directory.ts'
import {
  type CompletenessResult,
  type CompletionResult,
  completeAt,
  historyAt,
  type InspectionResult,
  inspectAt,
  isCompleteAt,
} from './engine-questions.ts'
import type { ExecuteResult } from './execute-result.ts'
import { type Jobs, msgIdsOf } from './job.ts'
import { splitOptions } from './map-arguments.ts'
import type { MapItem, ReturnExceptions } from './map-item.ts'
import { MapRun } from './map-run.ts'
import {
  type Dealt,
  type Distribution,
  join,
  partition,
  type Sliceable,
  slice,
} from './partition.ts'
import type { AnyFunction, Arguments, Returned } from './remote-function.ts'
import type { PerEngine, Shape } from './shape.ts'
import { showAsText } from './show-as-text.ts'
import type { Combine } from './task-group.ts'

/** How code is run on engines. */
export interface ExecuteOptions {
  /** Run without showing the last expression's value, and without counting; default false. */
  readonly silent?: boolean
  /** Keep the cell in the engine's history; default: unless it is silent. */
  readonly storeHistory?: boolean
  /** Expressions by name, evaluated after the cell. */
  readonly userExpressions?: Readonly<Record<string, string>>
  /** Show what the engines print while they run, if the client does that; default true. */
  readonly showOutput?: boolean
}

/** Where an engine's kernel should listen. */
export interface BindKernelOptions {
  /** Default `tcp`. */
  readonly transport?: 'tcp' | 'ipc'
  /** An address of the engine's machine; default 127.0.0.1. With ipc the beginning of paths. */
  readonly ip?: string
}

/** The kernel's ports that an engine has opened. */
export interface BoundKernel {
  /** The path of the connection file, on the engine's machine. */
  readonly connectionFile: string
}

/** How a sequence is dealt out to engines. */
export interface ScatterOptions {
  /** How the sequence is dealt out; default `block`. */
  readonly dist?: Distribution
  /** A part of one element becomes that element; default false. */
  readonly flatten?: boolean
}

/** How a map over the engines of a direct view goes. */
export interface DirectMapOptions {
  /** An error takes the place of the items of its engine; default false. */
  readonly returnExceptions?: boolean
}

/**
 * Engines by id: everything is done on each of them. Calls are sent at once, and each engine runs
 * them in the order in which they were sent.
 */
export class DirectView<S extends Shape = 'many'> {
  readonly #link: ClusterLink
  readonly #targets: Targets
  readonly #carrier: 'mux' | 'broadcast'

  /** Views come from a client; there is no need to make one. */
  constructor(link: ClusterLink, targets: Targets, carrier: 'mux' | 'broadcast' = 'mux') {
    this.#link = link
    this.#targets = targets
    this.#carrier = carrier
  }

  /** The ids of the engines that it is of now. */
  get targets(): number[] {
    return this.#engines().map((engine) => engine.id)
  }

  /** How many engines it is of now. */
  get length(): number {
    return this.#engines().length
  }

  /**
   * Calls a function on each engine. It takes along what it captures; a `Reference` is evaluated
   * on the engine, and so is `py('…')`, on Python engines.
   * @throws {UnserializableError} when the function or an argument cannot travel.
   * @throws {WrongLanguageError} when one of the engines does not speak its language.
   * @throws {NoEnginesRegisteredError | NoSuchEngineError}
   */
  apply<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: Arguments<A>
  ): AsyncResult<PerEngine<S, Awaited<R>>, Awaited<R>>
  /** What the engine has by a name, or an expression that gives a function there. */
  apply<R = unknown>(fn: Reference, ...args: unknown[]): AsyncResult<PerEngine<S, R>, R>
  apply(fn: AnyFunction | Reference, ...args: unknown[]): AsyncResult<PerEngine<S, never>, never> {
    return this.#call(applicable(fn), args, this.#perEngine())
  }

  /**
   * Calls a function of Python on each engine: what it can import by its full name, or a name of
   * its namespace, or `py('…')`. `kwargs({ … })` may be the last argument.
   *
   * `view.call('numpy.linalg.norm', matrix, kwargs({ axis: 0 }))`
   * @throws {UnserializableError} when an argument cannot travel.
   * @throws {WrongLanguageError} when one of the engines does not speak Python.
   */
  call<R = unknown>(fn: string | Reference, ...args: unknown[]): AsyncResult<PerEngine<S, R>, R> {
    return this.#call(calleeOf(fn), args, this.#perEngine<R>())
  }

  /**
   * Runs a cell on each engine: statements, top-level await, imports, TypeScript; Python on Python
   * engines. The result shows what was displayed.
   */
  execute(
    code: string,
    options: ExecuteOptions = {},
  ): AsyncResult<PerEngine<S, ExecuteResult>, ExecuteResult> {
    if (typeof code !== 'string') throw new ArgumentError('execute takes the text of a cell')
    const silent = options.silent ?? false
    const group = callEngines(
      this.#link,
      {
        engines: this.#engines(),
        kind: 'execute',
        content: executeRequest.encode({
          code,
          silent,
          storeHistory: options.storeHistory ?? !silent,
          userExpressions: options.userExpressions ?? {},
        }),
        buffers: [],
        isQuiet: options.showOutput === false,
        isSingle: this.#isSingle,
        combine: this.#perEngine<ExecuteResult>(),
      },
      this.#carrier,
    )
    return new AsyncResult(group)
  }

  /**
   * Runs a local file as a cell on each engine.
   * @throws {ArgumentError} where the platform cannot read files.
   */
  async run(path: string, options: ExecuteOptions = {}): Promise<PerEngine<S, ExecuteResult>> {
    const { readText } = this.#link.ports
    if (readText === undefined) throw new ArgumentError('this platform has no files to run')
    return await this.execute(await readText(path), options)
  }

  /** Sets variables in each engine's namespace: `push({ a: 1, b: xs })`. */
  push(values: Readonly<Record<string, unknown>>): AsyncResult<PerEngine<S, void>, void> {
    return this.#call('push', [{ ...values }], this.#perEngineNothing())
  }

  /** Gets variables, or values of expressions such as `a.b`, from each engine's namespace. */
  pull<V = unknown>(name: string): AsyncResult<PerEngine<S, V>, V>
  /** Gets several of them, as a list: `pull<[number, string]>(['a', 'b'])`. */
  pull<V extends readonly unknown[] = unknown[]>(
    names: readonly string[],
  ): AsyncResult<PerEngine<S, V>, V>
  pull(names: string | readonly string[]): AsyncResult<PerEngine<S, never>, never> {
    return this.#call('pull', [names], this.#perEngine())
  }

  /**
   * Deals a sequence out: each engine gets a part of it as the variable `name`. Parts of a typed
   * array are typed arrays; an `NdArray` is cut along its first axis.
   */
  scatter(
    name: string,
    sequence: Iterable<unknown>,
    options: ScatterOptions = {},
  ): AsyncResult<PerEngine<S, void>, void> {
    const engines = this.#engines()
    const parts = partition<Dealt>(
      sequence instanceof NdArray ? sequence : listOf(sequence),
      engines.length,
      options.dist ?? 'block',
    )
    const push = preparePerLanguage(this.#link, engines, 'push')
    const group = callEngines(
      this.#link,
      {
        engines,
        kind: 'apply',
        content: {},
        buffers: (index) => {
          const part = parts[index]!
          const value = options.flatten === true && part.length === 1 ? onlyOne([...part]) : part
          return push(engines[index]!.language)([{ [name]: value }])
        },
        isSingle: this.#isSingle,
        combine: this.#perEngineNothing(),
      },
      'mux',
    )
    return new AsyncResult(group)
  }

  /**
   * Inverse of `scatter`: the engines' parts, joined. Typed arrays become one typed array, and an
   * `NdArray` of each one `NdArray`.
   */
  gather<V = unknown[]>(
    name: string,
    options: { readonly dist?: Distribution } = {},
  ): AsyncResult<V, unknown> {
    const dist = options.dist ?? 'block'
    return this.#call('pull', [name], (parts) => join(parts, dist) as V)
  }

  /**
   * Calls a function for each item; the items are cut into one block for each engine. With
   * several sequences it is called with one item of each, until the shortest ends. A function of
   * Python's goes by name or as `py('…')`, as with `call`.
   * @throws {ArgumentError} for what is no sequence, or one that comes only with time.
   */
  map<A, R, E extends boolean = false>(
    fn: (item: A) => R,
    items: Iterable<A>,
    options?: DirectMapOptions & ReturnExceptions<E>,
  ): AsyncMapResult<MapItem<R, E>>
  /** With several sequences it is called with one item of each, until the shortest ends. */
  map<A, B, R, E extends boolean = false>(
    fn: (a: A, b: B) => R,
    as: Iterable<A>,
    bs: Iterable<B>,
    options?: DirectMapOptions & ReturnExceptions<E>,
  ): AsyncMapResult<MapItem<R, E>>
  /** With several sequences it is called with one item of each, until the shortest ends. */
  map<A, B, C, R, E extends boolean = false>(
    fn: (a: A, b: B, c: C) => R,
    as: Iterable<A>,
    bs: Iterable<B>,
    cs: Iterable<C>,
    options?: DirectMapOptions & ReturnExceptions<E>,
  ): AsyncMapResult<MapItem<R, E>>
  /** A function of Python's by its name, or one that the engines have: see `call`. */
  map<R = unknown>(
    fn: string | Reference,
    ...rest: readonly (Iterable<unknown> | DirectMapOptions)[]
  ): AsyncMapResult<R>
  map(fn: AnyFunction | string | Reference, ...rest: unknown[]): AsyncMapResult<unknown> {
    const { sequences, options } = splitOptions<DirectMapOptions>(rest)
    const engines = this.#engines()
    const chunks = blocks(sequences, engines.length)
    const packerOf = preparePerLanguage(this.#link, engines, calleeOf(fn), 'prepareMap')
    const origin = new Error('sent here')
    const run = new MapRun<unknown>(this.#link, {
      source: new FixedSource(chunks),
      send: ({ columns, size }, index, owner) =>
        this.#link.send(
          {
            kind: 'apply',
            channel: 'mux',
            target: engines[index],
            owner,
            index,
            items: size,
            origin,
          },
          { output_count: true },
          {},
          packerOf(engines[index]!.language)(columns),
        ),
      isChunked: true,
      outstandingMax: () => Number.POSITIVE_INFINITY,
      ordered: true,
      returnExceptions: options.returnExceptions ?? false,
      stopOnError: false,
      collects: true,
    })
    return new AsyncMapResult(run.start())
  }

  /**
   * The function as one that runs on the engines: `const f = view.remote(fn); await f(1, 2)`. One of
   * Python's goes by name, as with `call`: `view.remote<number>('math.sqrt')`.
   */
  remote<F extends AnyFunction, A extends unknown[] = Parameters<F>>(
    fn: F,
  ): (...args: Arguments<A>) => AsyncResult<PerEngine<S, Returned<F>>, Returned<F>>
  /** A function of Python's by its name, or one that the engines have: see `call`. */
  remote<R = unknown>(
    fn: string | Reference,
  ): (...args: unknown[]) => AsyncResult<PerEngine<S, R>, R>
  remote(
    fn: AnyFunction | string | Reference,
  ): (...args: unknown[]) => AsyncResult<PerEngine<S, never>, never> {
    const callee = calleeOf(fn)
    return (...args) => this.#call(callee, args, this.#perEngine<never>())
  }

  /**
   * Opens a kernel's ports on each engine, so that a console can attach to its namespace while it
   * goes on serving the cluster: `jupyter console --existing FILE`. An engine that has them open
   * names the same file again.
   */
  bindKernel(options: BindKernelOptions = {}): AsyncResult<PerEngine<S, BoundKernel>, BoundKernel> {
    return this.#call('bindKernel', [{ ...options }], this.#perEngine<BoundKernel>())
  }

  /**
   * What may stand at a place in code, by the names that each engine has. Positions count UTF-16
   * units; the default is the end. Runs nothing, but waits for what the engine does now.
   */
  complete(code: string, cursorPos: number = code.length): Promise<PerEngine<S, CompletionResult>> {
    return this.#ask((engine) => completeAt(this.#link, engine, code, cursorPos))
  }

  /** What each engine knows of the value at a place in code; with `detailLevel` 1 its source. */
  inspect(
    code: string,
    cursorPos: number = code.length,
    detailLevel: 0 | 1 = 0,
  ): Promise<PerEngine<S, InspectionResult>> {
    return this.#ask((engine) => inspectAt(this.#link, engine, code, cursorPos, detailLevel))
  }

  /** Whether a cell can be run as it stands, or goes on in another line. */
  isComplete(code: string): Promise<PerEngine<S, CompletenessResult>> {
    return this.#ask((engine) => isCompleteAt(this.#link, engine, code))
  }

  /** Cells that each engine ran and remembers; default: the last ten. */
  history(
    request: KernelHistoryRequest = { accessType: 'tail', n: 10, output: false, raw: true },
  ): Promise<PerEngine<S, readonly KernelHistoryEntry[]>> {
    return this.#ask((engine) => historyAt(this.#link, engine, request))
  }

  /**
   * Makes this the view that `%px` and the other parallel magics of this kernel work on, or those
   * with a suffix: `%px_even` after `view.activate('_even')`.
   * @throws {ArgumentError} for a suffix that cannot end a name, and where there are no magics.
   */
  activate(suffix = ''): this {
    const link = this.#link
    activateView(viewSource(link), this.#targets, suffix)
    return this
  }

  /** Empties the engines' namespaces. */
  clear(): Promise<void> {
    return clearAt(this.#link, this.#engines())
  }

  /** Has the engines drop what waits there, or of it only these tasks. */
  abort(jobs: Jobs = []): Promise<void> {
    return abortAt(this.#link, this.#engines(), msgIdsOf(jobs))
  }

  /** Stops what runs on the engines, which fails with `KeyboardInterrupt`; waiting tasks follow. */
  interrupt(): Promise<void> {
    return signalAt(this.#link, this.#engines(), 'SIGINT')
  }

  /** Ends the engines' processes. */
  shutdown(): Promise<void> {
    return shutdownAt(this.#link, this.#engines())
  }

  /** `DirectView(all)`, `DirectView([0,2])`. */
  toString(): string {
    const targets = this.#targets
    return `${this.constructor.name}(${targets === 'all' ? targets : JSON.stringify(targets)})`
  }

  get #isSingle(): boolean {
    return typeof this.#targets === 'number'
  }

  #engines(): readonly EngineDescription[] {
    return this.#link.resolve(this.#targets)
  }

  async #ask<R>(question: (engine: EngineDescription) => Promise<R>): Promise<PerEngine<S, R>> {
    const answers = await Promise.all(this.#engines().map(question))
    return (this.#isSingle ? answers[0]! : answers) as PerEngine<S, R>
  }

  #perEngine<R>(): Combine<PerEngine<S, R>, R> {
    return (this.#isSingle ? onlyOne : asList) as Combine<PerEngine<S, R>, R>
  }

  /** Python answers with None, which is null here. */
  #perEngineNothing(): Combine<PerEngine<S, void>, void> {
    const combine = this.#perEngine<void>()
    return (values) => combine(values.map(() => undefined))
  }

  #call<T, Item>(
    fn: Callee,
    args: readonly unknown[],
    combine: Combine<T, Item>,
  ): AsyncResult<T, Item> {
    const engines = this.#engines()
    const group = callEngines(
      this.#link,
      {
        engines,
        kind: 'apply',
        content: {},
        buffers: buffersFor(this.#link, engines, fn, args),
        isSingle: this.#isSingle,
        combine,
      },
      this.#carrier,
    )
    return new AsyncResult(group)
  }
}

showAsText(DirectView.prototype)

/** A client, as far as magics need one, of a view that knows none. */
function viewSource(link: ClusterLink): ViewSource {
  return {
    get ids() {
      return link.engines.ids
    },
    get status() {
      return link.status
    },
    directView: (targets) => new DirectView(link, targets as Targets),
    sendSignal: (signal, targets) => signalAt(link, link.resolve(targets as Targets), signal),
  }
}

function onlyOne(values: readonly unknown[]): unknown {
  return values[0]
}

function asList(values: unknown[]): unknown[] {
  return values
}

function listOf(sequence: Sequence<unknown>): Sliceable {
  if (isList(sequence)) return sequence
  if (Symbol.iterator in Object(sequence)) return [...(sequence as Iterable<unknown>)]
  throw new ArgumentError(
    'a direct view must know all items at once; gather them into an array first, ' +
      'or use a load-balanced view',
  )
}

/** One chunk for each engine, fewer when there are fewer items. */
function blocks(sequences: readonly Sequence<unknown>[], count: number): Chunk[] {
  const lists = sequences.map(listOf)
  const length = lists.reduce((least, list) => Math.min(least, list.length), Infinity)
  const columns = lists.map((list) => partition(slice(list, 0, length), count, 'block'))
  return Array.from({ length: Math.min(count, length) }, (_, i) => ({
    columns: columns.map((parts) => parts[i]!),
    size: columns[0]![i]!.length,
  }))
}
