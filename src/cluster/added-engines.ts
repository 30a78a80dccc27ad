import type { EngineConnectionInfo } from '../jupyter/mod.ts'
import { readEngineFile } from '../node/mod.ts'
import { claimClusterFile, type EngineSetRecord, updateClusterFile } from './cluster-file.ts'
import type { ClusterPlan } from './cluster-plan.ts'
import type { ClusterPorts } from './cluster-ports.ts'
import { emptyRecord } from './cluster-processes.ts'
import type { EngineSet } from './engine-set.ts'
import { NoControllerError } from './errors.ts'
import { type EngineLanguage, launchEngineSet, waitForEngines } from './launch-engines.ts'
import { inheritedInfo, overriddenInfo } from './settings/engine-settings.ts'

/** Engines that this process added to a cluster that another one started. */
export class AddedEngines {
  readonly set: EngineSet
  readonly #plan: ClusterPlan
  #stopping: Promise<void> | undefined

  /**
   * Starts the plan's engines and waits until they are registered.
   * @throws {NoControllerError} when there is no connection file of a controller.
   * @throws {LaunchError} when one ends or is not ready in time; all of them are stopped then.
   */
  static async start(
    plan: ClusterPlan,
    ports: ClusterPorts,
    language: EngineLanguage = 'configured',
  ): Promise<AddedEngines> {
    const info = await controllerInfo(plan)
    const changed = (set: EngineSet) => {
      ports.onProgress?.({ stage: 'engines', ready: set.readyCount, total: set.slots.length })
    }
    const set = await launchEngineSet(plan, ports, {
      id: String(Date.now()),
      n: plan.n,
      language,
      onChange: changed,
    })
    const added = new AddedEngines(set, plan)
    try {
      await added.#addTo(set.record(ports.inProgram))
      ports.onProgress?.({ stage: 'launched', engines: plan.n })
      set.connect(info)
      await waitForEngines(set, plan, ports.signal)
      return added
    } catch (error) {
      await added.stop()
      throw error
    }
  }

  private constructor(set: EngineSet, plan: ClusterPlan) {
    this.set = set
    this.#plan = plan
    void set.emptied.then(() => this.stop())
  }

  /** Stops them. A second call waits for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    await this.set.stop()
    await updateClusterFile(this.#file, (record) => {
      const { [this.set.id]: _, ...sets } = record.sets
      const isOurs = record.controller === undefined && record.launcherPid === undefined
      return isOurs && Object.keys(sets).length === 0 ? undefined : { ...record, sets }
    })
  }

  get #file(): string {
    return this.#plan.profile.clusterFile(this.#plan.clusterId)
  }

  /** Lets `ipcluster stop` find them. Of a controller that runs elsewhere there is no such file. */
  async #addTo(set: EngineSetRecord): Promise<void> {
    const sets = { [this.set.id]: set }
    const running = await claimClusterFile(this.#file, { ...emptyRecord(this.#plan), sets })
    if (running === undefined) return
    await updateClusterFile(this.#file, (record) => ({
      ...record,
      sets: { ...record.sets, ...sets },
    }))
  }
}

async function controllerInfo(plan: ClusterPlan): Promise<EngineConnectionInfo> {
  const { connectionFile } = plan.engine
  try {
    const info = inheritedInfo(process.env) ?? (await readEngineFile(connectionFile))
    return overriddenInfo(info, plan.engine)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw cause
    throw new NoControllerError(
      `there is no controller to join: ${connectionFile} is not there; start one with: ` +
        `ipcluster start ${plan.profile.words()}`,
      { cause },
    )
  }
}
