import { ArgumentError, limits } from '../base/mod.ts'
import { encodeTaskMetadata, type JsonObject } from '../jupyter/mod.ts'
import type { Reference } from '../serialize/mod.ts'
import { AsyncMapResult, AsyncResult } from './async-result.ts'
import { applicable, assertSpoken, type Callee, calleeOf, languageOf } from './callee.ts'
import { type Chunk, chunkSource, isList, type Sequence } from './chunk-source.ts'
import type { ClusterLink } from './cluster-link.ts'
import { type Dependency, dependencyContent } from './dependency.ts'
import { blamingTheCall } from './dialect.ts'
import type { EngineDescription, Targets } from './engine-directory.ts'
import type { Jobs } from './job.ts'
import { splitOptions } from './map-arguments.ts'
import type { MapItem, ReturnExceptions } from './map-item.ts'
import { MapRun } from './map-run.ts'
import { checkNames, type OptionNames } from './option-names.ts'
import type { AnyFunction, Arguments, Returned } from './remote-function.ts'
import { showAsText } from './show-as-text.ts'
import type { Task, TaskOwner } from './task.ts'
import { TaskGroup } from './task-group.ts'

/** What each task of a view asks of the scheduler. */
export interface TaskFlags {
  /** Start only after these tasks. */
  readonly after?: Dependency | Jobs
  /** Run on an engine on which these tasks ran. */
  readonly follow?: Dependency | Jobs
  /** Milliseconds that a task may wait for an engine; default: without end. */
  readonly timeoutMs?: number
  /** How often a task that failed is tried again, on another engine where there is one; default 0. */
  readonly retries?: number
  /** The engines that may run it; default: all. */
  readonly targets?: Targets
}

/** How a load-balanced map is cut into tasks and how its results come. */
export interface MapOptions {
  /** Items per task; default 1. */
  readonly chunkSize?: number
  /** Iterate in the order of the items, rather than in that in which results come; default true. */
  readonly ordered?: boolean
  /** An error takes the place of the items of its task; default false. */
  readonly returnExceptions?: boolean
  /** Let the first error end the map; otherwise it goes on and tells all of them. Default true. */
  readonly stopOnError?: boolean
  /**
   * Tasks under way at once. Default: 96 for each engine, and at least 256; for what has to be read
   * item by item 4 for each, and at least 100.
   */
  readonly outstandingMax?: number
}

const noFlags: TaskFlags = {}

const flagNames: OptionNames<TaskFlags> = {
  after: true,
  follow: true,
  timeoutMs: true,
  retries: true,
  targets: true,
}

const mapOptionNames: OptionNames<MapOptions> = {
  chunkSize: true,
  ordered: true,
  returnExceptions: true,
  stopOnError: true,
  outstandingMax: true,
}

/** Whichever engine is free: each call goes to one of them, chosen by the scheduler. */
export class LoadBalancedView {
  readonly #link: ClusterLink
  readonly #flags: TaskFlags
  /** Of tasks that any engine may run, by language. */
  readonly #metadata = new Map<string, JsonObject>()

  /** Views come from a client; there is no need to make one. */
  constructor(link: ClusterLink, flags: TaskFlags = noFlags) {
    this.#link = link
    this.#flags = flags
    checkFlags(flags)
  }

  /** A view like this one, but with these flags. */
  withFlags(flags: TaskFlags): LoadBalancedView {
    return new LoadBalancedView(this.#link, { ...this.#flags, ...flags })
  }

  /**
   * Calls a function on one engine. It takes along what it captures; a `Reference` is evaluated on
   * the engine, and so is `py('…')`, on a Python engine. In a view of engines of both languages a
   * plain `Reference` is one of TypeScript.
   * @throws {UnserializableError} when the function or an argument cannot travel.
   * @throws {WrongLanguageError} when there are engines, but none that speaks its language.
   */
  apply<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: Arguments<A>
  ): AsyncResult<Awaited<R>>
  /** What the engine has by a name, or an expression that gives a function there. */
  apply<R = unknown>(fn: Reference, ...args: unknown[]): AsyncResult<R>
  apply(fn: AnyFunction | Reference, ...args: unknown[]): AsyncResult<unknown> {
    return this.#apply(applicable(fn), args)
  }

  /**
   * Calls a function of Python on one engine: what it can import by its full name, or a name of
   * its namespace, or `py('…')`. `kwargs({ … })` may be the last argument.
   * @throws {UnserializableError} when an argument cannot travel.
   * @throws {WrongLanguageError} when there are engines, but none that speaks Python.
   */
  call<R = unknown>(fn: string | Reference, ...args: unknown[]): AsyncResult<R> {
    return this.#apply(calleeOf(fn), args)
  }

  /**
   * Calls a function for each item. Results are in the order of the items; the function is
   * encoded once. What is not a list is read only as far as needed. A function of Python's goes by
   * name or as `py('…')`, as with `call`.
   * @throws {UnserializableError} when the function or the first item cannot travel.
   * @throws {ArgumentError} for what is no sequence.
   */
  map<A, R, E extends boolean = false>(
    fn: (item: A) => R,
    items: Sequence<A>,
    options?: MapOptions & ReturnExceptions<E>,
  ): AsyncMapResult<MapItem<R, E>>
  /** With several sequences it is called with one item of each, until the shortest ends. */
  map<A, B, R, E extends boolean = false>(
    fn: (a: A, b: B) => R,
    as: Sequence<A>,
    bs: Sequence<B>,
    options?: MapOptions & ReturnExceptions<E>,
  ): AsyncMapResult<MapItem<R, E>>
  /** With several sequences it is called with one item of each, until the shortest ends. */
  map<A, B, C, R, E extends boolean = false>(
    fn: (a: A, b: B, c: C) => R,
    as: Sequence<A>,
    bs: Sequence<B>,
    cs: Sequence<C>,
    options?: MapOptions & ReturnExceptions<E>,
  ): AsyncMapResult<MapItem<R, E>>
  /** A function of Python's by its name, or one that the engines have: see `call`. */
  map<R = unknown>(
    fn: string | Reference,
    ...rest: readonly (Sequence<unknown> | MapOptions)[]
  ): AsyncMapResult<R>
  map(fn: AnyFunction | string | Reference, ...rest: unknown[]): AsyncMapResult<unknown> {
    const { sequences, options } = splitOptions<MapOptions>(rest)
    const run = this.#map(calleeOf(fn), sequences, options, sequences.every(isList))
    return new AsyncMapResult(run.start())
  }

  /**
   * Like `map`, but keeps nothing: results are handed to the loop over it and forgotten, and the
   * items are read at most `outstandingMax` tasks ahead of the loop. It begins with the loop, and
   * leaving that ends it.
   */
  imap<A, R, E extends boolean = false>(
    fn: (item: A) => R,
    items: Sequence<A>,
    options?: MapOptions & ReturnExceptions<E>,
  ): AsyncGenerator<MapItem<R, E>, void, undefined>
  /** With several sequences it is called with one item of each, until the shortest ends. */
  imap<A, B, R, E extends boolean = false>(
    fn: (a: A, b: B) => R,
    as: Sequence<A>,
    bs: Sequence<B>,
    options?: MapOptions & ReturnExceptions<E>,
  ): AsyncGenerator<MapItem<R, E>, void, undefined>
  /** A function of Python's by its name, or one that the engines have: see `call`. */
  imap<R = unknown>(
    fn: string | Reference,
    ...rest: readonly (Sequence<unknown> | MapOptions)[]
  ): AsyncGenerator<R, void, undefined>
  imap(
    fn: AnyFunction | string | Reference,
    ...rest: unknown[]
  ): AsyncGenerator<never, void, undefined> {
    const { sequences, options } = splitOptions<MapOptions>(rest)
    return this.#map<never>(calleeOf(fn), sequences, options, false).iterate()
  }

  /**
   * The function as one that runs on an engine: `const f = view.remote(fn); await f(1, 2)`. One of
   * Python's goes by name, as with `call`: `view.remote<number>('math.sqrt')`.
   */
  remote<F extends AnyFunction, A extends unknown[] = Parameters<F>>(
    fn: F,
  ): (...args: Arguments<A>) => AsyncResult<Returned<F>>
  /** A function of Python's by its name, or one that the engines have: see `call`. */
  remote<R = unknown>(fn: string | Reference): (...args: unknown[]) => AsyncResult<R>
  remote(fn: AnyFunction | string | Reference): (...args: unknown[]) => AsyncResult<unknown> {
    const callee = calleeOf(fn)
    return (...args) => this.#apply(callee, args)
  }

  /** `LoadBalancedView(all)`, `LoadBalancedView([0,2])` */
  toString(): string {
    const { targets = 'all' } = this.#flags
    return `LoadBalancedView(${targets === 'all' ? targets : JSON.stringify(targets)})`
  }

  #apply<R>(fn: Callee, args: readonly unknown[]): AsyncResult<R> {
    const language = this.#languageFor(fn)
    const buffers = this.#link.dialects.of(language).prepare(fn)(args)
    const group = new TaskGroup<R, R>(this.#link, 1, true, (values) => values[0]!)
    group.tasks.push(this.#send(language, buffers, 0, 1, group, new Error()))
    return new AsyncResult(group)
  }

  #map<R>(
    fn: Callee,
    sequences: readonly Sequence<unknown>[],
    options: MapOptions,
    collects: boolean,
  ): MapRun<R> {
    checkNames('a map', options, mapOptionNames)
    const { chunkSize = 1, outstandingMax } = options
    if (outstandingMax !== undefined && !(outstandingMax >= 1)) {
      throw new ArgumentError(`outstandingMax is a number from 1 on, not ${outstandingMax}`)
    }
    const isChunked = chunkSize > 1
    const language = this.#languageFor(fn)
    const dialect = this.#link.dialects.of(language)
    const prepared = isChunked ? dialect.prepareMap(fn) : dialect.prepare(fn)
    const origin = new Error('sent here')
    const pack = ({ columns }: Chunk): Uint8Array[] => {
      const args = isChunked ? columns : columns.map((column) => column[0])
      // Most are packed when the call has long returned.
      return blamingTheCall(() => prepared(args), origin)
    }
    return new MapRun<R>(this.#link, {
      source: chunkSource(sequences, chunkSize),
      send: (chunk, index, owner) =>
        this.#send(language, pack(chunk), index, chunk.size, owner, origin),
      isChunked,
      outstandingMax: () => outstandingMax ?? this.#outstandingMax(collects),
      ordered: options.ordered ?? true,
      returnExceptions: options.returnExceptions ?? false,
      stopOnError: options.stopOnError ?? true,
      collects,
    })
  }

  /** Engines may come and go while a map runs. */
  #outstandingMax(collects: boolean): number {
    const { size } = this.#link.engines
    return collects
      ? Math.max(limits.mapTasksMin, limits.mapTasksPerEngine * size)
      : Math.max(limits.mapAheadMin, limits.mapAheadPerEngine * size)
  }

  #send(
    language: string,
    buffers: readonly Uint8Array[],
    index: number,
    items: number,
    owner: TaskOwner,
    origin: Error,
  ): Task {
    return this.#link.send(
      { kind: 'apply', channel: 'task', target: undefined, owner, index, items, origin },
      this.#metadataFor(language),
      {},
      buffers,
    )
  }

  /**
   * What a task is written in: what its function is, and where any language would do, what the
   * engines speak that may run it.
   * @throws {WrongLanguageError}
   */
  #languageFor(fn: Callee): string {
    const { targets } = this.#flags
    const { engines } = this.#link
    const isForAll = targets === undefined || targets === 'all'
    const languages = isForAll ? engines.languages : languagesOf(this.#link.resolve(targets))
    const wanted = languageOf(fn)
    if (wanted === undefined) {
      const [only] = languages
      return languages.size === 1 ? only! : 'typescript'
    }
    if (languages.size > 0 && !languages.has(wanted)) {
      assertSpoken(fn, isForAll ? engines.all : this.#link.resolve(targets))
    }
    return wanted
  }

  /** Who may run it can change with every engine that comes or goes; all else is fixed. */
  #metadataFor(language: string): JsonObject {
    const uuids = this.#targetsFor(language)
    if (uuids !== undefined) return metadataOf(this.#flags, uuids, language)
    const known = this.#metadata.get(language)
    if (known !== undefined) return known
    const metadata = metadataOf(this.#flags, undefined, language)
    this.#metadata.set(language, metadata)
    return metadata
  }

  /** The engines that may run it; undefined when the scheduler is to choose from all. */
  #targetsFor(language: string): string[] | undefined {
    const { targets } = this.#flags
    const { engines, isControllerOurs } = this.#link
    const isForAll = targets === undefined || targets === 'all'
    // A scheduler of Python's knows nothing of languages.
    if (isForAll && (isControllerOurs || engines.languages.size < 2)) return undefined
    const candidates = isForAll ? engines.all : this.#link.resolve(targets)
    return candidates.filter((engine) => engine.language === language).map(({ uuid }) => uuid)
  }
}

showAsText(LoadBalancedView.prototype)

function languagesOf(engines: readonly EngineDescription[]): ReadonlySet<string> {
  return new Set(engines.map((engine) => engine.language))
}

function metadataOf(
  flags: TaskFlags,
  targets: readonly string[] | undefined,
  language: string,
): JsonObject {
  const metadata = encodeTaskMetadata({
    after: dependencyContent(flags.after),
    follow: dependencyContent(flags.follow),
    timeoutMs: flags.timeoutMs,
    targets,
    retries: flags.retries ?? 0,
    language,
  })
  metadata['output_count'] = true
  return metadata
}

function checkFlags(flags: TaskFlags): void {
  checkNames('a load-balanced view', flags, flagNames)
  const { retries, timeoutMs } = flags
  if (retries !== undefined && (!Number.isSafeInteger(retries) || retries < 0)) {
    throw new ArgumentError(`retries is a whole number from 0 on, not ${retries}`)
  }
  if (timeoutMs !== undefined && !(timeoutMs >= 0)) {
    throw new ArgumentError(`timeoutMs is a number of milliseconds, not ${timeoutMs}`)
  }
}
