import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import type { MessageSpec } from './message-spec.ts'
import { type PlainReply, plainReply } from './purge.ts'

/** The hub's answer to `shutdown_request` on the registration channel. */
export const shutdownReply: MessageSpec<PlainReply> = plainReply('shutdown_reply')

/** The hub's answer to a request that it does not know or cannot read. */
export const hubError: MessageSpec<FailureContent> = {
  msgType: 'hub_error',
  encode: encodeFailure,
  decode: decodeFailure,
}
