import { field, isObject, type JsonObject } from '../json.ts'
import { decodeFailure, encodeFailure, type FailureContent } from './failure.ts'
import type { MessageSpec } from './message-spec.ts'

export interface ExecuteContent {
  readonly code: string
  readonly silent: boolean
  /** Default: the opposite of `silent`. */
  readonly storeHistory: boolean
  readonly userExpressions: Readonly<Record<string, string>>
  /** Whether the front end can ask the person at it for a line; default false. */
  readonly allowStdin?: boolean | undefined
  /** Whether cells that wait behind this one are dropped when it fails; default true. */
  readonly stopOnError?: boolean | undefined
}

export const executeRequest: MessageSpec<ExecuteContent> = {
  msgType: 'execute_request',
  encode: ({ code, silent, storeHistory, userExpressions, allowStdin, stopOnError }) => ({
    code,
    silent,
    store_history: storeHistory,
    user_expressions: { ...userExpressions },
    allow_stdin: allowStdin ?? false,
    stop_on_error: stopOnError,
  }),
  decode: (content) => {
    const silent = field.boolean(content['silent'] ?? false, 'silent')
    const expressions = field.object(content['user_expressions'] ?? {}, 'user_expressions')
    const userExpressions: Record<string, string> = {}
    for (const [name, text] of Object.entries(expressions)) {
      userExpressions[name] = field.string(text, name)
    }
    return {
      code: field.string(content['code'], 'code'),
      silent,
      storeHistory: field.boolean(content['store_history'] ?? !silent, 'store_history'),
      userExpressions,
      allowStdin: content['allow_stdin'] === true,
      stopOnError: content['stop_on_error'] !== false,
    }
  },
}

export type ExecuteReply =
  | {
      readonly status: 'ok'
      readonly executionCount: number
      readonly userExpressions: JsonObject
      /** Source: Jupyter messaging, "Payloads". */
      readonly payload?: readonly JsonObject[]
    }
  | (FailureContent & { readonly executionCount: number })
  | { readonly status: 'aborted' }

export const executeReply: MessageSpec<ExecuteReply> = {
  msgType: 'execute_reply',
  encode: (reply) => {
    if (reply.status === 'aborted') return { status: 'aborted' }
    const execution_count = reply.executionCount
    return reply.status === 'error'
      ? { ...encodeFailure(reply), execution_count }
      : {
          status: 'ok',
          execution_count,
          user_expressions: reply.userExpressions,
          payload: [...(reply.payload ?? [])],
        }
  },
  decode: (content) => {
    if (content['status'] === 'aborted') return { status: 'aborted' }
    const count = content['execution_count']
    const executionCount = typeof count === 'number' ? count : 0
    if (content['status'] !== 'ok') return { ...decodeFailure(content), executionCount }
    const expressions = content['user_expressions']
    return {
      status: 'ok',
      executionCount,
      userExpressions: isObject(expressions) ? expressions : {},
    }
  },
}
