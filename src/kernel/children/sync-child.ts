import type { MessagePort } from 'node:worker_threads'
import type { PlannedStdio } from './stdio-plan.ts'

/** A child process that the main thread waits for, which the other thread runs meanwhile. */
export interface SyncChildRequest {
  readonly file: string
  readonly args: readonly string[]
  readonly options: {
    readonly cwd: string | undefined
    readonly env: Readonly<Record<string, string | undefined>>
    readonly argv0?: string
    readonly uid?: number
    readonly gid?: number
    readonly shell?: boolean | string
    readonly windowsHide?: boolean
    readonly windowsVerbatimArguments?: boolean
  }
  readonly stdio: readonly PlannedStdio[]
  readonly input: Uint8Array | undefined
  readonly timeoutMs: number | undefined
  readonly killSignal: NodeJS.Signals | number
  /** Bytes that each collected stream may have. */
  readonly bytesMax: number
  /** Where the result goes, and the word that changes when it is there. */
  readonly port: MessagePort
  readonly done: Int32Array
}

export interface SyncChildResult {
  readonly pid: number
  /** By descriptor; null for those that are not collected. */
  readonly output: readonly (Uint8Array | null)[]
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  /** Why it could not be run to its end. */
  readonly error: { readonly code: string; readonly errno: number | undefined } | undefined
  /** The request was interrupted, and the child with it. */
  readonly isInterrupted: boolean
}
