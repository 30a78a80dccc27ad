import { assert, type Clock, type Logger, messageOf, type Timer, text, utf8 } from '../base/mod.ts'
import type { Engine, TaskLedger, TaskRecord } from '../hub/mod.ts'
import {
  applyRequest,
  ContentError,
  type DeathCause,
  decodeTaskMetadata,
  executeRequest,
  isoDate,
  type JsonObject,
  languageInUuid,
  Message,
  type Session,
} from '../jupyter/mod.ts'
import {
  defaultLanguage,
  type SchedulerEffect,
  type TaskFailure,
  type TaskOrder,
  TaskScheduler,
  type TaskSchedulerOptions,
} from '../scheduling/mod.ts'
import type { ClientLine } from './client-line.ts'
import type { EngineIdentities } from './engine-identities.ts'
import type { EngineLine } from './engine-line.ts'
import type { MessageGate } from './message-gate.ts'
import { failureContent, type OwnReply, ownReply } from './replies.ts'

/** A load-balanced task with what is needed to send it on. */
interface TaskRequest extends TaskOrder {
  readonly message: Message
  /** As received, so that relaying makes nothing new, behind the last engine's identity if any. */
  readonly frames: Uint8Array[]
  /** Where the reply goes; undefined when the hub itself asked, which reads its own records. */
  readonly route: Uint8Array | undefined
  /** No engine has had it. */
  isFresh: boolean
  /** How often it was signed anew for an engine that had it before. */
  repeats: number
}

export interface TaskChannelOptions extends TaskSchedulerOptions {
  readonly session: Session
  readonly clock: Clock
  readonly logger: Logger
  readonly gate: MessageGate
  readonly ledger: TaskLedger
  readonly identities: EngineIdentities
  readonly clients: ClientLine
  readonly engines: EngineLine
  /** Asks an engine to give tasks back that it has not begun. */
  readonly recall: (engine: string, taskIds: readonly string[]) => void
}

/** Engines in this language answer a recall while they work: their line is a thread of its own. */
const recallingLanguage = 'typescript'

/** Stands where a client's route would, in tasks that the hub submits. */
const hubRoute = utf8('hub')

/**
 * Load-balanced tasks between clients and engines: feeds the scheduler and does what it decides.
 * Frames: protocol reference §4, row "task".
 */
export class TaskChannel {
  readonly #options: TaskChannelOptions
  readonly #scheduler: TaskScheduler<TaskRequest>
  #timer: Timer | undefined
  #timerAtMs = Number.POSITIVE_INFINITY

  constructor(options: TaskChannelOptions) {
    this.#options = options
    this.#scheduler = new TaskScheduler(options)
    const { gate } = options
    options.clients.onMessage = gate.guard('task', (frames) => this.#receiveRequest(frames))
    options.engines.onMessage = gate.guard('task', (frames) => this.#receiveReply(frames))
  }

  engineJoined({ uuid, id, facts }: Engine): void {
    const language = facts.language ?? defaultLanguage
    const atMs = this.#now()
    const recalls = language === recallingLanguage
    const joined = { type: 'engine-joined', uuid, id, language, recalls, atMs } as const
    this.#perform(this.#scheduler.apply(joined))
  }

  engineLeft({ uuid }: Engine, cause: DeathCause | undefined): void {
    this.#options.engines.forget(uuid)
    this.#perform(this.#scheduler.apply({ type: 'engine-left', uuid, cause, atMs: this.#now() }))
  }

  /** Drops those that no engine has; those that one has are aborted by that engine. */
  abort(taskIds: readonly string[]): void {
    this.#perform(this.#scheduler.apply({ type: 'tasks-aborted', taskIds, atMs: this.#now() }))
  }

  /** Runs a recorded task again, under a new id; of its wishes, only the language is repeated. */
  resubmit(record: TaskRecord): string {
    const { session } = this.#options
    const { header, metadata, content, buffers } = record.request
    const { msgId, date } = session.newHeader(header.msgType)
    const fresh = { ...header, msgId, date }
    // Clients of Python's say none, and those of ours not on the direct channel.
    const language = metadata['language'] ?? languageInUuid(record.engineUuid ?? '')
    const frames = session.pack(fresh, {
      idents: [hubRoute],
      content,
      buffers,
      ...(language === undefined ? {} : { metadata: { language } }),
    })
    const message = asMessage(frames)
    this.#submit(message, frames, undefined)
    return msgId
  }

  close(): void {
    this.#timer?.cancel()
  }

  #now(): number {
    return this.#options.clock.monotonicMs()
  }

  #receiveRequest(frames: Uint8Array[]): void {
    const message = this.#options.gate.admit(frames, 'task')
    if (message !== undefined) this.#submit(message, frames, frames[0])
  }

  #submit(message: Message, frames: Uint8Array[], route: Uint8Array | undefined): void {
    const { ledger, session, clients } = this.#options
    const id = message.header.msgId
    let order: TaskRequest
    try {
      const wishes = decodeTaskMetadata(message.check().metadata)
      checkTask(message)
      order = { id, wishes, message, frames, route, isFresh: true, repeats: 0 }
    } catch (error) {
      this.#options.gate.refuse(route, 'task', error)
      const content = failureContent('ContentError', messageOf(error))
      if (route !== undefined) clients.trySend(ownReply(session, message, [route], content).frames)
      return
    }
    if (!this.#scheduler.knows(id)) ledger.submitted(message, 'task')
    this.#perform(this.#scheduler.apply({ type: 'task-submitted', order, atMs: this.#now() }))
  }

  #receiveReply(frames: Uint8Array[]): void {
    const message = this.#options.gate.admitUnread(frames, 'task')
    if (message === undefined) return
    const { gate, ledger, clock, engines } = this.#options
    const outcome = gate.read(message, 'task', () => outcomeOf(message))
    if (outcome === undefined) return
    const engine = text(frames[0]!)
    engines.answered(engine, outcome.taskId)
    const isDone = outcome.status !== 'returned' && outcome.dependenciesMet
    if (isDone && !this.#scheduler.knows(outcome.taskId)) {
      gate.read(message, 'task', () =>
        ledger.endedUnseen(message.parent!, message, 'task', clock.now()),
      )
    }
    const atMs = this.#now()
    const effects = this.#scheduler.apply({ type: 'result-received', engine, atMs, ...outcome })
    this.#perform(effects, message, frames)
  }

  #perform(
    effects: readonly SchedulerEffect<TaskRequest>[],
    reply?: Message,
    frames?: Uint8Array[],
  ): void {
    const { ledger, recall } = this.#options
    let recalled: Map<string, string[]> | undefined
    for (const effect of effects) {
      const { order } = effect
      switch (effect.type) {
        case 'run-task':
          this.#run(order, effect.engine, effect.again)
          break
        case 'recall-task': {
          recalled ??= new Map()
          const ids = recalled.get(effect.engine)
          if (ids === undefined) recalled.set(effect.engine, [order.id])
          else ids.push(order.id)
          break
        }
        case 'unassign-task':
          ledger.returned(order.id)
          break
        case 'deliver-reply':
          assert(reply !== undefined && frames !== undefined, 'a reply is delivered as it comes')
          ledger.ended(order.id, reply, this.#options.clock.now())
          this.#deliver(order, frames)
          break
        case 'fail-task':
          this.#finish(order, this.#failure(order, effect.failure))
          break
        case 'abort-task':
          this.#finish(order, this.#aborted(order))
          break
        case 'repeat-answer':
          this.#repeatAnswer(order)
          break
      }
    }
    if (recalled !== undefined) for (const [engine, ids] of recalled) recall(engine, ids)
    this.#setTimer()
  }

  #run(order: TaskRequest, engine: string, again: boolean): void {
    const { ledger, identities, engines, session } = this.#options
    const identity = identities.get(engine)
    if (again) {
      const { message } = order
      const metadata = { ...message.metadata, repeat: ++order.repeats }
      const idents = [identity, order.route ?? hubRoute]
      engines.send(engine, session.repack(message, { metadata, idents }), order.id)
    } else if (order.isFresh) {
      order.isFresh = false
      order.frames.unshift(identity)
      engines.send(engine, order.frames, order.id)
    } else {
      engines.send(engine, [identity, ...order.frames.slice(1)], order.id)
    }
    ledger.assigned(order.id, engine)
  }

  /** The engine's frames become the client's by exchanging the first two. */
  #deliver(order: TaskRequest, frames: Uint8Array[]): void {
    if (order.route === undefined) return
    frames[1] = frames[0]!
    frames[0] = order.route
    this.#options.clients.trySend(frames)
  }

  #finish(order: TaskRequest, { frames, recorded }: OwnReply): void {
    this.#options.ledger.ended(order.id, recorded, this.#options.clock.now())
    if (order.route !== undefined) this.#options.clients.trySend(frames)
  }

  #failure(order: TaskRequest, { ename, evalue, engine }: TaskFailure): OwnReply {
    const content = failureContent(ename, evalue)
    if (engine === undefined) return this.#reply(order, content)
    const { uuid, id } = engine
    const date = isoDate(this.#options.clock.now())
    const metadata = { status: 'error', engine: uuid, engine_id: id, date }
    return this.#reply(order, content, metadata)
  }

  #aborted(order: TaskRequest): OwnReply {
    return this.#reply(order, { status: 'aborted' }, { status: 'aborted' })
  }

  #reply(order: TaskRequest, ...parts: [content: JsonObject, metadata?: JsonObject]): OwnReply {
    return ownReply(this.#options.session, order.message, [order.route ?? hubRoute], ...parts)
  }

  /** A client has sent a task that had ended: it has lost the reply, and gets it once more. */
  #repeatAnswer(order: TaskRequest): void {
    const { gate, ledger, session, clients } = this.#options
    const { route } = order
    if (route === undefined) return
    const reply = ledger.store.get(order.id)?.reply
    if (reply === undefined) {
      const evalue = `the task '${order.id}' has ended and its result is not kept any more`
      clients.trySend(this.#reply(order, failureContent('KeyError', evalue)).frames)
      return
    }
    const frames = gate.read(order.message, 'task', () => {
      const { header, metadata, content, buffers } = reply
      const parts = { idents: [route], parent: order.message, metadata, content, buffers }
      return session.pack(header, parts)
    })
    const evalue = `the reply to the task '${order.id}' cannot be read`
    clients.trySend(frames ?? this.#reply(order, failureContent('ContentError', evalue)).frames)
  }

  #setTimer(): void {
    const dueAtMs = this.#scheduler.nextDeadlineMs ?? Number.POSITIVE_INFINITY
    if (dueAtMs === this.#timerAtMs) return
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timerAtMs = dueAtMs
    if (dueAtMs === Number.POSITIVE_INFINITY) return
    const delayMs = Math.max(0, dueAtMs - this.#now())
    this.#timer = this.#options.clock.setTimer(delayMs, () => {
      this.#timerAtMs = Number.POSITIVE_INFINITY
      this.#perform(this.#scheduler.apply({ type: 'time-passed', atMs: this.#now() }))
    })
  }
}

/** Of frames that we have packed ourselves: route, delimiter, signature, four parts, buffers. */
function asMessage(frames: readonly Uint8Array[]): Message {
  const [header, parentHeader, metadata, content, ...buffers] = frames.slice(3)
  assert(content !== undefined, 'a packed message has four parts')
  return new Message(
    frames.slice(0, 1),
    { header: header!, parentHeader: parentHeader!, metadata: metadata!, content },
    buffers,
  )
}

/**
 * Python's engines say nothing to a request that they do not know or cannot read, and would be busy
 * with it for ever. @throws {ContentError}
 */
function checkTask({ header: { msgType }, content }: Message): void {
  if (msgType === executeRequest.msgType) executeRequest.decode(content)
  else if (msgType !== applyRequest.msgType) {
    throw new ContentError(`'${msgType.slice(0, 40)}' is no task: nothing to balance the load with`)
  }
}

interface Outcome {
  readonly status: 'ok' | 'error' | 'aborted' | 'returned'
  readonly dependenciesMet: boolean
  readonly runMs?: number | undefined
  readonly together?: number | undefined
}

/** What an engine's reply says about its task. @throws {ContentError} when that is no task. */
function outcomeOf(reply: Message): Outcome & { readonly taskId: string } {
  const taskId = reply.parent?.msgId
  if (taskId === undefined) throw new ContentError('the reply does not say what it answers')
  try {
    return { taskId, ...readOutcome(reply) }
  } catch (error) {
    if (!(error instanceof ContentError)) throw error
    // The engine has done with it, and whoever waits for it is to see that it cannot be read.
    return { taskId, status: 'error', dependenciesMet: true }
  }
}

/** @throws {ContentError} */
function readOutcome(reply: Message): Outcome {
  const { metadata } = reply
  const status = metadata['status'] ?? reply.content['status']
  const { run_ms: runMs, together, recalled } = metadata
  const undone = recalled === true ? 'returned' : 'aborted'
  return {
    status: status === 'ok' ? status : status === 'aborted' ? undone : 'error',
    dependenciesMet: metadata['dependencies_met'] !== false,
    runMs: typeof runMs === 'number' && runMs >= 0 ? runMs : undefined,
    together: typeof together === 'number' && together >= 1 ? together : undefined,
  }
}
