import { ContentError, field } from '../json.ts'
import type { MessageSpec } from './message-spec.ts'

export const isCompleteRequest: MessageSpec<{ readonly code: string }> = {
  msgType: 'is_complete_request',
  encode: ({ code }) => ({ code }),
  decode: ({ code }) => ({ code: field.string(code, 'code') }),
}

const statuses = ['complete', 'incomplete', 'invalid', 'unknown'] as const

export interface IsCompleteReply {
  readonly status: (typeof statuses)[number]
  /** What the next line should begin with; empty unless the status is `incomplete`. */
  readonly indent: string
}

export const isCompleteReply: MessageSpec<IsCompleteReply> = {
  msgType: 'is_complete_reply',
  encode: ({ status, indent }) => (status === 'incomplete' ? { status, indent } : { status }),
  decode: (content) => {
    const status = statuses.find((known) => known === content['status'])
    if (status === undefined) {
      throw new ContentError(`'status' is ${JSON.stringify(content['status'])?.slice(0, 80)}`)
    }
    return { status, indent: field.string(content['indent'] ?? '', 'indent') }
  },
}
