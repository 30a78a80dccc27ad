import type { DeathCause, KernelInfo } from '../jupyter/mod.ts'
import type { KernelClient } from '../kernel-client/mod.ts'

/** A kernel that ended without being asked to. */
export interface KernelDeath {
  /** Undefined when nobody who knows the process is here: its heartbeat stopped. */
  readonly cause: DeathCause | undefined
  /** The last lines that it wrote to its own stdout and stderr. */
  readonly lastWords: string
}

/** A kernel that can be used, whoever started it. */
export interface KernelHandle {
  readonly client: KernelClient
  /** What it said of itself when it was ready. */
  readonly info: KernelInfo
  readonly connectionFile: string
  /** Whether `close` ends it, and `restart` may be called. */
  readonly owned: boolean
  /** Called when it is gone, and once for each death. Set before anything is awaited. */
  onDeath: ((death: KernelDeath) => void) | undefined
  /** Stops what it runs; its namespace stays. Resolves when it has been told. */
  interrupt(): Promise<void>
  /**
   * A new process in place of the old one, with an empty namespace.
   * @throws {KernelLaunchError} when it does not start.
   */
  restart(): Promise<void>
  /** Leaves the kernel; an owned one is ended, politely at first. */
  close(): Promise<void>
}
