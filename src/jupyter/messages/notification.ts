import { type DeathCause, encodeCause, readCause } from '../death-cause.ts'
import { type EngineFacts, encodeFacts, readFacts } from '../engine-facts.ts'
import { field } from '../json.ts'
import type { MessageSpec } from './message-spec.ts'

export interface RegistrationNotification {
  readonly id: number
  readonly uuid: string
  readonly facts: EngineFacts
}

export const registrationNotification: MessageSpec<RegistrationNotification> = {
  msgType: 'registration_notification',
  encode: ({ id, uuid, facts }) => ({ id, uuid, facts: encodeFacts(facts) }),
  decode: ({ id, uuid, facts }) => ({
    id: field.integer(id, 'id'),
    uuid: field.string(uuid, 'uuid'),
    facts: readFacts(facts),
  }),
}

export interface UnregistrationNotification {
  readonly id: number
  readonly uuid: string
  readonly cause?: DeathCause
}

export const unregistrationNotification: MessageSpec<UnregistrationNotification> = {
  msgType: 'unregistration_notification',
  encode: ({ id, uuid, cause }) => ({
    id,
    uuid,
    ...(cause === undefined ? {} : { cause: encodeCause(cause) }),
  }),
  decode: ({ id, uuid, cause }) => ({
    id: field.integer(id, 'id'),
    uuid: field.string(uuid, 'uuid'),
    ...(cause === undefined ? {} : { cause: readCause(cause) }),
  }),
}

/** The controller is about to end; clients close. */
export const shutdownNotification: MessageSpec<Record<never, never>> = {
  msgType: 'shutdown_notification',
  encode: () => ({ status: 'ok' }),
  decode: () => ({}),
}
