import { IparallelError } from '../base/mod.ts'
import {
  applyReply,
  ContentError,
  executeReply,
  type FailureContent,
  type JsonObject,
} from '../jupyter/mod.ts'
import { readPythonValue } from '../pickle/mod.ts'
import { type Codec, isEncoded } from '../serialize/mod.ts'
import type { EngineDirectory } from './engine-directory.ts'
import {
  EngineError,
  ImpossibleDependencyError,
  InvalidDependencyError,
  RemoteError,
  sentFrom,
  TaskAbortedError,
  TaskTimeoutError,
} from './errors.ts'
import { ExecuteResult } from './execute-result.ts'
import type { Task, TaskOutcome } from './task.ts'

/** A reply, wherever it came from: the engine, the scheduler, the hub's records. */
export interface ReplyParts {
  readonly content: JsonObject
  readonly metadata: JsonObject
  readonly buffers: readonly Uint8Array[]
}

/** What the cell's reply says; the rest of an `ExecuteResult` comes with the output. */
interface ExecutedCell {
  readonly executionCount: number
  readonly userExpressions: JsonObject
}

/** Notes what the reply tells about the task, apart from how it ended. */
function noteReply(
  task: Task,
  reply: ReplyParts,
  completedAt: string,
  engines: EngineDirectory,
): void {
  const { engine, engine_id, started, output_count } = reply.metadata
  if (typeof engine === 'string' && engine !== '') {
    task.engineUuid = engine
    const known = engines.byUuid(engine)?.id ?? task.engineId
    task.engineId = known ?? (typeof engine_id === 'number' ? engine_id : undefined)
  }
  if (typeof started === 'string') task.startedAt = started
  task.completedAt = completedAt
  if (isMadeByController(reply)) task.outputExpected = 0
  else if (typeof output_count === 'number') task.outputExpected = output_count
}

/** The task's outcome and all its output are there. */
export function finish(task: Task): void {
  task.settled = true
  if (task.request.kind !== 'execute' || task.outcome?.status !== 'ok') return
  const cell = task.outcome.value as ExecutedCell
  const { engineId, stdout, stderr, displayed: outputs } = task
  const value = new ExecuteResult({ ...cell, engineId, stdout, stderr, outputs: [...outputs] })
  task.outcome = { status: 'ok', value }
}

/**
 * Notes on the task what its reply tells, and returns how it ended. Does not throw: a reply that
 * makes no sense is a failure. `completedAt` is ISO 8601.
 */
export function readReply(
  task: Task,
  reply: ReplyParts,
  completedAt: string,
  engines: EngineDirectory,
  codec: Codec,
): TaskOutcome {
  try {
    noteReply(task, reply, completedAt, engines)
    return task.request.kind === 'execute'
      ? readExecuted(task, reply, codec)
      : readApplied(task, reply, codec)
  } catch (thrown) {
    return { status: 'error', error: asError(thrown) }
  }
}

/** Whether the reply was made by the scheduler or the hub, so that no output belongs to it. */
function isMadeByController({ content, metadata }: ReplyParts): boolean {
  if (content['status'] === 'ok') return false
  const info = content['engine_info']
  const isEmpty = typeof info !== 'object' || info === null || Object.keys(info).length === 0
  return isEmpty && metadata['started'] === undefined
}

function readApplied(task: Task, reply: ReplyParts, codec: Codec): TaskOutcome {
  const content = applyReply.decode(reply.content)
  if (content.status === 'aborted') return aborted(task)
  if (content.status === 'error') return failed(task, content, reply, codec)
  const [first] = reply.buffers
  if (first === undefined) throw new ContentError('the reply of the engine holds no value')
  const { value } = isEncoded(first) ? codec.decode(reply.buffers) : readPythonValue(reply.buffers)
  return { status: 'ok', value }
}

function readExecuted(task: Task, reply: ReplyParts, codec: Codec): TaskOutcome {
  const content = executeReply.decode(reply.content)
  if (content.status === 'aborted') return aborted(task)
  if (content.status === 'error') return failed(task, content, reply, codec)
  const { executionCount, userExpressions } = content
  return { status: 'ok', value: { executionCount, userExpressions } satisfies ExecutedCell }
}

function aborted(task: Task): TaskOutcome {
  const error = new TaskAbortedError(task.msgId, task.engineId)
  return { status: 'aborted', error: sentFrom(error, task.request.origin) }
}

function failed(task: Task, failure: FailureContent, reply: ReplyParts, codec: Codec): TaskOutcome {
  const error = isMadeByController(reply)
    ? sentFrom(controllerError(task, failure), task.request.origin)
    : remoteError(task, failure, reply.buffers, codec)
  return { status: 'error', error }
}

/** Python users match on these names, so the controller keeps them stable: reference §11.5. */
function controllerError(task: Task, failure: FailureContent): IparallelError {
  const { msgId, engineId, engineUuid } = task
  const { ename, evalue } = failure
  switch (ename) {
    case 'EngineError':
      return new EngineError({
        taskId: msgId,
        engineId,
        engineUuid,
        ...(evalue === '' ? {} : { text: evalue }),
      })
    case 'TaskTimeout':
      return new TaskTimeoutError(msgId, evalue)
    case 'ImpossibleDependency':
      return new ImpossibleDependencyError(msgId, evalue)
    case 'InvalidDependency':
      return new InvalidDependencyError(msgId, evalue)
    default:
      return new RemoteError({ ...failure, taskId: msgId }, { origin: task.request.origin })
  }
}

function remoteError(
  task: Task,
  failure: FailureContent,
  buffers: readonly Uint8Array[],
  codec: Codec,
): RemoteError {
  const { ename, evalue, traceback, engineInfo } = failure
  return new RemoteError(
    {
      ename,
      evalue,
      traceback,
      engineId: task.engineId ?? engineInfo.engineId,
      engineUuid: task.engineUuid ?? engineInfo.engineUuid,
      method: engineInfo.method ?? task.request.kind,
      taskId: task.msgId,
    },
    { origin: task.request.origin, cause: originalError(buffers, codec) },
  )
}

/** The thrown value itself, when the engine could send it along and it can be made again here. */
function originalError(buffers: readonly Uint8Array[], codec: Codec): unknown {
  const [first] = buffers
  if (first === undefined || !isEncoded(first)) return undefined
  try {
    return codec.decode(buffers).value
  } catch {
    return undefined
  }
}

function asError(thrown: unknown): IparallelError {
  if (IparallelError.is(thrown)) return thrown
  return new ContentError('the reply cannot be read', { cause: thrown })
}
