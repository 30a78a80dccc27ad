import type { DeathCause } from '../../jupyter/mod.ts'
import type { ControllerSettings } from '../settings/controller-settings.ts'
import type { EngineSettings } from '../settings/engine-settings.ts'
import type { FromRole, ToRole } from './role-message.ts'

/** What to start: any launcher can run any plan. */
export interface ProcessPlan {
  readonly role: 'controller' | 'engine'
  /** Arguments of the command line that say the same as the settings. */
  readonly argv: readonly string[]
  /** Added to the environment of the launching process. */
  readonly env: Readonly<Record<string, string>>
  readonly settings: ControllerSettings | EngineSettings
  /** The cluster's file, for the controller to remove when everybody else is gone. */
  readonly clusterFile?: string
  /**
   * One process for each entry: the file that gets what it writes, or `inherit` to let it write
   * where the launching process does.
   */
  readonly outputs: readonly string[]
}

/** How a process ended. */
export interface ProcessEnd extends DeathCause {
  /** What the role itself said about it. */
  readonly message?: string
}

/** A process that a launcher started. */
export interface LaunchedProcess {
  readonly pid: number
  /** Undefined when it writes where the launching process does. */
  readonly outputFile: string | undefined
  /** Settles once, never rejects. */
  readonly ended: Promise<ProcessEnd>
  /** False when nobody listens any more. */
  send(message: ToRole): boolean
  /** Called in order; messages that come before it is set wait for it. */
  onMessage(listener: (message: FromRole) => void): void
  /** Asks it to stop, and kills it when it does not. Stopping twice is one stop. */
  stop(): Promise<ProcessEnd>
  /** Ends it at once, with everything that it started. */
  kill(): void
  /** @throws {ArgumentError} for a signal that this system does not have. */
  signal(name: string): void
  /** Leaves it running when the launching process ends. */
  detach(): void
  /** Whether it keeps the launching process alive. */
  keepAlive(alive: boolean): void
}

/** A way to start processes: on this machine, on others, through a batch system. */
export interface Launcher {
  /** As after `--engines=`. */
  readonly name: string
  /**
   * Starts one process for each output of the plan.
   * @throws {LaunchError} when a process cannot be started; none is left behind then.
   */
  launch(plan: ProcessPlan): Promise<readonly LaunchedProcess[]>
}
