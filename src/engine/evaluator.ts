import type { IsCompleteReply, KernelHistoryEntry, KernelHistoryRequest } from '../jupyter/mod.ts'

/** Data by media type, as in Jupyter's `execute_result`. */
export type MimeBundle = Record<string, unknown>

export interface ExecuteRequest {
  /** A cell: statements, top-level await, imports, TypeScript. */
  readonly code: string
  /** No `execute_input`, no `execute_result`, no history, no counter. */
  readonly silent: boolean
  readonly storeHistory: boolean
  /** Expressions by name, evaluated after the cell when it succeeded. */
  readonly userExpressions: Readonly<Record<string, string>>
}

export interface Failure {
  readonly status: 'error'
  /** The error's class: `TypeError`. */
  readonly ename: string
  readonly evalue: string
  /** Lines, as a terminal shows them. */
  readonly traceback: readonly string[]
  /** What was thrown, encoded for clients of our own; empty when it cannot travel. */
  readonly buffers?: readonly Uint8Array[]
}

export type ExecuteOutcome =
  | {
      readonly status: 'ok'
      readonly executionCount: number
      readonly userExpressions: Readonly<Record<string, unknown>>
      /** What the front end is asked to do, such as to offer a next cell. */
      readonly payload?: readonly Readonly<Record<string, unknown>>[]
    }
  | (Failure & { readonly executionCount: number })

export interface ApplyRequest {
  /** The serialised call, exactly the buffers of the `apply_request`. */
  readonly buffers: readonly Uint8Array[]
}

export type ApplyOutcome =
  | { readonly status: 'ok'; readonly buffers: readonly Uint8Array[] }
  | Failure

/** What a call comes to that was withdrawn before it began. */
export interface Withdrawn {
  readonly status: 'aborted'
}

/** A message of a comm, from the front end or to it. */
export interface CommEvent {
  readonly type: 'open' | 'message' | 'close'
  readonly commId: string
  /** Present when a comm is opened. */
  readonly targetName?: string | undefined
  readonly data: MimeBundle
  readonly metadata: MimeBundle
  readonly buffers: readonly Uint8Array[]
}

/** The port through which front ends reach the comms of user code. */
export interface CommLine {
  /** Hands a front end's message to user code; what fails there is shown on stderr. */
  receive(event: CommEvent, output: Output): Promise<void>
  /** The targets of the open comms, by id. */
  list(): Promise<Readonly<Record<string, string>>>
}

/** Where what user code shows goes while it runs. */
export interface Output {
  stream(name: 'stdout' | 'stderr', text: string): void
  executeInput(code: string, executionCount: number): void
  executeResult(data: MimeBundle, metadata: MimeBundle, executionCount: number): void
  display(data: MimeBundle, metadata: MimeBundle, transient: MimeBundle, update: boolean): void
  clearOutput(wait: boolean): void
  /**
   * A line from the user, who is shown the prompt. What is typed stays unseen when it is a
   * password.
   * @throws {StdinNotImplementedError} when there is no user to ask.
   */
  input(prompt: string, password: boolean): Promise<string>
  /** A message of a comm to the front ends; absent where none can listen. */
  comm?(event: CommEvent): void
}

/** A place in code: `cursorPos` counts UTF-16 units, as strings do here. */
export interface CursorRequest {
  readonly code: string
  readonly cursorPos: number
}

export interface CompleteOutcome {
  /** What may stand between `cursorStart` and `cursorEnd`, the best first. */
  readonly matches: readonly string[]
  readonly cursorStart: number
  readonly cursorEnd: number
  /** `_jupyter_types_experimental` says of each match what it is. */
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface InspectRequest extends CursorRequest {
  /** 1 shows the source too. */
  readonly detailLevel: 0 | 1
}

export interface InspectOutcome {
  readonly found: boolean
  readonly data: MimeBundle
  readonly metadata: MimeBundle
}

/** As the reply says it: nothing of it depends on how positions are counted. */
export type IsCompleteOutcome = IsCompleteReply

export type HistoryRequest = KernelHistoryRequest

export type HistoryEntry = KernelHistoryEntry

export interface HistoryOutcome {
  readonly entries: readonly HistoryEntry[]
}

/** What can be asked about code and values without running any of the user's. */
export interface Reflection {
  complete(request: CursorRequest): Promise<CompleteOutcome>
  inspect(request: InspectRequest): Promise<InspectOutcome>
  isComplete(code: string): Promise<IsCompleteOutcome>
  history(request: HistoryRequest): Promise<HistoryOutcome>
}

/**
 * The port through which an engine runs code. The engine calls it with one request at a time and
 * waits for the outcome, but of calls it may give several; `interrupt` and `clear` may come meanwhile.
 * No method rejects because of user code: its failures are outcomes.
 */
export interface Evaluator extends Reflection {
  /** Calls that may be given before the first has its outcome; they run in order. Default 1. */
  readonly callsMax?: number
  execute(request: ExecuteRequest, output: Output): Promise<ExecuteOutcome>
  apply(request: ApplyRequest, output: Output): Promise<ApplyOutcome | Withdrawn>
  /** Takes back a call that was given; false if it has begun. */
  withdraw?(request: ApplyRequest): boolean
  /** Empties the namespace. */
  clear(): Promise<void>
  /** Makes the running request fail with ename `KeyboardInterrupt`; does nothing when idle. */
  interrupt(): void
  /** Absent where user code cannot have comms: a front end's are closed at once. */
  readonly comms?: CommLine
}
