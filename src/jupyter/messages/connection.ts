import { type EngineFacts, encodeFacts, readFacts } from '../engine-facts.ts'
import { ContentError, field, isObject, type JsonObject } from '../json.ts'
import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import { emptySpec, type MessageSpec } from './message-spec.ts'

export interface RegisteredEngine {
  readonly id: number
  readonly uuid: string
  readonly facts: EngineFacts
}

export const connectionRequest: MessageSpec<Record<never, never>> = emptySpec('connection_request')

export type ConnectionReply =
  | { readonly status: 'ok'; readonly engines: readonly RegisteredEngine[] }
  | FailureContent

/** `engines` is what Python reads (uuid by id); `engine_facts` stands beside it. */
export const connectionReply: MessageSpec<ConnectionReply> = {
  msgType: 'connection_reply',
  encode: (reply) => {
    if (reply.status === 'error') return encodeFailure(reply)
    const engines: JsonObject = {}
    const facts: JsonObject = {}
    for (const engine of reply.engines) {
      engines[engine.id] = engine.uuid
      facts[engine.id] = encodeFacts(engine.facts)
    }
    return { status: 'ok', engines, engine_facts: facts }
  },
  decode: (content) => {
    if (content['status'] !== 'ok') return decodeFailure(content)
    const facts = isObject(content['engine_facts']) ? content['engine_facts'] : {}
    const engines = Object.entries(field.object(content['engines'], 'engines'))
    return {
      status: 'ok',
      engines: engines.map(([key, uuid]) => {
        if (!/^\d+$/.test(key)) throw new ContentError(`'engines' has the key '${key}', not an id`)
        return { id: Number(key), uuid: field.string(uuid, key), facts: readFacts(facts[key]) }
      }),
    }
  },
}
