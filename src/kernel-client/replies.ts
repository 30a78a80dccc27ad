import { decodeFailure, field, isObject, type JsonObject } from '../jupyter/mod.ts'
import { unitOffset } from './code-points.ts'
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

export interface KernelInfo {
  readonly protocolVersion: string
  readonly implementation: string
  readonly implementationVersion: string
  readonly banner: string
  readonly language: {
    readonly name: string
    readonly version: string
    /** `.ts` */
    readonly fileExtension: string
  }
}

export interface Completions {
  readonly matches: readonly string[]
  /** What a match replaces, in units of UTF-16 as JavaScript counts. */
  readonly start: number
  readonly end: number
  /** The kinds of the matches, where the kernel tells them: `function`, `instance`. */
  readonly kinds: readonly (string | undefined)[]
}

export interface Completeness {
  /** `invalid`: to run it will fail, and more lines will not help. */
  readonly status: 'complete' | 'incomplete' | 'invalid' | 'unknown'
  /** What the next line should begin with. */
  readonly indent: string
}

export interface HistoryEntry {
  readonly session: number
  readonly line: number
  readonly input: string
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
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

export function readInfoReply(content: JsonObject): KernelInfo {
  const language = isObject(content['language_info']) ? content['language_info'] : {}
  return {
    protocolVersion: text(content['protocol_version']),
    implementation: text(content['implementation']),
    implementationVersion: text(content['implementation_version']),
    banner: text(content['banner']),
    language: {
      name: text(language['name']),
      version: text(language['version']),
      fileExtension: text(language['file_extension']),
    },
  }
}

/** @throws {ContentError} when the reply has no matches or no place for them. */
export function readCompletions(content: JsonObject, code: string): Completions {
  const matches = field.strings(content['matches'] ?? [], 'matches')
  const metadata = isObject(content['metadata']) ? content['metadata'] : {}
  const detailed = objects(metadata['_jupyter_types_experimental'])
  const kinds = new Map(detailed.map(({ text: name, type }) => [name, type]))
  return {
    matches,
    start: unitOffset(code, field.integer(content['cursor_start'] ?? 0, 'cursor_start')),
    end: unitOffset(code, field.integer(content['cursor_end'] ?? 0, 'cursor_end')),
    kinds: matches.map((match) => text(kinds.get(match)) || undefined),
  }
}

export function readCompleteness(content: JsonObject): Completeness {
  const { status } = content
  return {
    status:
      status === 'complete' || status === 'incomplete' || status === 'invalid' ? status : 'unknown',
    indent: text(content['indent']),
  }
}

/** What an inspection shows, by MIME type; undefined when nothing was found. */
export function readInspection(content: JsonObject): JsonObject | undefined {
  if (content['status'] !== 'ok' || content['found'] !== true) return undefined
  return isObject(content['data']) ? content['data'] : {}
}

/** Entries that are not as they should be are left out. */
export function readHistory(content: JsonObject): HistoryEntry[] {
  const { history } = content
  if (!Array.isArray(history)) return []
  return history.flatMap((entry) => {
    if (!Array.isArray(entry)) return []
    const [session, line, source] = entry
    // With outputs asked for, the third is a pair.
    const input = Array.isArray(source) ? source[0] : source
    return typeof session === 'number' && typeof line === 'number' && typeof input === 'string'
      ? [{ session, line, input }]
      : []
  })
}
