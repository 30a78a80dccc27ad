import { field, isObject, type JsonObject } from '../json.ts'
import type { MessageSpec } from './message-spec.ts'

/** Positions count code points: see `codePointsOf`. */
export interface CompleteRequest {
  readonly code: string
  readonly cursorPos: number
}

export const completeRequest: MessageSpec<CompleteRequest> = {
  msgType: 'complete_request',
  encode: ({ code, cursorPos }) => ({ code, cursor_pos: cursorPos }),
  decode: ({ code, cursor_pos }) => {
    const text = field.string(code, 'code')
    return { code: text, cursorPos: field.integer(cursor_pos ?? text.length, 'cursor_pos') }
  },
}

export interface CompleteReply {
  readonly status: 'ok'
  readonly matches: readonly string[]
  readonly cursorStart: number
  readonly cursorEnd: number
  readonly metadata: JsonObject
}

export const completeReply: MessageSpec<CompleteReply> = {
  msgType: 'complete_reply',
  encode: ({ matches, cursorStart, cursorEnd, metadata }) => ({
    status: 'ok',
    matches: [...matches],
    cursor_start: cursorStart,
    cursor_end: cursorEnd,
    metadata,
  }),
  decode: ({ matches, cursor_start, cursor_end, metadata }) => ({
    status: 'ok',
    matches: field.strings(matches, 'matches'),
    cursorStart: field.integer(cursor_start, 'cursor_start'),
    cursorEnd: field.integer(cursor_end, 'cursor_end'),
    metadata: isObject(metadata) ? metadata : {},
  }),
}
