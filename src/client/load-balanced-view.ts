import { ArgumentError, limits } from '../base/mod.ts'
import { encodeTaskMetadata, type JsonObject } from '../jupyter/mod.ts'
import { packCall, packFunction, type Reference } from '../serialize/mod.ts'
import { AsyncMapResult, AsyncResult } from './async-result.ts'
import { type Chunk, chunkSource, isList, type Sequence } from './chunk-source.ts'
import type { ClusterLink } from './cluster-link.ts'
import { type Dependency, dependencyContent } from './dependency.ts'
import type { Targets } from './engine-directory.ts'
import type { Jobs } from './job.ts'
import { splitOptions } from './map-arguments.ts'
import { packMapFunction } from './map-function.ts'
import { MapRun } from './map-run.ts'
import type { AnyFunction, Arguments, Returned } from './remote-function.ts'
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

/** Whichever engine is free: each call goes to one of them, chosen by the scheduler. */
export class LoadBalancedView {
  readonly #link: ClusterLink
  readonly #flags: TaskFlags
  #plainMetadata: JsonObject | undefined

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
   * the engine.
   * @throws {UnserializableError} when the function or an argument cannot travel.
   */
  apply<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: Arguments<A>
  ): AsyncResult<Awaited<R>>
  apply<R = unknown>(fn: Reference, ...args: unknown[]): AsyncResult<R>
  apply(fn: AnyFunction | Reference, ...args: unknown[]): AsyncResult<unknown> {
    return this.#apply(packFunction(this.#link.codec, fn), args)
  }

  /**
   * Calls a function for each item. Results are in the order of the items; the function is
   * encoded once. What is not a list is read only as far as needed.
   * @throws {UnserializableError} when the function or the first item cannot travel.
   * @throws {ArgumentError} for what is no sequence.
   */
  map<A, R>(
    fn: (item: A) => R,
    items: Sequence<A>,
    options?: MapOptions,
  ): AsyncMapResult<Awaited<R>>
  map<A, B, R>(
    fn: (a: A, b: B) => R,
    as: Sequence<A>,
    bs: Sequence<B>,
    options?: MapOptions,
  ): AsyncMapResult<Awaited<R>>
  map<A, B, C, R>(
    fn: (a: A, b: B, c: C) => R,
    as: Sequence<A>,
    bs: Sequence<B>,
    cs: Sequence<C>,
    options?: MapOptions,
  ): AsyncMapResult<Awaited<R>>
  map(fn: AnyFunction, ...rest: unknown[]): AsyncMapResult<unknown> {
    const { sequences, options } = splitOptions<MapOptions>(rest)
    return new AsyncMapResult(this.#map(fn, sequences, options, sequences.every(isList)))
  }

  /**
   * Like `map`, but keeps nothing: results are handed to the loop over it and forgotten, and the
   * items are read at most `outstandingMax` tasks ahead of the loop. Leaving the loop ends it.
   */
  imap<A, R>(
    fn: (item: A) => R,
    items: Sequence<A>,
    options?: MapOptions,
  ): AsyncIterableIterator<Awaited<R>, void, undefined>
  imap<A, B, R>(
    fn: (a: A, b: B) => R,
    as: Sequence<A>,
    bs: Sequence<B>,
    options?: MapOptions,
  ): AsyncIterableIterator<Awaited<R>, void, undefined>
  imap(fn: AnyFunction, ...rest: unknown[]): AsyncIterableIterator<never, void, undefined> {
    const { sequences, options } = splitOptions<MapOptions>(rest)
    return this.#map<never>(fn, sequences, options, false).iterate()
  }

  /** The function as one that runs on an engine: `const f = view.remote(fn); await f(1, 2)`. */
  remote<F extends AnyFunction>(
    fn: F,
  ): (...args: Arguments<Parameters<F>>) => AsyncResult<Returned<F>> {
    return (...args) => this.#apply(packFunction(this.#link.codec, fn), args)
  }

  #apply<R>(fn: readonly Uint8Array[], args: readonly unknown[]): AsyncResult<R> {
    const group = new TaskGroup<R, R>(this.#link, 1, true, (values) => values[0]!)
    group.tasks.push(this.#send(packCall(this.#link.codec, fn, args), 0, 1, group, new Error()))
    return new AsyncResult(group)
  }

  #map<R>(
    fn: AnyFunction,
    sequences: readonly Sequence<unknown>[],
    options: MapOptions,
    collects: boolean,
  ): MapRun<R> {
    const { codec } = this.#link
    const chunkSize = options.chunkSize ?? 1
    const isChunked = chunkSize > 1
    const frames = isChunked ? packMapFunction(codec, fn) : packFunction(codec, fn)
    const origin = new Error('sent here')
    const argumentsOf = ({ columns }: Chunk): readonly unknown[] =>
      isChunked ? columns : columns.map((column) => column[0])
    const run = new MapRun<R>(this.#link, {
      source: chunkSource(sequences, chunkSize),
      send: (chunk, index, owner) =>
        this.#send(packCall(codec, frames, argumentsOf(chunk)), index, chunk.size, owner, origin),
      isChunked,
      outstandingMax: () => options.outstandingMax ?? this.#outstandingMax(collects),
      ordered: options.ordered ?? true,
      returnExceptions: options.returnExceptions ?? false,
      stopOnError: options.stopOnError ?? true,
      collects,
    })
    return run.start()
  }

  /** Engines may come and go while a map runs. */
  #outstandingMax(collects: boolean): number {
    const { size } = this.#link.engines
    return collects
      ? Math.max(limits.mapTasksMin, limits.mapTasksPerEngine * size)
      : Math.max(limits.mapAheadMin, limits.mapAheadPerEngine * size)
  }

  #send(
    buffers: readonly Uint8Array[],
    index: number,
    items: number,
    owner: TaskOwner,
    origin: Error,
  ): Task {
    return this.#link.send(
      { kind: 'apply', channel: 'task', target: undefined, owner, index, items, origin },
      this.#metadata(),
      {},
      buffers,
    )
  }

  /** Who may run it can change with every engine that comes or goes; all else is fixed. */
  #metadata(): JsonObject {
    const { targets } = this.#flags
    if (targets === undefined || targets === 'all') {
      this.#plainMetadata ??= metadataOf(this.#flags, undefined)
      return this.#plainMetadata
    }
    const uuids = this.#link.resolve(targets).map((engine) => engine.uuid)
    return metadataOf(this.#flags, uuids)
  }
}

function metadataOf(flags: TaskFlags, targets: readonly string[] | undefined): JsonObject {
  const metadata = encodeTaskMetadata({
    after: dependencyContent(flags.after),
    follow: dependencyContent(flags.follow),
    timeoutMs: flags.timeoutMs,
    targets,
    retries: flags.retries ?? 0,
    language: 'typescript',
  })
  metadata['output_count'] = true
  return metadata
}

function checkFlags({ retries, timeoutMs }: TaskFlags): void {
  if (retries !== undefined && (!Number.isSafeInteger(retries) || retries < 0)) {
    throw new ArgumentError(`retries is a whole number from 0 on, not ${retries}`)
  }
  if (timeoutMs !== undefined && !(timeoutMs >= 0)) {
    throw new ArgumentError(`timeoutMs is a number of milliseconds, not ${timeoutMs}`)
  }
}
