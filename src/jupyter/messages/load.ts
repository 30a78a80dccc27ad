import type { JsonObject } from '../json.ts'
import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import type { MessageSpec } from './message-spec.ts'
import { decodeSelection, type EngineSelection, encodeSelection } from './queue.ts'

export const loadRequest: MessageSpec<{ readonly targets: EngineSelection }> = {
  msgType: 'load_request',
  encode: ({ targets }) => ({ targets: encodeSelection(targets) }),
  decode: ({ targets }) => ({ targets: decodeSelection(targets) }),
}

export type LoadReply =
  | {
      readonly status: 'ok'
      /** Tasks at each engine, direct and load-balanced, by engine id. */
      readonly loads: ReadonlyMap<number, number>
    }
  | FailureContent

/** Keyed by id; Python's own reply has the text of a byte string there (trap T7). */
export const loadReply: MessageSpec<LoadReply> = {
  msgType: 'load_reply',
  encode: (reply) => {
    if (reply.status === 'error') return encodeFailure(reply)
    const content: JsonObject = { status: 'ok' }
    for (const [id, load] of reply.loads) content[id] = load
    return content
  },
  decode: (content) => {
    if (content['status'] !== 'ok') return decodeFailure(content)
    const loads = new Map<number, number>()
    for (const [key, load] of Object.entries(content)) {
      if (/^\d+$/.test(key) && typeof load === 'number') loads.set(Number(key), load)
    }
    return { status: 'ok', loads }
  },
}
