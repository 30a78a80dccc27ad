import type { ExecuteOutcome, ExecuteRequest, Failure, MimeBundle } from '../engine/mod.ts'
import type { FrameParcel } from './frame-parcel.ts'

/** From the thread that serves the engine to the one that runs user code; ids only grow. */
export type MessageToEvaluator =
  | readonly ['execute', id: number, request: ExecuteRequest]
  | readonly ['apply', id: number, call: FrameParcel]
  | readonly ['clear', id: number]
  /** The request should fail, if it is still running. */
  | readonly ['interrupt', id: number]
  /** The thread was stopped in the middle of the request: nothing of that will settle. */
  | readonly ['stopped', id: number]

/** The other way round. Messages about a request come before its `outcome`. */
export type MessageFromEvaluator =
  | readonly ['stream', id: number, name: 'stdout' | 'stderr', text: string]
  | readonly ['executeInput', id: number, code: string, executionCount: number]
  | readonly [
      'executeResult',
      id: number,
      data: MimeBundle,
      metadata: MimeBundle,
      executionCount: number,
    ]
  | readonly [
      'display',
      id: number,
      data: MimeBundle,
      metadata: MimeBundle,
      transient: MimeBundle,
      update: boolean,
    ]
  | readonly ['clearOutput', id: number, wait: boolean]
  | readonly ['executed', id: number, outcome: ExecuteOutcome, error: FrameParcel | undefined]
  | readonly ['applied', id: number, result: FrameParcel]
  | readonly ['failed', id: number, failure: Failure, error: FrameParcel | undefined]
  | readonly ['cleared', id: number]
  /** The process is about to end, and waits until that is confirmed. */
  | readonly ['exit', code: number]

/** What the serving thread gets to reach the other: send it there, transferring the port. */
export interface EvaluatorLine {
  readonly port: import('node:worker_threads').MessagePort
  readonly memory: SharedArrayBuffer
}
