import { field, isObject, type JsonObject, type JsonValue } from '../json.ts'
import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import type { MessageSpec } from './message-spec.ts'

/** A search in the hub's task records. Source: protocol reference §13.3. */
export const databaseRequest: MessageSpec<{
  /** Field → value, or `{ $operator: value }`. */
  readonly query: JsonObject
  /** The fields wanted; undefined means all except the buffers. */
  readonly keys: readonly string[] | undefined
}> = {
  msgType: 'db_request',
  encode: ({ query, keys }) => ({ query, keys: keys === undefined ? null : [...keys] }),
  decode: ({ query, keys }) => ({
    query: field.object(query ?? {}, 'query'),
    keys: keys === undefined || keys === null ? undefined : field.strings(keys, 'keys'),
  }),
}

export type DatabaseReply =
  | {
      readonly status: 'ok'
      readonly records: readonly JsonObject[]
      /** How many buffers each record's request has; undefined when they were not asked for. */
      readonly bufferCounts: readonly number[] | undefined
      readonly resultBufferCounts: readonly number[] | undefined
    }
  | FailureContent

function encodeCounts(counts: readonly number[] | undefined): JsonValue {
  return counts === undefined ? null : [...counts]
}

function decodeCounts(value: JsonValue | undefined, name: string): number[] | undefined {
  return value === undefined || value === null ? undefined : field.integers(value, name)
}

/** The message's buffers hold, record by record, the request's buffers and then the result's. */
export const databaseReply: MessageSpec<DatabaseReply> = {
  msgType: 'db_reply',
  encode: (reply) =>
    reply.status === 'error'
      ? encodeFailure(reply)
      : {
          status: 'ok',
          records: [...reply.records],
          buffer_lens: encodeCounts(reply.bufferCounts),
          result_buffer_lens: encodeCounts(reply.resultBufferCounts),
        },
  decode: (content) => {
    if (content['status'] !== 'ok') return decodeFailure(content)
    const { records, buffer_lens, result_buffer_lens } = content
    return {
      status: 'ok',
      records: Array.isArray(records) ? records.filter(isObject) : [],
      bufferCounts: decodeCounts(buffer_lens, 'buffer_lens'),
      resultBufferCounts: decodeCounts(result_buffer_lens, 'result_buffer_lens'),
    }
  },
}
