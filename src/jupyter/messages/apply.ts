import { field, type JsonObject, type JsonValue } from '../json.ts'
import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import { emptySpec, type MessageSpec } from './message-spec.ts'

/** The request's content is empty: the call travels in the buffers, its wishes in the metadata. */
export const applyRequest: MessageSpec<Record<never, never>> = emptySpec('apply_request')

export type ApplyReply = { readonly status: 'ok' } | FailureContent | { readonly status: 'aborted' }

export const applyReply: MessageSpec<ApplyReply> = {
  msgType: 'apply_reply',
  encode: (reply) => (reply.status === 'error' ? encodeFailure(reply) : { status: reply.status }),
  decode: (content) =>
    content['status'] === 'ok'
      ? { status: 'ok' }
      : content['status'] === 'aborted'
        ? { status: 'aborted' }
        : decodeFailure(content),
}

/** Tasks that must have ended before this one. A plain list on the wire means the defaults. */
export interface DependencyContent {
  readonly ids: readonly string[]
  /** All of them, or any one. */
  readonly all: boolean
  /** Whether those that succeeded, and those that failed, count. */
  readonly success: boolean
  readonly failure: boolean
}

/** The metadata of a load-balanced request; every key may be missing. */
export interface TaskMetadata {
  readonly after: DependencyContent | undefined
  readonly follow: DependencyContent | undefined
  /** Milliseconds that the task may wait in the queue; undefined means without end. */
  readonly timeoutMs: number | undefined
  /** Uuids of the engines that may run it; undefined means all. */
  readonly targets: readonly string[] | undefined
  /** Further attempts after the first has failed. */
  readonly retries: number
  /** The language that the call is written in (`typescript`); undefined where Python sent it. */
  readonly language: string | undefined
}

function decodeDependency(value: JsonValue | undefined, name: string) {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) {
    const ids = field.strings(value, name)
    return ids.length === 0 ? undefined : { ids, all: true, success: true, failure: false }
  }
  const raw = field.object(value, name)
  const ids = field.strings(raw['dependencies'] ?? [], `${name}.dependencies`)
  if (ids.length === 0) return undefined
  return {
    ids,
    all: field.boolean(raw['all'] ?? true, `${name}.all`),
    success: field.boolean(raw['success'] ?? true, `${name}.success`),
    failure: field.boolean(raw['failure'] ?? false, `${name}.failure`),
  }
}

function encodeDependency(dependency: DependencyContent | undefined): JsonValue {
  if (dependency === undefined) return []
  const { ids, all, success, failure } = dependency
  return { dependencies: [...ids], all, success, failure }
}

export function encodeTaskMetadata(task: TaskMetadata): JsonObject {
  return {
    after: encodeDependency(task.after),
    follow: encodeDependency(task.follow),
    timeout: task.timeoutMs === undefined ? null : task.timeoutMs / 1000,
    targets: task.targets === undefined ? [] : [...task.targets],
    retries: task.retries,
    ...(task.language === undefined ? {} : { language: task.language }),
  }
}

/** @throws {ContentError} naming the key that is wrong. */
export function decodeTaskMetadata(metadata: JsonObject): TaskMetadata {
  const { timeout, targets, retries, language } = metadata
  const seconds = timeout === undefined || timeout === null ? 0 : field.number(timeout, 'timeout')
  const engines = targets === undefined || targets === null ? [] : field.strings(targets, 'targets')
  return {
    after: decodeDependency(metadata['after'], 'after'),
    follow: decodeDependency(metadata['follow'], 'follow'),
    timeoutMs: seconds > 0 ? seconds * 1000 : undefined,
    targets: engines.length === 0 ? undefined : engines,
    retries: retries === undefined || retries === null ? 0 : field.integer(retries, 'retries'),
    language: typeof language === 'string' ? language : undefined,
  }
}
