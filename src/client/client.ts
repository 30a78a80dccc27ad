import { ArgumentError } from '../base/mod.ts'
import type { ClientConnectionInfo } from '../jupyter/mod.ts'
import { activateView } from './activation.ts'
import { AsyncResult } from './async-result.ts'
import { BroadcastView } from './broadcast-view.ts'
import type { ClientEvents } from './client-events.ts'
import type { ClientOptions } from './client-options.ts'
import { ClusterLink, type LinkStatus } from './cluster-link.ts'
import { describeEngines } from './describe-engines.ts'
import { DirectView } from './direct-view.ts'
import { abortAt, clearAt, shutdownAt, signalAt } from './engine-control.ts'
import type { EngineDescription, EngineFilter, Targets } from './engine-directory.ts'
import { ClientClosedError } from './errors.ts'
import { Executor } from './executor.ts'
import {
  type HubQuery,
  type HubRecord,
  hubHistory,
  purgeResults,
  type QueueStatus,
  queryDatabase,
  queueStatus,
  type ResultStatus,
  resubmit,
  resultStatus,
  shutDownHub,
} from './hub-queries.ts'
import { HubRun } from './hub-run.ts'
import { type Job, type Jobs, msgIdsOf } from './job.ts'
import { LoadBalancedView, type TaskFlags } from './load-balanced-view.ts'
import type { ClientPorts } from './ports.ts'
import type { Shape } from './shape.ts'
import { showAsText } from './show-as-text.ts'
import { type WaitForEnginesOptions, waitForEngines } from './wait-for-engines.ts'

/** Many engines, none, or those of a kind: what a view of several is made of. */
type ManyTargets = 'all' | readonly number[] | EngineFilter

/**
 * A connection to a cluster: the engines, views of them, and questions to the hub.
 *
 * It goes on by itself when the connection breaks and comes back. `close()` it, or declare it
 * with `await using`: an open client keeps the program running.
 */
export class Client implements AsyncDisposable {
  readonly #link: ClusterLink

  /**
   * Connects to the controller that `info` names, with the given ports of the platform.
   * @throws {ConnectionTimeoutError} when it does not answer.
   */
  static async open(
    info: ClientConnectionInfo,
    ports: ClientPorts,
    options?: ClientOptions,
  ): Promise<Client> {
    return new Client(await ClusterLink.open(info, ports, options))
  }

  /** For doors that open the link themselves; programs call `connect` or `open`. */
  constructor(link: ClusterLink) {
    // As one writes it in Python.
    if (!(link instanceof ClusterLink)) {
      throw new ArgumentError(
        'a client is made by: await Client.connect() (a constructor cannot wait)',
      )
    }
    this.#link = link
  }

  /** The ids of the registered engines, in ascending order. */
  get ids(): number[] {
    return this.#link.engines.ids
  }

  /**
   * The registered engines and what they told of themselves, in the order of their ids. Python
   * engines tell nothing by themselves: `describeEngines` asks them.
   */
  get engines(): readonly EngineDescription[] {
    return this.#link.engines.all
  }

  /** How many engines are registered. */
  get length(): number {
    return this.#link.engines.size
  }

  /** Whether the controller can be reached now. */
  get status(): LinkStatus {
    return this.#link.status
  }

  /** The controller's address: `tcp://127.0.0.1:10101`. */
  get address(): string {
    return this.#link.address
  }

  /** Tasks of this client that are not done. */
  get outstanding(): number {
    return this.#link.outstandingCount
  }

  /** Listens to an event; returns a function that ends that. */
  on<E extends keyof ClientEvents>(
    event: E,
    listener: (detail: ClientEvents[E]) => void,
  ): () => void {
    return this.#link.events.on(event, listener)
  }

  /**
   * Waits until at least `count` engines are registered; resolves with all their ids.
   * @throws {TimeoutError} saying how many there are.
   */
  waitForEngines(count: number, options: WaitForEnginesOptions = {}): Promise<number[]> {
    return waitForEngines(this.#link, count, options)
  }

  /**
   * Asks the engines that have not told it what they run, on which host, as which process and with
   * how many cores, and resolves with `engines`. Nothing else on them is touched, and no task has
   * to end for it, except on Python engines that answer only between two tasks. An engine that does
   * not answer stays as it is described now.
   * @param options.timeoutMs how long an engine may take; default 3000.
   */
  describeEngines(options: { timeoutMs?: number } = {}): Promise<readonly EngineDescription[]> {
    return describeEngines(this.#link, options.timeoutMs)
  }

  /**
   * A view of engines on each of which everything is done: all of them (those there are when it is
   * used), one, some by id, or those of a language or host.
   * @throws {NoSuchEngineError} for an id that is not registered.
   */
  directView(targets?: ManyTargets): DirectView<'many'>
  /** A view of one engine by its id: its results come as they are, not in a list. */
  directView(target: number): DirectView<'one'>
  /** A view of one engine or of several: of which is only known when the program runs. */
  directView(targets: Targets): DirectView<Shape>
  directView(targets: Targets = 'all'): DirectView<Shape> {
    if (typeof targets === 'number' || Array.isArray(targets)) this.#link.resolve(targets)
    return new DirectView(this.#link, targets)
  }

  /** A view in which the scheduler chooses an engine for each call, out of all or of `targets`. */
  loadBalancedView(targets?: Targets, flags: Omit<TaskFlags, 'targets'> = {}): LoadBalancedView {
    if (typeof targets === 'number' || Array.isArray(targets)) this.#link.resolve(targets)
    return new LoadBalancedView(this.#link, targets === undefined ? flags : { ...flags, targets })
  }

  /** Like `directView`, for what is large and goes to many: see `BroadcastView`. */
  broadcastView(targets: Targets = 'all'): BroadcastView {
    if (typeof targets === 'number' || Array.isArray(targets)) this.#link.resolve(targets)
    return new BroadcastView(this.#link, targets)
  }

  /** The engines as a pool of workers, for code that only submits. */
  executor(targets?: Targets): Executor {
    return new Executor(this.loadBalancedView(targets))
  }

  /** How many tasks each engine has, and how many no engine has yet. @throws {HubError} */
  queueStatus(options?: { targets?: Targets; verbose?: false }): Promise<QueueStatus<number>>
  /** Which tasks each engine has, by their ids. */
  queueStatus(options: { targets?: Targets; verbose: true }): Promise<QueueStatus<string[]>>
  queueStatus(options: { targets?: Targets; verbose?: boolean } = {}): Promise<QueueStatus<never>> {
    return queueStatus(this.#link, options.targets ?? 'all', options.verbose ?? false)
  }

  /** Which of these tasks are done, whoever sent them. @throws {HubError} for one not known. */
  resultStatus(jobs: Jobs): Promise<ResultStatus> {
    return resultStatus(this.#link, jobs)
  }

  /**
   * The result of a task by its id, whoever sent it: it is asked from the hub until it is there,
   * and rejects with `HubError` when the hub does not know it.
   */
  getResult<R = unknown>(msgId: string): AsyncResult<R>
  /** The results of several tasks, in their order. */
  getResult<R = unknown>(jobs: readonly Job[]): AsyncResult<R[], R>
  getResult(jobs: Jobs): AsyncResult<never, never> {
    const msgIds = msgIdsOf(jobs)
    return new AsyncResult(new HubRun(this.#link, msgIds, msgIds.length, typeof jobs === 'string'))
  }

  /**
   * Runs recorded tasks once more, on whichever engine; their results come from the hub. Rejects
   * with `HubError` when the hub does not know one of them.
   */
  resubmit<R = unknown>(jobs: Jobs): AsyncResult<R[], R> {
    const { length } = msgIdsOf(jobs)
    return new AsyncResult(
      new HubRun<R[], R>(this.#link, resubmit(this.#link, jobs), length, false),
    )
  }

  /** Searches the hub's records of tasks. @throws {HubError} */
  dbQuery(query: HubQuery, options: { keys?: readonly string[] } = {}): Promise<HubRecord[]> {
    return queryDatabase(this.#link, query, options.keys)
  }

  /** Ids of all tasks that the hub remembers, the first submitted first. */
  hubHistory(): Promise<string[]> {
    return hubHistory(this.#link)
  }

  /** Has the hub forget tasks, or all that are done, or those of some engines. @throws {HubError} */
  purgeResults(jobs: Jobs | 'all', options: { targets?: Targets } = {}): Promise<void> {
    return purgeResults(this.#link, jobs, options.targets)
  }

  /**
   * Makes these engines those of `%px` and the other parallel magics of this kernel, or of those
   * with a suffix: `%px_even`. Connecting does it for all engines, so it is for other choices.
   * @throws {ArgumentError} for a suffix that cannot end a name, and where there are no magics.
   */
  activate(targets: Targets = 'all', suffix = ''): DirectView<Shape> {
    if (targets !== 'all') this.#link.resolve(targets)
    activateView(this, targets, suffix)
    return new DirectView(this.#link, targets)
  }

  /** Gives up tasks that have not started; all that wait at the engines when none are named. */
  async abort(jobs: Jobs = [], options: { targets?: Targets } = {}): Promise<void> {
    const engines = this.#link.resolve(options.targets ?? 'all')
    await abortAt(this.#link, engines, msgIdsOf(jobs))
  }

  /** Empties the engines' namespaces. */
  clear(targets: Targets = 'all'): Promise<void> {
    return clearAt(this.#link, this.#link.resolve(targets))
  }

  /** Sends a signal to the engines, by name or number. */
  sendSignal(signal: string | number, targets: Targets = 'all'): Promise<void> {
    return signalAt(this.#link, this.#link.resolve(targets), signal)
  }

  /** Stops what runs on the engines: it fails with `KeyboardInterrupt`. Waiting tasks follow. */
  interrupt(targets: Targets = 'all'): Promise<void> {
    return this.sendSignal('SIGINT', targets)
  }

  /**
   * Ends engines, and with `hub` the controller too, which closes this and every other client.
   */
  async shutdown(options: { targets?: Targets; hub?: boolean } = {}): Promise<void> {
    const { targets = 'all', hub = false } = options
    if (targets !== 'all' || this.length > 0) {
      await shutdownAt(this.#link, this.#link.resolve(targets))
    }
    if (!hub) return
    await shutDownHub(this.#link)
    await this.#link.close(new ClientClosedError('the controller was shut down'))
  }

  /**
   * Closes the client: everything that is still waited for rejects with `ClientClosedError`.
   * Tasks that were sent go on; another client can ask the hub for their results.
   */
  close(): Promise<void> {
    return this.#link.close()
  }

  /** `Client(tcp://127.0.0.1:10101, connected, 4 engines)` */
  toString(): string {
    const { address, status, length } = this
    return `Client(${address}, ${status}, ${length} ${length === 1 ? 'engine' : 'engines'})`
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

showAsText(Client.prototype)
