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
    }
  | (Failure & { readonly executionCount: number })

export interface ApplyRequest {
  /** The serialised call, exactly the buffers of the `apply_request`. */
  readonly buffers: readonly Uint8Array[]
}

export type ApplyOutcome =
  | { readonly status: 'ok'; readonly buffers: readonly Uint8Array[] }
  | Failure

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
}

/**
 * The port through which an engine runs code. The engine calls it with one request at a time and
 * waits for the outcome; `interrupt` and `clear` may come meanwhile. No method rejects because of
 * user code: its failures are outcomes.
 */
export interface Evaluator {
  execute(request: ExecuteRequest, output: Output): Promise<ExecuteOutcome>
  apply(request: ApplyRequest, output: Output): Promise<ApplyOutcome>
  /** Empties the namespace. */
  clear(): Promise<void>
  /** Makes the running request fail with ename `KeyboardInterrupt`; does nothing when idle. */
  interrupt(): void
}
