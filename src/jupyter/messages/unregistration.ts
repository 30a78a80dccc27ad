import { type DeathCause, encodeCause, readCause } from '../death-cause.ts'
import { field } from '../json.ts'
import type { MessageSpec } from './message-spec.ts'

/** An engine leaves. Either `id` or `uuid` names it; Python knows only `id`. */
export interface UnregistrationRequest {
  readonly id?: number
  readonly uuid?: string
  /** Why, when the process that started the engine saw it end. */
  readonly cause?: DeathCause
}

export const unregistrationRequest: MessageSpec<UnregistrationRequest> = {
  msgType: 'unregistration_request',
  encode: ({ id, uuid, cause }) => ({
    id: id ?? null,
    ...(uuid === undefined ? {} : { uuid }),
    ...(cause === undefined ? {} : { cause: encodeCause(cause) }),
  }),
  decode: ({ id, uuid, cause }) => ({
    ...(id === undefined || id === null ? {} : { id: field.integer(id, 'id') }),
    ...(uuid === undefined ? {} : { uuid: field.string(uuid, 'uuid') }),
    ...(cause === undefined ? {} : { cause: readCause(cause) }),
  }),
}
