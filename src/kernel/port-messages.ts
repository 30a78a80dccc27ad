import type {
  CommEvent,
  ExecuteOutcome,
  ExecuteRequest,
  Failure,
  MimeBundle,
  Reflection,
} from '../engine/mod.ts'
import type { SyncChildRequest } from './children/sync-child.ts'
import type { FrameParcel } from './frame-parcel.ts'

/** A question about code or history: a method of `Reflection`, and what it is called with. */
export type Question = {
  readonly [Name in keyof Reflection]: readonly [
    name: Name,
    request: Parameters<Reflection[Name]>[0],
  ]
}[keyof Reflection]

/** What is to be done, in the order of the ids, which have no gaps. */
export type RequestToEvaluator =
  | readonly ['execute', id: number, request: ExecuteRequest]
  | readonly ['apply', id: number, call: FrameParcel]
  | readonly ['clear', id: number]
  | readonly ['comm', id: number, event: CommEvent, buffers: FrameParcel]
  | readonly ['listComms', id: number]
  | readonly ['ask', id: number, question: Question]
  /** A call that was withdrawn. */
  | readonly ['skip', id: number]

/** From the thread that serves the engine to the one that runs user code. */
export type MessageToEvaluator =
  | RequestToEvaluator
  /** The request should fail, if it is still running. */
  | readonly ['interrupt', id: number]
  /**
   * The thread was stopped while it worked on the request, of which nothing will settle any more;
   * or, if that is not certain, while it did anything. Requests that wait are sent again.
   */
  | readonly ['stopped', id: number, isUncertain: boolean]
  /** What a service gave, or why it failed. */
  | readonly ['served', call: number, result: ServiceResult]
  /** What the user answered to the question `input`; or why there is no answer. */
  | readonly ['answer', input: number, answer: InputAnswer]

/** What the other thread can do for user code. */
export type ServiceResult = { readonly value: unknown } | { readonly message: string }

export type InputAnswer =
  | { readonly line: string }
  | { readonly name: string; readonly message: string }

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
  | readonly ['comm', id: number, event: CommEvent, buffers: FrameParcel]
  /** Something that only the other thread can do is wanted, whatever runs. */
  | readonly ['serve', call: number, service: 'bindKernel', argument: unknown]
  /** A child process is to be run, while the thread that asks for it waits for it. */
  | readonly ['spawn', id: number, child: SyncChildRequest]
  | readonly ['input', id: number, input: number, prompt: string, password: boolean]
  | readonly ['executed', id: number, outcome: ExecuteOutcome, error: FrameParcel | undefined]
  | readonly ['applied', id: number, result: FrameParcel]
  | readonly ['failed', id: number, failure: Failure, error: FrameParcel | undefined]
  | readonly ['cleared', id: number]
  /** The call was withdrawn before it began. */
  | readonly ['skipped', id: number]
  | readonly ['answered', id: number, answer: unknown]
  /** The process is about to end, and waits until that is confirmed. */
  | readonly ['exit', code: number]

/** What the serving thread gets to reach the other: send it there, transferring the port. */
export interface EvaluatorLine {
  readonly port: import('node:worker_threads').MessagePort
  readonly memory: SharedArrayBuffer
}
