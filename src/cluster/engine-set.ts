import { ClosedError, Deferred, type Logger, messageOf } from '../base/mod.ts'
import { type DeathCause, describeCause, type EngineConnectionInfo } from '../jupyter/mod.ts'
import type { EngineSetRecord } from './cluster-file.ts'
import { EngineSlot } from './engine-slot.ts'
import { LaunchError } from './errors.ts'
import type { LaunchedProcess, Launcher, ProcessEnd, ProcessPlan } from './launcher/launcher.ts'
import { outputTail } from './launcher/output-tail.ts'
import type { FromRole } from './launcher/role-message.ts'
import type { announceDeath } from './nanny.ts'
import type { EngineSettings } from './settings/engine-settings.ts'

/** Restarts of one engine within {@link restartWindowMs}; one that fails more often is given up. */
const restartsMax = 5
const restartWindowMs = 60_000
/** Milliseconds before the second restart in a row; the first is at once, each later doubles. */
const restartDelayMs = 500

export interface EngineSetOptions {
  /** As in the cluster's file; Python takes the second of the start. */
  readonly id: string
  readonly launcher: Launcher
  readonly plan: ProcessPlan & { readonly settings: EngineSettings }
  readonly announce: typeof announceDeath
  readonly logger: Logger
  /** Lines of its output to show when an engine fails to start. */
  readonly outputLinesMax: number
  /** Called whenever a process, an id or a state is another one. */
  readonly onChange: (set: EngineSet) => void
}

/**
 * Engines that were started together. It is their nanny: it tells the controller when one ends,
 * and starts it again when the settings say so.
 */
export class EngineSet {
  readonly id: string
  readonly slots: readonly EngineSlot[]
  readonly #options: EngineSetOptions
  readonly #ready = new Deferred<void>()
  readonly #emptied = new Deferred<void>()
  #info: EngineConnectionInfo | undefined
  #stopping = false
  /** Those that fail are started again. */
  #restarts: boolean

  /** @throws {LaunchError} when a process cannot be started. */
  static async launch(options: EngineSetOptions): Promise<EngineSet> {
    return new EngineSet(options, await options.launcher.launch(options.plan))
  }

  private constructor(options: EngineSetOptions, processes: readonly LaunchedProcess[]) {
    this.id = options.id
    this.#options = options
    this.#restarts = options.plan.settings.restart === 'on-failure'
    this.slots = processes.map((process, index) => new EngineSlot(index, process))
    // Whoever waits hears of a failure; it must not end the process when nobody does.
    this.#ready.promise.catch(() => {})
    for (const slot of this.slots) this.#watch(slot)
  }

  /**
   * Resolves when all are registered; rejects with a {@link LaunchError} when one ends before, with
   * a `ClosedError` when they are stopped.
   */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Resolves when none is left that runs or will be started again. */
  get emptied(): Promise<void> {
    return this.#emptied.promise
  }

  /** How many are registered now. */
  get readyCount(): number {
    return this.slots.filter(({ state }) => state === 'ready').length
  }

  /** What a cluster's file says of it. @param inProgram The starter must not be stopped with it. */
  record(inProgram: boolean): EngineSetRecord {
    const engines = this.slots
      .filter(({ state }) => state !== 'ended')
      .map(({ process: { pid, outputFile } }) => ({ pid, output_file: outputFile ?? '' }))
    return { engines, ...(inProgram ? {} : { launcherPid: process.pid }) }
  }

  /** Tells all engines where their controller is. */
  connect(info: EngineConnectionInfo): void {
    this.#info = info
    for (const slot of this.slots) slot.connect(info)
  }

  /** Stops all of them, and starts none again. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#restarts = false
    this.#ready.reject(new ClosedError('the engines were stopped before all of them were ready'))
    await Promise.all(
      this.slots
        .filter(({ state }) => state !== 'ended')
        .map((slot) => {
          slot.state = 'stopping'
          return slot.process.stop()
        }),
    )
  }

  /** Leaves them running when this process ends; none is started again. */
  detach(): void {
    this.#restarts = false
    for (const { process } of this.slots) process.detach()
  }

  keepAlive(alive: boolean): void {
    for (const { process } of this.slots) process.keepAlive(alive)
  }

  #watch(slot: EngineSlot): void {
    const { process } = slot
    process.onMessage((message) => this.#receive(slot, message))
    void process.ended.then((end) => this.#ended(slot, end))
  }

  #receive(slot: EngineSlot, message: FromRole): void {
    if (message.type !== 'registered') return
    slot.id = message.id
    slot.uuid = message.uuid
    if (slot.state === 'starting') slot.state = 'ready'
    if (this.readyCount === this.slots.length) this.#ready.resolve()
    this.#options.onChange(this)
  }

  #ended(slot: EngineSlot, end: ProcessEnd): void {
    const { logger, outputLinesMax } = this.#options
    const wasReady = slot.state === 'ready'
    const expected = this.#stopping
    slot.state = 'ended'
    slot.end = end
    if (!expected) {
      if (wasReady) this.#announce(slot, end)
      const failure = describeFailure(slot, end)
      if (wasReady && end.exitCode === 0) logger.info(failure)
      else if (wasReady) logger.warn(failure)
      const output = end.message === undefined ? this.#tail(slot, outputLinesMax) : {}
      this.#ready.reject(new LaunchError(failure, output))
      if (this.#restart(slot, end, wasReady || slot.restartsMs.length > 0)) return
    }
    if (this.slots.every(({ state }) => state === 'ended')) this.#emptied.resolve()
    this.#options.onChange(this)
  }

  #announce({ id, uuid }: EngineSlot, end: ProcessEnd): void {
    const { exitCode, signal, outOfMemory, message } = end
    if (id === undefined || uuid === undefined || this.#info === undefined) return
    const cause: DeathCause = {
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(signal === undefined ? {} : { signal }),
      ...(outOfMemory === undefined ? {} : { outOfMemory }),
      ...(message === undefined ? {} : { message }),
    }
    this.#options.announce(this.#info, { id, uuid }, cause).catch((error: unknown) => {
      this.#options.logger.warn(`could not announce the end of engine ${id}: ${messageOf(error)}`)
    })
  }

  #tail({ process }: EngineSlot, linesMax: number): { outputFile?: string; output?: string } {
    const { outputFile } = process
    return outputFile === undefined ? {} : { outputFile, output: outputTail(outputFile, linesMax) }
  }

  /** False when the engine stays ended. */
  #restart(slot: EngineSlot, end: ProcessEnd, wasUp: boolean): boolean {
    const { logger } = this.#options
    if (!this.#restarts || end.exitCode === 0 || !wasUp) return false
    const now = performance.now()
    const recent = slot.restartsMs.filter((ms) => now - ms < restartWindowMs).length
    if (recent >= restartsMax) {
      logger.error(`engine ${slot.id} failed ${recent + 1} times in a minute and is given up`)
      return false
    }
    slot.restartsMs.push(now)
    slot.state = 'starting'
    const delayMs = recent === 0 ? 0 : restartDelayMs * 2 ** (recent - 1)
    setTimeout(() => void this.#startAgain(slot), delayMs)
    return true
  }

  async #startAgain(slot: EngineSlot): Promise<void> {
    if (!this.#restarts) {
      this.#ended(slot, slot.end ?? {})
      return
    }
    const { launcher, plan, logger } = this.#options
    const settings = {
      ...plan.settings,
      ...(slot.id === undefined ? {} : { requestedId: slot.id }),
    }
    try {
      const output = slot.process.outputFile ?? 'inherit'
      const [process] = await launcher.launch({ ...plan, settings, outputs: [output] })
      slot.process = process!
      logger.info(`engine ${slot.id} is started again (pid ${process!.pid})`)
    } catch (error) {
      logger.error(messageOf(error))
      this.#ended(slot, { exitCode: 1, message: messageOf(error) })
      return
    }
    this.#watch(slot)
    if (this.#info !== undefined) slot.connect(this.#info)
    if (this.#stopping) void slot.process.stop()
    this.#options.onChange(this)
  }
}

function describeFailure(slot: EngineSlot, end: ProcessEnd): string {
  const name = slot.id === undefined ? 'an engine that was starting' : `engine ${slot.id}`
  const reason = end.message ?? describeCause(end)
  return `${name} (pid ${slot.process.pid}) ended: ${reason}`
}
