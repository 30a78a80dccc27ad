import {
  ContentError,
  type FailureContent,
  type JsonObject,
  type MessageSpec,
} from '../jupyter/mod.ts'
import type { HubState } from './hub-state.ts'
import { RequestError } from './request-error.ts'
import type { TaskLedger } from './task-ledger.ts'
import type { TaskRecord } from './task-record.ts'

/** What a client is told. */
export interface Answer {
  readonly msgType: string
  readonly content: JsonObject
  readonly buffers: readonly Uint8Array[]
}

/** What the answers are drawn from. */
export interface HubFacts {
  readonly state: HubState
  readonly ledger: TaskLedger
  /** Runs a recorded task once more and gives its new id. */
  readonly resubmit: (record: TaskRecord) => string
}

export function answer<T>(
  spec: Pick<MessageSpec<T>, 'msgType' | 'encode'>,
  value: T,
  buffers: readonly Uint8Array[] = [],
): Answer {
  return { msgType: spec.msgType, content: spec.encode(value), buffers }
}

/** What to tell the client about a refusal. Throws on whatever was not thrown on purpose. */
export function failureOf(error: unknown): FailureContent {
  if (error instanceof RequestError) return failure(error.ename, error.evalue)
  if (error instanceof ContentError) return failure('ContentError', error.message)
  throw error
}

function failure(ename: string, evalue: string): FailureContent {
  const traceback = [`${ename}: ${evalue}`]
  return { status: 'error', ename, evalue, traceback, engineInfo: {} }
}
