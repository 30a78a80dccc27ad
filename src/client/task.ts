import type { IparallelError } from '../base/mod.ts'
import type { Message } from '../jupyter/mod.ts'
import type { EngineDescription } from './engine-directory.ts'
import type { StreamName } from './ports.ts'
import type { DisplayedOutput } from './task-output.ts'
import { TaskOutput } from './task-output.ts'

export type TaskKind = 'apply' | 'execute'
type TaskChannel = 'mux' | 'task' | 'broadcast'
/** `aborted`: it never ran. */
export type TaskStatus = 'pending' | 'ok' | 'error' | 'aborted'

/** How a task ended. */
export type TaskOutcome =
  | { readonly status: 'ok'; readonly value: unknown }
  | { readonly status: 'error' | 'aborted'; readonly error: IparallelError }

/** Who sent a task and wants to know. */
export interface TaskOwner {
  /** Called once per task, when its outcome and all its output are there. */
  taskSettled(task: Task): void
  /** A piece of a stream came. */
  taskStreamed?(task: Task, name: StreamName, text: string): void
  /** Another message of output came, that of an error excepted. */
  taskShowed?(task: Task, message: Message): void
}

/** What is known of a task: for people, for measuring, for asking the hub later. */
export interface TaskInfo {
  readonly msgId: string
  readonly status: TaskStatus
  readonly engineId: number | undefined
  readonly engineUuid: string | undefined
  /** When this client sent it. */
  readonly submitted: Date
  /** When the engine began and ended, by the engine's clock. */
  readonly started: Date | undefined
  readonly completed: Date | undefined
  /** When the answer was here. */
  readonly received: Date | undefined
  readonly stdout: string
  readonly stderr: string
  readonly outputs: readonly DisplayedOutput[]
  readonly error: IparallelError | undefined
}

/** What is fixed when a task is sent. */
export interface TaskRequest {
  readonly kind: TaskKind
  readonly channel: TaskChannel
  /** The engine that must run it; undefined when the scheduler chooses. */
  readonly target: EngineDescription | undefined
  readonly owner: TaskOwner
  /** The owner's number for it. */
  readonly index: number
  /** Items of a map that it stands for; 1 for anything else. */
  readonly items: number
  /** Its streams are not shown live: whoever sent it does that; default false. */
  readonly isQuiet?: boolean
  /** Made where the user's program asked for it; its stack shows up in errors. */
  readonly origin: Error
}

/** One request to one engine, from being sent to being settled. */
export class Task {
  readonly msgId: string
  readonly request: TaskRequest
  readonly submittedMs: number
  /** Length of all frames. */
  readonly requestBytes: number
  /** Kept to be sent again if the controller loses it; given up when the answer is here. */
  frames: readonly Uint8Array[] | undefined
  /** Which connection of its line it went out over; undefined while it did not. */
  sentIn: number | undefined
  outcome: TaskOutcome | undefined
  engineId: number | undefined
  engineUuid: string | undefined
  /** ISO 8601, by the engine's clock. */
  startedAt: string | undefined
  completedAt: string | undefined
  receivedMs: number | undefined
  /** Messages of output that must be here before the task is settled; undefined: until `idle`. */
  outputExpected: number | undefined
  outputSeen = 0
  idle = false
  settled = false
  #output: TaskOutput | undefined

  constructor(
    msgId: string,
    request: TaskRequest,
    submittedMs: number,
    frames: readonly Uint8Array[] | undefined,
  ) {
    this.msgId = msgId
    this.request = request
    this.submittedMs = submittedMs
    this.frames = frames
    this.requestBytes = frames?.reduce((sum, frame) => sum + frame.length, 0) ?? 0
    this.engineId = request.target?.id
    this.engineUuid = request.target?.uuid
  }

  get status(): TaskStatus {
    return this.settled ? this.outcome!.status : 'pending'
  }

  get error(): IparallelError | undefined {
    return this.outcome === undefined || this.outcome.status === 'ok'
      ? undefined
      : this.outcome.error
  }

  /** Whether the outcome is here and nothing that was shown is still on its way. */
  get isComplete(): boolean {
    if (this.outcome === undefined) return false
    return this.outputExpected === undefined ? this.idle : this.outputSeen >= this.outputExpected
  }

  get output(): TaskOutput {
    this.#output ??= new TaskOutput()
    return this.#output
  }

  /** Replaces what came live by what the hub recorded. */
  restoreOutput(stdout: string, stderr: string): void {
    const output = new TaskOutput()
    output.stdout.append(stdout)
    output.stderr.append(stderr)
    this.#output = output
  }

  get stdout(): string {
    return this.#output?.stdout.toString() ?? ''
  }

  get stderr(): string {
    return this.#output?.stderr.toString() ?? ''
  }

  get displayed(): readonly DisplayedOutput[] {
    return this.#output?.displayed ?? []
  }

  /** A copy of what is known now. */
  info(): TaskInfo {
    return {
      msgId: this.msgId,
      status: this.status,
      engineId: this.engineId,
      engineUuid: this.engineUuid,
      submitted: new Date(this.submittedMs),
      started: dateOf(this.startedAt),
      completed: dateOf(this.completedAt),
      received: dateOf(this.receivedMs),
      stdout: this.stdout,
      stderr: this.stderr,
      outputs: [...this.displayed],
      error: this.error,
    }
  }
}

function dateOf(moment: string | number | undefined): Date | undefined {
  if (moment === undefined || moment === '') return undefined
  const date = new Date(moment)
  return Number.isNaN(date.getTime()) ? undefined : date
}
