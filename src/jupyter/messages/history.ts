import { field } from '../json.ts'
import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import { emptySpec, type MessageSpec } from './message-spec.ts'

export const historyRequest: MessageSpec<Record<never, never>> = emptySpec('history_request')

export type HistoryReply =
  /** Ids of the recorded tasks, the first submitted first. */
  { readonly status: 'ok'; readonly history: readonly string[] } | FailureContent

export const historyReply: MessageSpec<HistoryReply> = {
  msgType: 'history_reply',
  encode: (reply) =>
    reply.status === 'error' ? encodeFailure(reply) : { status: 'ok', history: [...reply.history] },
  decode: (content) =>
    content['status'] === 'ok'
      ? { status: 'ok', history: field.strings(content['history'], 'history') }
      : decodeFailure(content),
}
