import {
  codeUnitsOf,
  completeReply,
  decodeFailure,
  inspectReply,
  isObject,
  type JsonObject,
} from '../jupyter/mod.ts'
import type { KernelFailure } from './kernel-output.ts'

/** How a cell ended. */
export interface ExecuteOutcome {
  /** `aborted`: it never ran, because one before it failed or was interrupted. */
  readonly status: 'ok' | 'error' | 'aborted'
  /** The cell's number; undefined for one that was not counted. */
  readonly executionCount: number | undefined
  readonly failure: KernelFailure | undefined
  /** What the kernel asks of the front end: `page`, `set_next_input`, `ask_exit`. */
  readonly payload: readonly JsonObject[]
  readonly userExpressions: JsonObject
}

export interface Completions {
  readonly matches: readonly string[]
  /** What a match replaces, in units of UTF-16 as JavaScript counts. */
  readonly start: number
  readonly end: number
  /** The kinds of the matches, where the kernel tells them: `function`, `instance`. */
  readonly kinds: readonly (string | undefined)[]
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function readExecuteReply(content: JsonObject): ExecuteOutcome {
  const { status, execution_count: count, user_expressions: expressions } = content
  const known = status === 'ok' || status === 'error' ? status : 'aborted'
  return {
    status: known,
    executionCount: typeof count === 'number' ? count : undefined,
    failure: known === 'error' ? decodeFailure(content) : undefined,
    payload: objects(content['payload']),
    userExpressions: isObject(expressions) ? expressions : {},
  }
}

/** A kernel that fails at it has no completions. @throws {ContentError} */
export function readCompletions(content: JsonObject, code: string): Completions {
  if (content['status'] === 'error') return { matches: [], start: 0, end: 0, kinds: [] }
  const { matches, cursorStart, cursorEnd, metadata } = completeReply.decode(content)
  const detailed = objects(metadata['_jupyter_types_experimental'])
  const kinds = new Map(detailed.map(({ text, type }) => [text, type]))
  return {
    matches,
    start: codeUnitsOf(code, cursorStart),
    end: codeUnitsOf(code, cursorEnd),
    kinds: matches.map((match) => {
      const kind = kinds.get(match)
      return typeof kind === 'string' ? kind : undefined
    }),
  }
}

/** What an inspection shows, by MIME type; undefined when nothing was found. */
export function readInspection(content: JsonObject): JsonObject | undefined {
  if (content['status'] === 'error') return undefined
  const { found, data } = inspectReply.decode(content)
  return found ? data : undefined
}
