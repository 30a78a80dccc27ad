import { type EngineFacts, encodeFacts, readFacts } from '../engine-facts.ts'
import { field, type JsonObject } from '../json.ts'
import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import type { MessageSpec } from './message-spec.ts'

export interface RegistrationRequest {
  readonly uuid: string
  /** The id that the engine would like to have. */
  readonly id?: number
  readonly facts?: EngineFacts
}

export const registrationRequest: MessageSpec<RegistrationRequest> = {
  msgType: 'registration_request',
  encode: ({ uuid, id, facts }) => ({
    uuid,
    ...(id === undefined ? {} : { id }),
    ...(facts === undefined ? {} : { facts: encodeFacts(facts) }),
  }),
  decode: (content) => ({
    uuid: field.string(content['uuid'], 'uuid'),
    ...(content['id'] === undefined || content['id'] === null
      ? {}
      : { id: field.integer(content['id'], 'id') }),
    ...(content['facts'] === undefined ? {} : { facts: readFacts(content['facts']) }),
  }),
}

export type RegistrationReply =
  | {
      readonly status: 'ok'
      readonly id: number
      readonly heartbeatPeriodMs: number
      readonly connectionInfo: JsonObject
    }
  | FailureContent

export const registrationReply: MessageSpec<RegistrationReply> = {
  msgType: 'registration_reply',
  encode: (reply) =>
    reply.status === 'error'
      ? encodeFailure(reply)
      : {
          status: 'ok',
          id: reply.id,
          hb_period: reply.heartbeatPeriodMs,
          connection_info: reply.connectionInfo,
        },
  decode: (content) =>
    content['status'] === 'ok'
      ? {
          status: 'ok',
          id: field.integer(content['id'], 'id'),
          heartbeatPeriodMs: field.number(content['hb_period'] ?? 3000, 'hb_period'),
          connectionInfo: field.object(content['connection_info'] ?? {}, 'connection_info'),
        }
      : decodeFailure(content),
}
