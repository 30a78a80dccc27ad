import { field } from '../json.ts'
import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import type { MessageSpec } from './message-spec.ts'

/** Asks the hub to forget the results of tasks, and of all tasks of some engines. */
export const purgeRequest: MessageSpec<{
  readonly msgIds: readonly string[] | 'all'
  readonly engineIds: readonly number[]
}> = {
  msgType: 'purge_request',
  encode: ({ msgIds, engineIds }) => ({
    msg_ids: msgIds === 'all' ? msgIds : [...msgIds],
    engine_ids: [...engineIds],
  }),
  decode: ({ msg_ids, engine_ids }) => ({
    msgIds: msg_ids === 'all' ? msg_ids : field.strings(msg_ids ?? [], 'msg_ids'),
    engineIds: field.integers(engine_ids ?? [], 'engine_ids'),
  }),
}

/** An answer that holds nothing but whether it worked. */
export type PlainReply = { readonly status: 'ok' } | FailureContent

/** The spec of an answer that holds nothing but whether it worked. */
export function plainReply(msgType: string): MessageSpec<PlainReply> {
  return {
    msgType,
    encode: (reply) => (reply.status === 'error' ? encodeFailure(reply) : { status: 'ok' }),
    decode: (content) => (content['status'] === 'ok' ? { status: 'ok' } : decodeFailure(content)),
  }
}

export const purgeReply: MessageSpec<PlainReply> = plainReply('purge_reply')
