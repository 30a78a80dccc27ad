import type { EvaluatorLine } from '../kernel/mod.ts'

/** What every role's worker thread is given. */
export interface RoleData {
  readonly line: EvaluatorLine
  /** The process without which this one has no reason to be. */
  readonly starterPid?: number
  readonly logLevel?: number | string
  readonly logFile?: string
}

/** To the worker thread, the first: what its role is. */
export interface RoleStart<Data extends RoleData> {
  readonly type: 'start'
  readonly data: Data
}

/** To the worker thread. */
export type RoleCommand =
  | { readonly type: 'close' }
  /** From now on the role goes on without `starterPid`. */
  | { readonly type: 'release' }
  | { readonly type: 'interrupt' }

/** From the worker thread. */
export type RoleEvent<Started, End> =
  | { readonly type: 'started'; readonly value: Started }
  | { readonly type: 'failed'; readonly message: string; readonly retry: 'never' | 'later' }
  | { readonly type: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly type: 'ended'; readonly reason: End }
