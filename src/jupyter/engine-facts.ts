import { isObject, type JsonObject, type JsonValue } from './json.ts'

/** What an engine tells of itself when it registers; every field may be missing (Python engines). */
export interface EngineFacts {
  /** `typescript`; Python engines do not say, and count as `python`. */
  readonly language?: string
  /** The version of the language's runtime: `v20.20.2`. */
  readonly runtime?: string
  /** The version of iparallel. */
  readonly version?: string
  readonly hostname?: string
  readonly pid?: number
  readonly cores?: number
}

/**
 * An engine's uuid that says its language, for controllers that pass on no facts, as Python's.
 * `id` is a new one.
 */
export function uuidOf(facts: EngineFacts, id: string): string {
  return facts.language === undefined ? id : `${facts.language}-${id}`
}

/** The language that a uuid says; undefined for those of Python's engines. */
export function languageInUuid(uuid: string): string | undefined {
  return /^([a-z]+)-[0-9a-f]{8}-[0-9a-f]{24}$/.exec(uuid)?.[1]
}

const texts = ['language', 'runtime', 'version', 'hostname'] as const
const numbers = ['pid', 'cores'] as const

export function encodeFacts(facts: EngineFacts): JsonObject {
  return { ...facts }
}

/** Takes what has the right type and leaves the rest out: facts are never a reason to refuse. */
export function readFacts(value: JsonValue | undefined): EngineFacts {
  const raw = isObject(value) ? value : {}
  const facts: Record<string, string | number> = {}
  for (const name of texts) {
    const found = raw[name]
    if (typeof found === 'string') facts[name] = found.slice(0, 256)
  }
  for (const name of numbers) {
    const found = raw[name]
    if (typeof found === 'number' && Number.isSafeInteger(found)) facts[name] = found
  }
  return facts
}
