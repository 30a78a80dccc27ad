import { type Clock, type IparallelError, Queue, type Timer } from '../base/mod.ts'
import { type Message, status, stream } from '../jupyter/mod.ts'
import type { Codec } from '../serialize/mod.ts'
import type { EngineDirectory } from './engine-directory.ts'
import type { LiveOutput } from './live-output.ts'
import { Outstanding } from './outstanding.ts'
import type { StreamName } from './ports.ts'
import { finish, type ReplyParts, readReply } from './reply.ts'
import { Task, type TaskOutcome, type TaskRequest } from './task.ts'

/** Milliseconds that a task's output may come after its reply before we go on without it. */
const outputGraceMs = 1_000

interface Straggler {
  readonly task: Task
  readonly deadlineMs: number
}

/** Where replies and output find the task that they belong to, and where tasks are settled. */
export class TaskDesk {
  readonly #clock: Clock
  readonly #codec: Codec
  readonly #engines: EngineDirectory
  readonly #live: LiveOutput | undefined
  readonly #outstanding = new Outstanding()
  // Replied tasks whose output is still on its way; all wait equally long, so the first is due first.
  readonly #stragglers = new Queue<Straggler>()
  #graceTimer: Timer | undefined

  constructor(clock: Clock, codec: Codec, engines: EngineDirectory, live: LiveOutput | undefined) {
    this.#clock = clock
    this.#codec = codec
    this.#engines = engines
    this.#live = live
  }

  get size(): number {
    return this.#outstanding.size
  }

  all(): Task[] {
    return this.#outstanding.all()
  }

  get(msgId: string): Task | undefined {
    return this.#outstanding.get(msgId)
  }

  ofEngine(uuid: string): Task[] {
    return this.#outstanding.ofEngine(uuid)
  }

  /** `frames` are kept to be sent again; undefined when that is not possible. */
  open(msgId: string, request: TaskRequest, frames: readonly Uint8Array[] | undefined): Task {
    const task = new Task(msgId, request, this.#clock.now(), frames)
    this.#outstanding.add(task)
    return task
  }

  /** False when no task waits for it: it was answered before, or given up. */
  replied(message: Message): boolean {
    const task = this.#outstanding.get(message.parent?.msgId ?? '')
    if (task === undefined) return false
    if (task.outcome === undefined) this.accept(task, message, message.header.date)
    return true
  }

  /** Takes a reply, from wherever it came. `completedAt` is ISO 8601. */
  accept(task: Task, reply: ReplyParts, completedAt: string): void {
    this.#conclude(task, readReply(task, reply, completedAt, this.#engines, this.#codec))
    if (task.isComplete) this.#settle(task)
    else this.#wait(task)
  }

  /** A message of output, of whatever session. */
  shown(message: Message): void {
    const { parent } = message
    if (parent === undefined) return
    const task = this.#outstanding.get(parent.msgId)
    if (message.header.msgType === status.msgType) {
      if (task === undefined) return
      task.idle ||= status.decode(message.content).executionState === 'idle'
    } else {
      this.#take(task, message)
    }
    if (task?.isComplete === true) this.#settle(task)
  }

  /** Ends a task that gets no (further) reply. */
  fail(task: Task, error: IparallelError): void {
    if (task.settled) return
    if (task.outcome === undefined) this.#conclude(task, { status: 'error', error })
    this.#settle(task)
  }

  close(error: Error): void {
    this.#graceTimer?.cancel()
    this.#stragglers.clear()
    for (const task of this.all()) this.fail(task, error as IparallelError)
  }

  #take(task: Task | undefined, message: Message): void {
    const uuid = message.metadata['engine']
    const engineId = typeof uuid === 'string' ? this.#engines.byUuid(uuid)?.id : undefined
    if (task !== undefined) {
      task.outputSeen++
      if (typeof uuid === 'string') task.engineUuid ??= uuid
      task.engineId ??= engineId
    }
    const piece = message.header.msgType === stream.msgType ? readPiece(message) : undefined
    if (piece !== undefined && task?.request.isQuiet !== true) {
      this.#live?.write(piece.name, engineId, piece.text)
    }
    if (task === undefined) return
    if (piece === undefined) {
      task.output.accept(message)
      task.request.owner.taskShowed?.(task, message)
    } else {
      task.output[piece.name].append(piece.text)
      task.request.owner.taskStreamed?.(task, piece.name, piece.text)
    }
  }

  #conclude(task: Task, outcome: TaskOutcome): void {
    task.outcome = outcome
    task.receivedMs = this.#clock.now()
    task.frames = undefined
  }

  #settle(task: Task): void {
    if (!this.#outstanding.remove(task)) return
    finish(task)
    task.request.owner.taskSettled(task)
  }

  #wait(task: Task): void {
    this.#stragglers.push({ task, deadlineMs: this.#clock.monotonicMs() + outputGraceMs })
    this.#graceTimer ??= this.#clock.setTimer(outputGraceMs, () => this.#giveUpWaiting())
  }

  #giveUpWaiting(): void {
    this.#graceTimer = undefined
    const now = this.#clock.monotonicMs()
    for (let next = this.#stragglers.peek(); next !== undefined; next = this.#stragglers.peek()) {
      if (!next.task.settled) {
        if (next.deadlineMs > now) {
          const waitMs = next.deadlineMs - now
          this.#graceTimer = this.#clock.setTimer(waitMs, () => this.#giveUpWaiting())
          return
        }
        this.#settle(next.task)
      }
      this.#stragglers.shift()
    }
  }
}

function readPiece(message: Message): { name: StreamName; text: string } {
  const { name, text } = stream.decode(message.content)
  return { name: name === 'stderr' ? name : 'stdout', text }
}
