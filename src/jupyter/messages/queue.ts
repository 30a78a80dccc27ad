import { ContentError, field, isObject, type JsonObject, type JsonValue } from '../json.ts'
import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import type { MessageSpec } from './message-spec.ts'

/** Engines by id or uuid; undefined means all. */
export type EngineSelection = readonly (number | string)[] | undefined

export function encodeSelection(targets: EngineSelection): JsonValue {
  return targets === undefined ? null : [...targets]
}

/** @throws {ContentError} when it is neither an id, a uuid, a list of these, nor null. */
export function decodeSelection(targets: JsonValue | undefined): EngineSelection {
  if (targets === undefined || targets === null) return undefined
  const list = Array.isArray(targets) ? targets : [targets]
  return list.map((one) => {
    if (typeof one === 'string' || Number.isSafeInteger(one)) return one as string | number
    throw new ContentError("'targets' holds something that is neither an engine's id nor its uuid")
  })
}

export const queueRequest: MessageSpec<{
  readonly targets: EngineSelection
  /** Asks for the ids of the tasks instead of their number. */
  readonly verbose: boolean
}> = {
  msgType: 'queue_request',
  encode: ({ targets, verbose }) => ({ targets: encodeSelection(targets), verbose }),
  decode: ({ targets, verbose }) => ({
    targets: decodeSelection(targets),
    verbose: field.boolean(verbose ?? false, 'verbose'),
  }),
}

/** How many tasks, or which. */
export type TaskCount = number | readonly string[]

export interface EngineQueue {
  /** Direct tasks at the engine. */
  readonly queue: TaskCount
  readonly completed: TaskCount
  /** Load-balanced tasks at the engine. */
  readonly tasks: TaskCount
}

export type QueueReply =
  | {
      readonly status: 'ok'
      readonly engines: ReadonlyMap<number, EngineQueue>
      /** Load-balanced tasks that no engine has yet. */
      readonly unassigned: TaskCount
    }
  | FailureContent

function encodeCount(count: TaskCount): JsonValue {
  return typeof count === 'number' ? count : [...count]
}

function decodeCount(value: JsonValue | undefined, name: string): TaskCount {
  return typeof value === 'number' ? value : field.strings(value, name)
}

export const queueReply: MessageSpec<QueueReply> = {
  msgType: 'queue_reply',
  encode: (reply) => {
    if (reply.status === 'error') return encodeFailure(reply)
    const content: JsonObject = { status: 'ok' }
    for (const [id, { queue, completed, tasks }] of reply.engines) {
      content[id] = {
        queue: encodeCount(queue),
        completed: encodeCount(completed),
        tasks: encodeCount(tasks),
      }
    }
    content['unassigned'] = encodeCount(reply.unassigned)
    return content
  },
  decode: (content) => {
    if (content['status'] !== 'ok') return decodeFailure(content)
    const engines = new Map<number, EngineQueue>()
    for (const [key, value] of Object.entries(content)) {
      if (!/^\d+$/.test(key) || !isObject(value)) continue
      engines.set(Number(key), {
        queue: decodeCount(value['queue'], 'queue'),
        completed: decodeCount(value['completed'], 'completed'),
        tasks: decodeCount(value['tasks'], 'tasks'),
      })
    }
    return { status: 'ok', engines, unassigned: decodeCount(content['unassigned'], 'unassigned') }
  },
}
