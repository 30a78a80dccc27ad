import { field } from '../json.ts'
import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import type { MessageSpec } from './message-spec.ts'

/** Asks the hub to run recorded tasks once more, under new ids. */
export const resubmitRequest: MessageSpec<{ readonly msgIds: readonly string[] }> = {
  msgType: 'resubmit_request',
  encode: ({ msgIds }) => ({ msg_ids: [...msgIds] }),
  decode: ({ msg_ids }) => ({
    msgIds: typeof msg_ids === 'string' ? [msg_ids] : field.strings(msg_ids, 'msg_ids'),
  }),
}

export type ResubmitReply =
  /** The new id by the old one; the results are to be asked for by `result_request`. */
  { readonly status: 'ok'; readonly resubmitted: ReadonlyMap<string, string> } | FailureContent

export const resubmitReply: MessageSpec<ResubmitReply> = {
  msgType: 'resubmit_reply',
  encode: (reply) =>
    reply.status === 'error'
      ? encodeFailure(reply)
      : { status: 'ok', resubmitted: Object.fromEntries(reply.resubmitted) },
  decode: (content) => {
    if (content['status'] !== 'ok') return decodeFailure(content)
    const pairs = Object.entries(field.object(content['resubmitted'], 'resubmitted'))
    return {
      status: 'ok',
      resubmitted: new Map(pairs.map(([old, id]) => [old, field.string(id, old)])),
    }
  },
}
