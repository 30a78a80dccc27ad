import type { Logger } from '../base/mod.ts'
import type { ClientConnectionInfo } from '../jupyter/mod.ts'
import type { ClusterPlan } from './cluster-plan.ts'
import type { Launcher } from './launcher/launcher.ts'
import type { announceDeath } from './nanny.ts'

/** How far the start has come. */
export type ClusterProgress =
  | { readonly stage: 'launched'; readonly engines: number }
  | { readonly stage: 'controller-ready'; readonly info: ClientConnectionInfo }
  | { readonly stage: 'engines'; readonly ready: number; readonly total: number }

/** What a cluster's processes are started and watched with. */
export interface ClusterPorts {
  launcher(plan: ClusterPlan): Launcher
  readonly announce: typeof announceDeath
  readonly logger: Logger
  readonly onProgress?: ((progress: ClusterProgress) => void) | undefined
  /** Gives the start up, and stops what was started. */
  readonly signal?: AbortSignal | undefined
  /** The starting process is a program of the user's: stopping the cluster must not stop it. */
  readonly inProgram: boolean
}
