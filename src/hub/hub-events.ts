import type { DeathCause, EngineFacts } from '../jupyter/mod.ts'

/** What happened around the engines, as the hub is told. Times are `Clock.monotonicMs`. */
export type HubEvent =
  | {
      readonly type: 'registration-requested'
      readonly uuid: string
      readonly requestedId?: number | undefined
      readonly facts?: EngineFacts | undefined
      readonly atMs: number
    }
  /** By id or by uuid; `cause` when the process that started the engine saw it end. */
  | {
      readonly type: 'unregistration-requested'
      readonly id?: number | undefined
      readonly uuid?: string | undefined
      readonly cause?: DeathCause | undefined
      readonly atMs: number
    }
  /** The engine itself has said on iopub that it ends. */
  | { readonly type: 'engine-shut-down'; readonly uuid: string; readonly atMs: number }
  | {
      readonly type: 'heart-answered'
      readonly uuid: string
      readonly ping: string
      readonly atMs: number
    }
  | { readonly type: 'time-passed'; readonly atMs: number }
