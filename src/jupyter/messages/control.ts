import { ContentError, field } from '../json.ts'
import { emptySpec, type MessageSpec } from './message-spec.ts'

export interface AbortContent {
  /** Tasks not to start; an empty list means all that the engine has queued now. */
  readonly msgIds: readonly string[]
  /**
   * Ours: the controller wants them back that wait here, to run them elsewhere. Nothing is
   * remembered for those that do not: they may come again.
   */
  readonly recall: boolean
}

export const abortRequest: MessageSpec<AbortContent> = {
  msgType: 'abort_request',
  encode: ({ msgIds, recall }) => ({ msg_ids: [...msgIds], ...(recall ? { recall } : {}) }),
  decode: ({ msg_ids, recall }) => ({
    msgIds: typeof msg_ids === 'string' ? [msg_ids] : field.strings(msg_ids ?? [], 'msg_ids'),
    recall: recall === true,
  }),
}

export const clearRequest: MessageSpec<Record<never, never>> = emptySpec('clear_request')

export const shutdownRequest: MessageSpec<{ readonly restart: boolean }> = {
  msgType: 'shutdown_request',
  encode: ({ restart }) => ({ restart }),
  decode: ({ restart }) => ({ restart: restart === true }),
}

/** A signal by number or name; 2 and `SIGINT` interrupt. */
export const signalRequest: MessageSpec<{ readonly signal: number | string }> = {
  msgType: 'signal_request',
  encode: ({ signal }) => ({ sig: signal }),
  decode: ({ sig }) => {
    if (typeof sig === 'number' || typeof sig === 'string') return { signal: sig }
    throw new ContentError("'sig' is neither a number nor a name such as 'SIGINT'")
  },
}
