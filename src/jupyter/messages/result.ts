import { type Header, headerObject, readHeader } from '../header.ts'
import { field, isObject, type JsonObject, type JsonValue } from '../json.ts'
import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import type { MessageSpec } from './message-spec.ts'

export const resultRequest: MessageSpec<{
  readonly msgIds: readonly string[]
  /** Asks only which are ready, not for the results. */
  readonly statusOnly: boolean
}> = {
  msgType: 'result_request',
  encode: ({ msgIds, statusOnly }) => ({ msg_ids: [...msgIds], status_only: statusOnly }),
  decode: ({ msg_ids, status_only }) => ({
    msgIds: typeof msg_ids === 'string' ? [msg_ids] : field.strings(msg_ids, 'msg_ids'),
    statusOnly: field.boolean(status_only ?? false, 'status_only'),
  }),
}

/** What a task has shown on iopub. */
export interface RecordedOutput {
  readonly executeInput: JsonValue
  readonly executeResult: JsonValue
  readonly error: JsonValue
  readonly stdout: string
  readonly stderr: string
}

export interface RecordedResult {
  readonly header: Header
  readonly metadata: JsonObject
  readonly resultHeader: Header
  readonly resultMetadata: JsonObject
  readonly resultContent: JsonObject
  /** ISO 8601; when the controller got it. */
  readonly received: string
  readonly output: RecordedOutput
  /** How many of the reply's buffers belong to it; undefined where Python's hub answered. */
  readonly bufferCount?: number
}

export type ResultReply =
  | {
      readonly status: 'ok'
      readonly pending: readonly string[]
      readonly completed: readonly string[]
      /** In the order of their buffers: sorted by id. Empty when only the status was asked for. */
      readonly results: ReadonlyMap<string, RecordedResult>
    }
  | FailureContent

function encodeResult(result: RecordedResult): JsonObject {
  const { output, bufferCount } = result
  return {
    header: headerObject(result.header),
    metadata: result.metadata,
    result_metadata: result.resultMetadata,
    result_header: headerObject(result.resultHeader),
    result_content: result.resultContent,
    received: result.received,
    io: {
      execute_input: output.executeInput,
      execute_result: output.executeResult,
      error: output.error,
      stdout: output.stdout,
      stderr: output.stderr,
    },
    ...(bufferCount === undefined ? {} : { result_buffer_count: bufferCount }),
  }
}

function decodeResult(raw: JsonObject): RecordedResult {
  const io = isObject(raw['io']) ? raw['io'] : {}
  const { execute_input, execute_result, error, stdout, stderr } = io
  const count = raw['result_buffer_count']
  return {
    header: readHeader(field.object(raw['header'], 'header')),
    metadata: field.object(raw['metadata'] ?? {}, 'metadata'),
    resultHeader: readHeader(field.object(raw['result_header'], 'result_header')),
    resultMetadata: field.object(raw['result_metadata'] ?? {}, 'result_metadata'),
    resultContent: field.object(raw['result_content'], 'result_content'),
    received: typeof raw['received'] === 'string' ? raw['received'] : '',
    output: {
      executeInput: execute_input ?? null,
      executeResult: execute_result ?? null,
      error: error ?? null,
      stdout: typeof stdout === 'string' ? stdout : '',
      stderr: typeof stderr === 'string' ? stderr : '',
    },
    ...(typeof count === 'number' ? { bufferCount: count } : {}),
  }
}

/** The results' buffers follow one another in the message's buffers. */
export const resultReply: MessageSpec<ResultReply> = {
  msgType: 'result_reply',
  encode: (reply) => {
    if (reply.status === 'error') return encodeFailure(reply)
    const { pending, completed, results } = reply
    const content: JsonObject = {
      status: 'ok',
      pending: [...pending],
      completed: [...completed],
    }
    for (const [id, result] of results) content[id] = encodeResult(result)
    return content
  },
  decode: (content) => {
    if (content['status'] !== 'ok') return decodeFailure(content)
    const completed = field.strings(content['completed'], 'completed')
    const results = new Map<string, RecordedResult>()
    for (const id of [...completed].sort()) {
      const raw = content[id]
      if (isObject(raw)) results.set(id, decodeResult(raw))
    }
    return {
      status: 'ok',
      pending: field.strings(content['pending'], 'pending'),
      completed,
      results,
    }
  },
}
