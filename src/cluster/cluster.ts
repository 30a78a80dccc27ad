import { ArgumentError, Deferred, type Logger } from '../base/mod.ts'
import { type ClientConnectionInfo, describeCause } from '../jupyter/mod.ts'
import { makeLogger, readClientFile } from '../node/mod.ts'
import { AddedEngines } from './added-engines.ts'
import { type ClusterRecord, isRunning, readClusterFile } from './cluster-file.ts'
import { type ClusterPlan, planCluster } from './cluster-plan.ts'
import type { ClusterPorts, ClusterProgress } from './cluster-ports.ts'
import { ClusterProcesses } from './cluster-processes.ts'
import type { GivenOption } from './config/arguments.ts'
import { optionOf } from './config/option-table.ts'
import { checkValue } from './config/option-value.ts'
import type { EngineSet } from './engine-set.ts'
import type { EngineState } from './engine-slot.ts'
import { NotRunningError } from './errors.ts'
import type { Launcher } from './launcher/launcher.ts'
import { LocalLauncher } from './launcher/local.ts'
import { stopCluster } from './manager.ts'
import { announceDeath } from './nanny.ts'
import { chooseProfile, type Profile, type ProfileChoice } from './profile.ts'

/** How a cluster is started; whatever is left out is as the profile configures it. */
export interface ClusterOptions extends ProfileChoice {
  /** Engines to start; default: the machine's cores. */
  readonly n?: number
  /**
   * Engines of Python's ipyparallel to start as well, with the interpreter that the environment
   * variable `PYTHON` names, or else `python3` (`python` on Windows); default 0.
   */
  readonly python?: number
  /** Default: a new one, so that a program's clusters are apart from all others of the profile. */
  readonly clusterId?: string
  /** Where the controller listens; `*` is every interface. Default: as configured, or loopback. */
  readonly controllerIp?: string
  /** How peers reach the controller's machine. */
  readonly controllerLocation?: string
  /** More arguments for ipcontroller: `['--hwm=4']`. */
  readonly controllerArgs?: readonly string[]
  /** More arguments for every ipengine. */
  readonly engineArgs?: readonly string[]
  /**
   * The words of a command that is the engine, for all `n`:
   * `['python3', '-m', 'ipyparallel.engine']`. Default: the engine of this package.
   */
  readonly engineCmd?: readonly string[]
  /** More environment variables for controller and engines. */
  readonly env?: Readonly<Record<string, string>>
  /** How engines and controller are started; default: on this machine. */
  readonly launcher?: Launcher
  /** Milliseconds that engines may take to be ready; default 60,000. */
  readonly engineTimeoutMs?: number
  readonly onProgress?: (progress: ClusterProgress) => void
  /** Gives the start up, and stops what was started. */
  readonly signal?: AbortSignal
  /** Default: warnings and errors, on stderr. */
  readonly logger?: Logger
}

/** Which running cluster is meant. */
export interface ClusterChoice extends ProfileChoice {
  /** Default: that of the `IPP_CLUSTER_ID` variable, or the one without an id. */
  readonly clusterId?: string
}

/** Calls back, with the reason, when the cluster ends; returns what ends that. */
export type OnClusterEnd = (listener: (reason: string) => void) => () => void

/** Connects a client to a controller: bound by the package's front door. */
export type ConnectClient<C, O> = (
  info: ClientConnectionInfo,
  options: O | undefined,
  onEnd: OnClusterEnd,
) => Promise<C>

/** One engine, as the process sees it that started it. */
export interface EngineStatus {
  /** The id at the controller; undefined before it is registered, and for another's engines. */
  readonly id: number | undefined
  readonly pid: number
  readonly state: EngineState
  /** The file with what it wrote outside of tasks. */
  readonly outputFile: string | undefined
}

const place = { source: 'Cluster' }

function given(key: string, value: unknown): GivenOption[] {
  return value === undefined ? [] : [{ key, value: checkValue(optionOf(key), value, place), place }]
}

/** Seconds and a few random letters, as Python's: so that several clusters can share a profile. */
function newClusterId(): string {
  return `${Math.floor(Date.now() / 1000)}-${Math.random().toString(36).slice(2, 6).padEnd(4, '0')}`
}

function profileOptions(choice: ClusterChoice): GivenOption[] {
  return [
    ...given('BaseIPythonApplication.profile', choice.profile),
    ...given('ProfileDir.location', choice.profileDir),
    ...given('BaseIPythonApplication.ipython_dir', choice.ipythonDir),
    ...given('BaseParallelApplication.cluster_id', choice.clusterId),
  ]
}

function planOf(options: ClusterOptions): Promise<ClusterPlan> {
  const { engineTimeoutMs } = options
  return planCluster({
    command: 'start',
    options: [
      ...profileOptions({ ...options, clusterId: options.clusterId ?? newClusterId() }),
      ...given('Cluster.n', options.n),
      ...given('Cluster.python', options.python),
      ...given('Cluster.controller_ip', options.controllerIp),
      ...given('Cluster.controller_location', options.controllerLocation),
      ...given('EngineLauncher.engine_args', options.engineArgs),
      ...given('EngineLauncher.engine_cmd', options.engineCmd),
      ...given('BaseLauncher.environment', options.env),
      ...given('Cluster.engine_timeout', engineTimeoutMs && Math.ceil(engineTimeoutMs / 1000)),
    ],
    ...(options.controllerArgs === undefined ? {} : { controllerArgs: options.controllerArgs }),
  })
}

function portsOf(options: ClusterOptions): ClusterPorts {
  return {
    launcher: (plan) => options.launcher ?? new LocalLauncher({ killAfterMs: plan.killAfterMs }),
    announce: announceDeath,
    logger: options.logger ?? makeLogger({ name: 'Cluster', level: 'WARN' }),
    onProgress: options.onProgress,
    signal: options.signal,
    inProgram: true,
  }
}

/**
 * A controller and its engines. `await using cluster = await Cluster.start({ n: 4 })` starts them
 * and stops them at the end of the block; they also end with the process, however it ends.
 */
export class Cluster<C, O = unknown> implements AsyncDisposable {
  readonly profile: Profile
  readonly clusterId: string
  readonly #connect: ConnectClient<C, O>
  readonly #processes: ClusterProcesses | undefined
  readonly #ports: ClusterPorts
  readonly #added: AddedEngines[] = []
  #isDetached = false
  readonly #endListeners = new Set<(reason: string) => void>()

  /**
   * Starts a controller and engines, and waits until all engines are registered.
   * @throws {AlreadyRunningError} when the profile has a running cluster with this id.
   * @throws {LaunchError} when a process fails to start, with the last lines of its output.
   * @throws {ArgumentError | ConfigError} for an option, or a configuration, that cannot be.
   */
  static async start<C, O>(
    options: ClusterOptions,
    connect: ConnectClient<C, O>,
  ): Promise<Cluster<C, O>> {
    const plan = await planOf(options)
    const ports = portsOf(options)
    for (const warning of plan.warnings) ports.logger.warn(warning)
    const processes = await ClusterProcesses.start(plan, ports)
    // A program that has nothing more to do ends, and its cluster with it.
    processes.keepAlive(false)
    return new Cluster<C, O>(plan.profile, plan.clusterId, connect, ports, processes)
  }

  /**
   * A cluster that another process started, `ipcluster start` for example. It goes on when this
   * process ends.
   * @throws {NotRunningError} when there is none, or none that runs.
   */
  static async fromFile<C, O>(
    choice: ClusterChoice,
    connect: ConnectClient<C, O>,
  ): Promise<Cluster<C, O>> {
    const profile = chooseProfile(choice)
    const clusterId = choice.clusterId ?? process.env['IPP_CLUSTER_ID'] ?? ''
    runningRecord(profile, clusterId)
    return new Cluster<C, O>(profile, clusterId, connect, portsOf({}), undefined)
  }

  private constructor(
    profile: Profile,
    clusterId: string,
    connect: ConnectClient<C, O>,
    ports: ClusterPorts,
    processes: ClusterProcesses | undefined,
  ) {
    this.profile = profile
    this.clusterId = clusterId
    this.#connect = connect
    this.#ports = ports
    this.#processes = processes
    void processes?.ended.then((end) => {
      if (end.reason === 'stopped') this.#tell('the cluster was stopped')
      else this.#tell(`the controller ended: ${describeCause(end.end)}`)
    })
  }

  /** The engines that this process started; of another's cluster, those of this machine. */
  get engines(): readonly EngineStatus[] {
    const own = [...(this.#processes?.sets ?? []), ...this.#added.map(({ set }) => set)]
    if (this.#processes !== undefined) return own.flatMap(statusesOf)
    const record = readClusterFile(this.profile.clusterFile(this.clusterId))
    const ids = new Set(own.map(({ id }) => id))
    const others = Object.entries(record?.sets ?? {}).filter(([id]) => !ids.has(id))
    return [
      ...others.flatMap(([, set]) =>
        set.engines.map(({ pid, output_file }): EngineStatus => {
          return { id: undefined, pid, state: 'ready', outputFile: output_file }
        }),
      ),
      ...own.flatMap(statusesOf),
    ]
  }

  /** The controller's process; undefined when it is not known. */
  get controllerPid(): number | undefined {
    return (
      this.#processes?.controllerPid ??
      readClusterFile(this.profile.clusterFile(this.clusterId))?.controller?.pid
    )
  }

  /** What a client needs to connect; also in the profile's connection file. */
  async connectionInfo(): Promise<ClientConnectionInfo> {
    return (
      this.#processes?.clientInfo ??
      readClientFile(this.profile.connectionFile('client', this.clusterId))
    )
  }

  /**
   * Connects a client to the controller. It closes when the cluster has ended, for which clients
   * of other clusters wait for a while: the controller might be started again.
   * @throws {ClosedError} when this process has stopped it.
   */
  async connect(options?: O): Promise<C> {
    const info = await this.connectionInfo()
    // From now on: the cluster may end while the client still connects.
    const ended = new Deferred<string>()
    this.#endListeners.add(ended.resolve)
    const forget = (): void => void this.#endListeners.delete(ended.resolve)
    try {
      return await this.#connect(info, options, (listener) => {
        void ended.promise.then(listener)
        return forget
      })
    } catch (error) {
      forget()
      throw error
    }
  }

  /**
   * Starts more engines on this machine, and waits until they are registered. They end with this
   * process.
   * @param options.language `python` for engines of Python's; default: as the cluster's.
   * @throws {LaunchError} when one fails to start; none of the new ones is left then.
   * @throws {ClosedError} when this process stops the cluster, or has stopped it.
   */
  async startEngines(n: number, options: { readonly language?: 'python' } = {}): Promise<void> {
    const { language = 'configured' } = options
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new ArgumentError(`startEngines needs a whole number of at least 1, not ${n}`)
    }
    if (this.#processes !== undefined) {
      const set = await this.#processes.startEngines(n, language)
      set.keepAlive(false)
      return
    }
    const plan = await planCluster({
      command: 'engines',
      options: [
        ...profileOptions({ profileDir: this.profile.dir, clusterId: this.clusterId }),
        ...given('Cluster.n', n),
      ],
    })
    const added = await AddedEngines.start(plan, this.#ports, language)
    added.set.keepAlive(false)
    this.#added.push(added)
  }

  /**
   * Stops engines and controller and removes their files; clients that `connect` gave are closed.
   * Stopping twice is one stop.
   */
  async stop(): Promise<void> {
    this.#tell('the cluster was stopped')
    await Promise.all(this.#added.map((added) => added.stop()))
    if (this.#processes !== undefined) {
      await this.#processes.stop()
      return
    }
    const { profile, clusterId } = this
    await stopCluster({ profile, clusterId, file: profile.clusterFile(clusterId) })
  }

  /**
   * Leaves the cluster running when this process ends, and at the end of an `await using` block;
   * nobody restarts engines from then on. `stop()` still stops it.
   */
  detach(): void {
    this.#isDetached = true
    this.#processes?.detach()
    for (const { set } of this.#added) set.detach()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isDetached) await this.stop()
  }

  #tell(reason: string): void {
    for (const listener of this.#endListeners) listener(reason)
  }
}

function statusesOf(set: EngineSet): EngineStatus[] {
  return set.slots.map(({ id, state, process: { pid, outputFile } }) => {
    return { id, pid, state, outputFile }
  })
}

function runningRecord(profile: Profile, clusterId: string): ClusterRecord {
  const file = profile.clusterFile(clusterId)
  const record = readClusterFile(file)
  if (record !== undefined && isRunning(record)) return record
  const state = record === undefined ? 'there is no cluster file' : 'the cluster has ended'
  throw new NotRunningError(
    `no running cluster: ${state} (${file}); start one with: ` +
      `ipcluster start ${profile.words()}`,
  )
}
