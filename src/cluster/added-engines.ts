import type { EngineConnectionInfo } from '../jupyter/mod.ts'
import { readEngineFile } from '../node/mod.ts'
import { type EngineSetRecord, updateClusterFile } from './cluster-file.ts'
import type { ClusterPlan } from './cluster-plan.ts'
import type { ClusterPorts } from './cluster-ports.ts'
import type { EngineSet } from './engine-set.ts'
import { NoControllerError } from './errors.ts'
import { type EngineLanguage, launchEngineSet, waitForEngines } from './launch-engines.ts'
import { inheritedInfo, overriddenInfo } from './settings/engine-settings.ts'

/** Engines that this process added to a cluster that another one started. */
export class AddedEngines {
  readonly set: EngineSet
  readonly #file: string
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
      await added.#record(set.record(ports.inProgram))
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
    this.#file = plan.profile.clusterFile(plan.clusterId)
    void set.emptied.then(() => this.stop())
  }

  /** Stops them. A second call waits for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    await this.set.stop()
    await this.#record(undefined)
  }

  /** Lets `ipcluster stop` find them; a controller started by hand has no such file. */
  async #record(set: EngineSetRecord | undefined): Promise<void> {
    await updateClusterFile(this.#file, (record) => {
      const { [this.set.id]: _, ...others } = record.sets
      return { ...record, sets: set === undefined ? others : { ...others, [this.set.id]: set } }
    })
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
