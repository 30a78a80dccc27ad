import type { ClientConnectionInfo, DeathCause, EngineConnectionInfo } from '../../jupyter/mod.ts'
import type { ControllerSettings } from '../settings/controller-settings.ts'
import type { EngineSettings } from '../settings/engine-settings.ts'

/** What the process that starts a controller or an engine tells it. */
export type ToRole =
  | {
      readonly type: 'start'
      readonly settings: ControllerSettings | EngineSettings
      /** Removed by the controller when the process that wrote it is gone. */
      readonly clusterFile?: string
    }
  /** To an engine: where its controller is. */
  | { readonly type: 'connection-info'; readonly info: EngineConnectionInfo }
  | { readonly type: 'stop' }
  /** The starter leaves, and the role shall go on without it. */
  | { readonly type: 'stay' }

/** What a controller or an engine tells the process that started it. */
export type FromRole =
  | {
      readonly type: 'listening'
      readonly engineInfo: EngineConnectionInfo
      readonly clientInfo: ClientConnectionInfo
    }
  | { readonly type: 'registered'; readonly id: number; readonly uuid: string }
  /** The program that it ran is gone, and so will it be: this is how that one ended. */
  | { readonly type: 'died'; readonly cause: DeathCause }
  /** It is about to end, and says why better than an exit code could. */
  | { readonly type: 'failed'; readonly message: string }
