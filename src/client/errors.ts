import { IparallelError, type Retry } from '../base/mod.ts'
import { type DeathCause, describeCause } from '../jupyter/mod.ts'
import { showAsStack } from './show-as-text.ts'

/** An engine's id in brackets where it is known: `[2]`. */
function label(engineId: number | undefined): string {
  return engineId === undefined ? '' : `[${engineId}] `
}

/** What a remote error consists of. */
export interface RemoteFailure {
  /** The error's class on the engine: `TypeError`, `ZeroDivisionError`. */
  readonly ename: string
  readonly evalue: string
  /** The lines that a terminal on the engine would have shown. */
  readonly traceback: readonly string[]
  readonly engineId?: number | undefined
  readonly engineUuid?: string | undefined
  /** `apply` or `execute`. */
  readonly method?: string | undefined
  readonly taskId?: string | undefined
}

/**
 * Code failed on an engine. `stack` shows the local call and below it the remote one; `cause` is
 * the original error, made again here, when the engine speaks TypeScript.
 */
export class RemoteError extends IparallelError {
  override readonly code = 'IPAR_REMOTE'
  override readonly retry = 'never'
  readonly ename: string
  readonly evalue: string
  readonly traceback: readonly string[]
  readonly engineId: number | undefined
  readonly engineUuid: string | undefined
  readonly method: string | undefined
  readonly taskId: string | undefined

  /** `origin` was made where the task was sent; its stack becomes the local part of ours. */
  constructor(failure: RemoteFailure, options: { origin?: Error; cause?: unknown } = {}) {
    const { ename, evalue, engineId, method } = failure
    const where = engineId === undefined ? '' : `[${engineId}${method ? `:${method}` : ''}] `
    const what = `${ename}${evalue === '' ? '' : `: ${evalue}`}`
    super(`${where}${what}${hintAt(failure)}`, withCause(options.cause))
    this.ename = ename
    this.evalue = evalue
    this.traceback = failure.traceback
    this.engineId = engineId
    this.engineUuid = failure.engineUuid
    this.method = method
    this.taskId = failure.taskId
    setStack(this, [...localFrames(options.origin), ...this.#remoteFrames()])
  }

  #remoteFrames(): string[] {
    if (this.traceback.length === 0) return []
    const engine = this.engineId === undefined ? 'the engine' : `engine ${this.engineId}`
    const lines = this.traceback.flatMap((line) => stripAnsi(line).split('\n'))
    return [`  on ${engine}:`, ...lines.map((line) => `    ${line}`)]
  }
}

/** Names of cells are globals, which a function that is sent does not take along. */
function hintAt({ ename, evalue, method }: RemoteFailure): string {
  if (ename !== 'ReferenceError' || method !== 'apply') return ''
  const [, name] = /^([\w$]+) is not defined$/.exec(evalue) ?? []
  if (name === undefined || !Object.hasOwn(globalThis, name)) return ''
  return (
    `. Here it is a global, such as a name of a cell, which functions do not take along: ` +
    `view.push({ ${name} }) gives it to the engines`
  )
}

showAsStack(RemoteError.prototype)

/** Errors shown by a `CompositeError` before it says how many more there are. */
const shownMax = 4

/** Several engines or tasks were asked, and at least one of them failed. */
export class CompositeError extends IparallelError {
  override readonly code = 'IPAR_COMPOSITE'
  override readonly retry: Retry
  /** In the order of the engines or items; those that succeeded are left out. */
  readonly errors: readonly IparallelError[]

  constructor(errors: readonly IparallelError[], asked: number) {
    const shown = errors.slice(0, shownMax).map((error) => `  ${firstLine(error.message)}`)
    const more = errors.length - shown.length
    if (more > 0) shown.push(`  … and ${more} more: see .errors`)
    super([`${errors.length} of ${asked} failed:`, ...shown].join('\n'))
    this.errors = errors
    this.retry = errors.every((error) => error.retry === 'later') ? 'later' : 'never'
    const [first] = errors
    if (first?.stack !== undefined) setStack(this, first.stack.split('\n').slice(1))
  }
}

showAsStack(CompositeError.prototype)

/** The engine that had the task is gone. */
export class EngineError extends IparallelError {
  override readonly code = 'IPAR_ENGINE_DIED'
  override readonly retry = 'later'
  readonly engineId: number | undefined
  readonly engineUuid: string | undefined
  readonly taskId: string
  /** How its process ended, where that was seen. */
  readonly death: DeathCause | undefined

  constructor(facts: {
    taskId: string
    engineId?: number | undefined
    engineUuid?: string | undefined
    death?: DeathCause | undefined
    /** Said by the controller; used instead of a text of our own. */
    text?: string | undefined
  }) {
    const { taskId, engineId, engineUuid, death } = facts
    const who = engineId === undefined ? (engineUuid ?? '') : String(engineId)
    super(
      facts.text ?? `Engine ${who} died while running task '${taskId}': ${describeCause(death)}`,
    )
    this.taskId = taskId
    this.engineId = engineId
    this.engineUuid = engineUuid
    this.death = death
  }
}

/** The task was aborted before it started. */
export class TaskAbortedError extends IparallelError {
  override readonly code = 'IPAR_TASK_ABORTED'
  override readonly retry = 'later'
  /** Undefined when a whole map was aborted. */
  readonly taskId: string | undefined
  readonly engineId: number | undefined

  constructor(taskId: string | undefined, engineId?: number, text?: string) {
    super(text ?? `${label(engineId)}task '${taskId}' was aborted before it started`)
    this.taskId = taskId
    this.engineId = engineId
  }
}

abstract class SchedulerError extends IparallelError {
  readonly taskId: string

  constructor(taskId: string, reason: string, evalue: string) {
    super(`task '${taskId}' ${reason}${evalue === '' ? '' : `: ${evalue}`}`)
    this.taskId = taskId
  }
}

/** The task waited in the scheduler's queue for longer than its `timeoutMs`. */
export class TaskTimeoutError extends SchedulerError {
  override readonly code = 'IPAR_TASK_TIMEOUT'
  override readonly retry = 'later'

  constructor(taskId: string, evalue = '') {
    super(taskId, 'waited in the queue for longer than its timeout', evalue)
  }
}

/** What the task depends on can never be met: a task failed, or no engine is left to run it on. */
export class ImpossibleDependencyError extends SchedulerError {
  override readonly code = 'IPAR_IMPOSSIBLE_DEPENDENCY'
  override readonly retry = 'never'

  constructor(taskId: string, evalue = '') {
    super(taskId, 'depends on something that can no longer happen', evalue)
  }
}

/** The task depends on itself, or on a task that the scheduler never got. */
export class InvalidDependencyError extends SchedulerError {
  override readonly code = 'IPAR_INVALID_DEPENDENCY'
  override readonly retry = 'never'

  constructor(taskId: string, evalue = '') {
    super(taskId, 'depends on a task that the scheduler does not know', evalue)
  }
}

/** What was to be called is written in another language than an engine speaks. */
export class WrongLanguageError extends IparallelError {
  override readonly code = 'IPAR_WRONG_LANGUAGE'
  override readonly retry = 'never'
  /** What the call is written in: `typescript`. */
  readonly language: string
  readonly engineId: number
  /** What that engine speaks. */
  readonly engineLanguage: string

  constructor(what: string, language: string, engine: { id: number; language: string }) {
    super(
      `engine ${engine.id} speaks ${engine.language}, so it cannot run ${what}; ` +
        (language === 'typescript' && engine.language === 'python'
          ? "what Python can import goes by name, view.call('math.sqrt', 2), and source text with " +
            "py('lambda x: x * 2'); "
          : '') +
        `directView({ language: '${language}' }) is of the engines that can`,
    )
    this.language = language
    this.engineId = engine.id
    this.engineLanguage = engine.language
  }
}

/** A view needs an engine, and there is none. */
export class NoEnginesRegisteredError extends IparallelError {
  override readonly code = 'IPAR_NO_ENGINES'
  override readonly retry = 'later'

  constructor() {
    super(
      'no engine is registered; start some (ipcluster engines -n 2), or wait for them: ' +
        'await client.waitForEngines(1)',
    )
  }
}

/** An engine's id that is not, or no longer, registered. */
export class NoSuchEngineError extends IparallelError {
  override readonly code = 'IPAR_NO_SUCH_ENGINE'
  override readonly retry = 'later'
  readonly engineId: number

  constructor(engineId: number, ids: readonly number[]) {
    const known = ids.length === 0 ? 'none is registered' : `registered are ${shortList(ids)}`
    super(`there is no engine ${engineId}; ${known}`)
    this.engineId = engineId
  }
}

/** The controller gave no answer when the client was opened. */
export class ConnectionTimeoutError extends IparallelError {
  override readonly code = 'IPAR_CONNECTION_TIMEOUT'
  override readonly retry = 'later'
  /** `tcp://192.168.1.7:10101` */
  readonly address: string
  readonly waitedMs: number

  constructor(address: string, waitedMs: number, state: string, advice: readonly string[]) {
    const hints = advice.map((hint) => `\n  - ${hint}`).join('')
    super(
      `the controller at ${address} did not answer within ${waitedMs / 1000} s: ${state}` +
        (hints === '' ? '' : `\nUsual causes:${hints}`),
    )
    this.address = address
    this.waitedMs = waitedMs
  }
}

/** The connection broke and did not come back in time. */
export class ConnectionLostError extends IparallelError {
  override readonly code = 'IPAR_CONNECTION_LOST'
  override readonly retry = 'later'

  constructor(address: string, lostMs: number) {
    super(
      `the connection to the controller at ${address} has been gone for ${lostMs / 1000} s; ` +
        'is it still running?',
    )
  }
}

/** The client was closed, or the controller shut down, before the answer came. */
export class ClientClosedError extends IparallelError {
  override readonly code = 'IPAR_CLIENT_CLOSED'
  override readonly retry = 'never'

  constructor(why = 'the client is closed') {
    super(why)
  }
}

/** Waiting took longer than asked for; what was waited for goes on. */
export class TimeoutError extends IparallelError {
  override readonly code = 'IPAR_TIMEOUT'
  override readonly retry = 'later'
}

/** The hub refused a request, or could not perform it. */
export class HubError extends IparallelError {
  override readonly code = 'IPAR_HUB'
  override readonly retry = 'never'
  readonly ename: string
  readonly evalue: string

  constructor(request: string, ename: string, evalue: string) {
    super(`the hub answered ${request} with ${ename}${evalue === '' ? '' : `: ${evalue}`}`)
    this.ename = ename
    this.evalue = evalue
  }
}

/** Makes an error point to where the task was sent, rather than to where its failure was noticed. */
export function sentFrom<E extends Error>(error: E, origin: Error): E {
  setStack(error, localFrames(origin))
  return error
}

/** One error for those of several engines or tasks; the end of the connection is the same for all. */
export function together(errors: readonly IparallelError[], asked: number): IparallelError {
  const end = errors.find(
    (error) => error instanceof ClientClosedError || error instanceof ConnectionLostError,
  )
  return end ?? new CompositeError(errors, asked)
}

function withCause(cause: unknown): { cause?: unknown } {
  return cause === undefined ? {} : { cause }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]!
}

/** `0, 1, 2, … (64 in all)` */
function shortList(ids: readonly number[]): string {
  const shown = ids.slice(0, 16).join(', ')
  return ids.length > 16 ? `${shown}, … (${ids.length} in all)` : shown
}

function setStack(error: Error, lines: readonly string[]): void {
  const stack = [`${error.name}: ${error.message}`, ...lines].join('\n')
  Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
}

/** Where a program's call enters this folder, bundled or not: of no interest to who looks for it. */
const ownFrame =
  /[\\/]client[\\/](direct-view|direct-call|dialect|load-balanced-view|executor|mod)\.[jt]s:/

/** The frames of the program that sent the task. */
function localFrames(origin: Error | undefined): string[] {
  const lines = origin?.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  return lines.filter((line) => !ownFrame.test(line))
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal's codes are
const ansiCodes = /\u001b\[[0-9;?]*[A-Za-z]/g

/** Without the colours that Python puts into its tracebacks. */
function stripAnsi(text: string): string {
  return text.replace(ansiCodes, '')
}
