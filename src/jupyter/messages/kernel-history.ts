import { ContentError, field, type JsonObject, type JsonValue } from '../json.ts'
import type { MessageSpec } from './message-spec.ts'

/**
 * Which cells are wanted. Source: Jupyter messaging, "History". The hub's message of the same name
 * is another one.
 */
export type KernelHistoryRequest = {
  /** With what each cell gave. */
  readonly output: boolean
  /** As typed; otherwise as they were run. */
  readonly raw: boolean
} & (
  | {
      readonly accessType: 'range'
      /** 0 is the present one; below, earlier ones. */
      readonly session: number
      readonly start: number
      /** The first that is not wanted; default: none. */
      readonly stop?: number | undefined
    }
  /** The last `n`. */
  | { readonly accessType: 'tail'; readonly n: number }
  | {
      readonly accessType: 'search'
      /** With the wildcards `*` and `?`. */
      readonly pattern: string
      /** The last `n` that match; default: all. */
      readonly n?: number | undefined
      /** Each input once, where it came last. */
      readonly unique: boolean
    }
)

/** Default of `n`, as IPython has it. */
const tailDefault = 10

function optionalInteger(value: unknown, name: string): number | undefined {
  return value === undefined || value === null ? undefined : field.integer(value, name)
}

export const kernelHistoryRequest: MessageSpec<KernelHistoryRequest> = {
  msgType: 'history_request',
  encode: (request) => {
    const { accessType, output, raw, ...rest } = request
    return { hist_access_type: accessType, output, raw, ...rest }
  },
  decode: (content) => {
    const output = content['output'] === true
    const raw = content['raw'] !== false
    switch (content['hist_access_type']) {
      case 'range':
        return {
          accessType: 'range',
          output,
          raw,
          session: optionalInteger(content['session'], 'session') ?? 0,
          start: optionalInteger(content['start'], 'start') ?? 1,
          stop: optionalInteger(content['stop'], 'stop'),
        }
      case 'tail':
        return {
          accessType: 'tail',
          output,
          raw,
          n: optionalInteger(content['n'], 'n') ?? tailDefault,
        }
      case 'search':
        return {
          accessType: 'search',
          output,
          raw,
          pattern: field.string(content['pattern'] ?? '*', 'pattern'),
          n: optionalInteger(content['n'], 'n'),
          unique: content['unique'] === true,
        }
      default:
        throw new ContentError("'hist_access_type' must be range, tail or search")
    }
  },
}

/** A cell's session and number, its input and, where that was asked for, its output. */
export type KernelHistoryEntry = [
  session: number,
  line: number,
  input: string | [input: string, output: string | null],
]

export interface KernelHistoryReply {
  readonly status: 'ok'
  readonly entries: readonly KernelHistoryEntry[]
}

function readEntry(entry: JsonValue): KernelHistoryEntry {
  if (!Array.isArray(entry)) throw new ContentError("'history' has an entry that is no list")
  const [session, line, input] = entry
  const place = [field.integer(session, 'session'), field.integer(line, 'line')] as const
  if (!Array.isArray(input)) return [...place, field.string(input, 'input')]
  const output = input[1] ?? null
  return [
    ...place,
    [field.string(input[0], 'input'), output === null ? null : field.string(output, 'output')],
  ]
}

export const kernelHistoryReply: MessageSpec<KernelHistoryReply> = {
  msgType: 'history_reply',
  encode: ({ entries }): JsonObject => ({
    status: 'ok',
    history: entries as unknown as JsonValue[],
  }),
  decode: ({ history }) => {
    if (!Array.isArray(history)) throw new ContentError("'history' is no list")
    return { status: 'ok', entries: history.map(readEntry) }
  },
}
