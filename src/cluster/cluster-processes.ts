import { readFileSync, rmSync } from 'node:fs'
import { ClosedError, Deferred, messageOf } from '../base/mod.ts'
import {
  type ClientConnectionInfo,
  connectionFileText,
  describeCause,
  type EngineConnectionInfo,
} from '../jupyter/mod.ts'
import {
  type ClusterRecord,
  claimClusterFile,
  livingLaunchers,
  livingRoles,
  readClusterFile,
  updateClusterFile,
} from './cluster-file.ts'
import type { ClusterPlan } from './cluster-plan.ts'
import type { ClusterPorts, ClusterProgress } from './cluster-ports.ts'
import { warnOfRunningController } from './controller-answers.ts'
import type { EngineSet } from './engine-set.ts'
import type { EngineSlot } from './engine-slot.ts'
import { AlreadyRunningError, LaunchError } from './errors.ts'
import {
  type EngineLanguage,
  launchEngineSet,
  unlessAborted,
  waitForEngines,
} from './launch-engines.ts'
import type { LaunchedProcess, Launcher, ProcessEnd } from './launcher/launcher.ts'
import { outputTail } from './launcher/output-tail.ts'
import { cleanLogs, signalAll } from './manager.ts'
import { logFile } from './settings/role-settings.ts'

/** Why a cluster ended. */
export type ClusterEnd =
  | { readonly reason: 'stopped' }
  | { readonly reason: 'controller-ended'; readonly end: ProcessEnd }

/** A controller and its engines, started by this process and ended with it. */
export class ClusterProcesses {
  readonly plan: ClusterPlan
  readonly #ports: ClusterPorts
  readonly #launcher: Launcher
  readonly #sets = new Map<string, EngineSet>()
  readonly #ended = new Deferred<ClusterEnd>()
  #controller: LaunchedProcess | undefined
  #clientInfo: ClientConnectionInfo | undefined
  #engineInfo: EngineConnectionInfo | undefined
  #stopping: Promise<void> | undefined
  #saving: Promise<void> = Promise.resolve()
  #savedPids = ''
  /** Every set of this process, those that have ended too. */
  readonly #ownSetIds = new Set<string>()

  /**
   * Starts controller and engines at the same time, and waits until all engines are registered.
   * @throws {AlreadyRunningError} when the profile has a running cluster with this id.
   * @throws {LaunchError} when a process ends or is not ready in time; all are stopped then.
   */
  static async start(plan: ClusterPlan, ports: ClusterPorts): Promise<ClusterProcesses> {
    const file = plan.profile.clusterFile(plan.clusterId)
    const running = await claimClusterFile(file, {
      ...emptyRecord(plan),
      launcherPid: process.pid,
      ...(ports.inProgram ? { launcherIsProgram: true } : {}),
    })
    if (running !== undefined) throw alreadyRunning(plan, running)
    const { profile, clusterId } = plan
    if (!plan.controller.reuseFiles) {
      await warnOfRunningController(profile, clusterId, ports.logger)
    }
    if (plan.cleanLogs) cleanLogs(profile, clusterId)
    const cluster = new ClusterProcesses(plan, ports)
    try {
      await cluster.#bringUp()
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  private constructor(plan: ClusterPlan, ports: ClusterPorts) {
    this.plan = plan
    this.#ports = ports
    this.#launcher = ports.launcher(plan)
  }

  /** Settles once, when nothing of the cluster runs any more; never rejects. */
  get ended(): Promise<ClusterEnd> {
    return this.#ended.promise
  }

  /** @throws {ClosedError} when the cluster has ended, or is just about to. */
  get clientInfo(): ClientConnectionInfo {
    this.#mustRun()
    return this.#clientInfo!
  }

  get controllerPid(): number {
    return this.#controller!.pid
  }

  get sets(): readonly EngineSet[] {
    return [...this.#sets.values()]
  }

  get file(): string {
    return this.plan.profile.clusterFile(this.plan.clusterId)
  }

  /**
   * Starts more engines, and waits until they are registered.
   * @throws {LaunchError} when one ends or is not ready in time; the new ones are stopped then.
   * @throws {ClosedError} when the cluster ends, or has ended.
   */
  async startEngines(n: number, language: EngineLanguage = 'configured'): Promise<EngineSet> {
    this.#mustRun()
    const set = await this.#launchSet(n, language)
    try {
      this.#mustRun()
      set.connect(this.#engineInfo!)
      await waitForEngines(set, this.plan, undefined)
    } catch (error) {
      await set.stop()
      this.#sets.delete(set.id)
      this.#save()
      throw error
    }
    return set
  }

  /** Stops engines and controller and removes their files. A second call waits for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop({ reason: 'stopped' })
    return this.#stopping
  }

  /** Leaves everything running when this process ends; nobody watches the engines then. */
  detach(): void {
    this.#controller?.detach()
    for (const set of this.#sets.values()) set.detach()
  }

  /** Whether the cluster keeps this process alive. */
  keepAlive(alive: boolean): void {
    this.#controller?.keepAlive(alive)
    for (const set of this.#sets.values()) set.keepAlive(alive)
  }

  #mustRun(): void {
    if (this.#stopping !== undefined) throw new ClosedError('the cluster has ended: start another')
  }

  async #bringUp(): Promise<void> {
    const { plan } = this
    const { signal, onProgress } = this.#ports
    const listening = new Deferred<void>()
    const launches = await Promise.allSettled([
      this.#launchController(listening),
      this.#launchSet(plan.n, 'configured'),
      ...(plan.python === 0 ? [] : [this.#launchSet(plan.python, 'python')]),
    ])
    const failed = launches.find((launch) => launch.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    this.#save()
    onProgress?.({ stage: 'launched', engines: plan.n + plan.python })
    const failure = this.#controllerFailure()
    failure.catch(() => {})
    await unlessAborted(Promise.race([listening.promise, failure]), signal)
    onProgress?.({ stage: 'controller-ready', info: this.#clientInfo! })
    for (const set of this.sets) set.connect(this.#engineInfo!)
    const ready = this.sets.map((set) => waitForEngines(set, plan, signal))
    await Promise.race([Promise.all(ready), failure])
    void this.#controller!.ended.then((end) => {
      this.#stopping ??= this.#stop({ reason: 'controller-ended', end })
    })
  }

  async #launchController(listening: Deferred<void>): Promise<void> {
    const { profile, clusterId, controller, controllerArgv, env } = this.plan
    const [launched] = await this.#launcher.launch({
      role: 'controller',
      argv: controllerArgv,
      env,
      settings: controller,
      clusterFile: this.file,
      outputs: [logFile(profile, 'ipcontroller', clusterId, process.pid)],
    })
    this.#controller = launched!
    this.#controller.onMessage((message) => {
      if (message.type !== 'listening') return
      this.#clientInfo = message.clientInfo
      this.#engineInfo = message.engineInfo
      listening.resolve()
    })
  }

  async #launchSet(n: number, language: EngineLanguage): Promise<EngineSet> {
    const id = String(Date.now() + this.#ownSetIds.size)
    this.#ownSetIds.add(id)
    const onChange = (set: EngineSet) => this.#changed(set)
    const set = await launchEngineSet(this.plan, this.#ports, { id, n, language, onChange })
    this.#sets.set(id, set)
    return set
  }

  #changed(set: EngineSet): void {
    if (this.#stopping === undefined) this.#ports.onProgress?.(this.#progressOf(set))
    const pids = JSON.stringify(this.sets.map(({ slots }) => slots.map(pidOf)))
    if (pids !== this.#savedPids) this.#save()
    this.#savedPids = pids
  }

  /** Of a set that was added later, or of all that were started with the cluster. */
  #progressOf(changed: EngineSet): ClusterProgress {
    const first = this.sets.slice(0, this.plan.python === 0 ? 1 : 2)
    const sets = first.includes(changed) ? first : [changed]
    const ready = sets.reduce((sum, { readyCount }) => sum + readyCount, 0)
    const total = sets.reduce((sum, { slots }) => sum + slots.length, 0)
    return { stage: 'engines', ready, total }
  }

  /** Rejects when the controller ends while it is needed. */
  async #controllerFailure(): Promise<never> {
    const { outputFile } = this.#controller!
    const end = await this.#controller!.ended
    throw new LaunchError(
      `the controller ended while starting: ${end.message ?? describeCause(end)}`,
      end.message !== undefined || outputFile === undefined
        ? {}
        : { outputFile, output: outputTail(outputFile, this.plan.outputLinesMax) },
    )
  }

  async #stop(end: ClusterEnd): Promise<void> {
    const { logger } = this.#ports
    if (end.reason === 'controller-ended' && end.end.exitCode !== 0) {
      logger.error(`the controller ended (${describeCause(end.end)}); stopping its engines`)
    }
    const processes = [...this.#sets.values(), ...(this.#controller ? [this.#controller] : [])]
    const results = await Promise.allSettled(processes.map((each) => each.stop()))
    for (const result of results) {
      if (result.status === 'rejected') logger.error(messageOf(result.reason))
    }
    await this.#saving
    try {
      this.#stopOthers()
      this.#removeConnectionFiles()
      await updateClusterFile(this.file, () => undefined)
    } catch (error) {
      logger.warn(`could not tidy up: ${messageOf(error)}`)
    }
    this.#ended.resolve(end)
  }

  /** Engines that another command added have no controller any more. */
  #stopOthers(): void {
    const record = readClusterFile(this.file)
    if (record !== undefined) signalAll(livingLaunchers(record), 'SIGTERM')
  }

  /** A controller that was killed leaves its files; a newer one may have replaced them. */
  #removeConnectionFiles(): void {
    const { clientFile, engineFile, reuseFiles } = this.plan.controller
    if (reuseFiles || this.#clientInfo === undefined || this.#engineInfo === undefined) return
    const pairs = [
      [clientFile, this.#clientInfo],
      [engineFile, this.#engineInfo],
    ] as const
    for (const [path, info] of pairs) {
      try {
        if (readFileSync(path, 'utf8') === connectionFileText(info)) rmSync(path, { force: true })
      } catch {
        // The controller has removed it.
      }
    }
  }

  /** Writes what runs into the cluster's file, one change after the other. */
  #save(): void {
    this.#saving = this.#saving
      .then(() => updateClusterFile(this.file, (record) => this.#recordNow(record)))
      .catch((error: unknown) => this.#ports.logger.warn(messageOf(error)))
  }

  #recordNow(record: ClusterRecord): ClusterRecord {
    const controller = this.#controller
    const others = Object.entries(record.sets).filter(([id]) => !this.#ownSetIds.has(id))
    const own = this.sets.map((set) => [set.id, set.record(this.#ports.inProgram)] as const)
    return {
      ...record,
      ...(controller === undefined
        ? {}
        : { controller: { pid: controller.pid, output_file: controller.outputFile ?? '' } }),
      sets: Object.fromEntries([...others, ...own]),
    }
  }
}

function pidOf({ state, process }: EngineSlot): number {
  return state === 'ended' ? 0 : process.pid
}

/** What the cluster's file says before anything runs. */
export function emptyRecord(plan: ClusterPlan): ClusterRecord {
  return {
    clusterId: plan.clusterId,
    profileDir: plan.profile.dir,
    n: plan.n,
    controllerArgs: plan.controllerArgs,
    controllerIp: plan.config.text('Cluster.controller_ip'),
    controllerLocation: plan.config.text('Cluster.controller_location'),
    controllerLauncher: plan.controllerLauncher,
    engineLauncher: plan.engineLauncher,
    sets: {},
  }
}

function alreadyRunning(plan: ClusterPlan, running: ClusterRecord): AlreadyRunningError {
  const pid = running.controller?.pid ?? running.launcherPid ?? livingRoles(running)[0]
  return new AlreadyRunningError(
    `a cluster is running already with profile ${plan.profile.name} and cluster id ` +
      `'${plan.clusterId}' (pid ${pid}); stop it with: ipcluster stop ` +
      `${plan.profile.words(plan.clusterId)}, or give this one a name with --cluster-id`,
  )
}
