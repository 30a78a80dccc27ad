import { readFileSync } from 'node:fs'
import { ArgumentError, messageOf } from '../base/mod.ts'
import type { EngineTable } from '../hub/mod.ts'
import { type EngineFacts, isObject } from '../jupyter/mod.ts'

/** Which engine has which id, in Python's form; facts stand beside it. */
export function engineTableText(table: EngineTable): string {
  const engines = Object.fromEntries(table.engines.map(({ id, uuid }) => [id, uuid]))
  const facts = Object.fromEntries(table.engines.map((engine) => [engine.id, engine.facts]))
  return JSON.stringify({ engines, next_id: table.nextId, facts })
}

/**
 * Reads it back; undefined when there is none.
 * @throws {ArgumentError} when the file is damaged.
 */
export function readEngineTable(path: string): EngineTable | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  try {
    const raw: unknown = JSON.parse(text)
    if (!isObject(raw) || !isObject(raw['engines'])) throw new TypeError("there is no 'engines'")
    const facts = isObject(raw['facts']) ? raw['facts'] : {}
    const engines = Object.entries(raw['engines']).map(([id, uuid]) => ({
      id: Number(id),
      uuid: String(uuid),
      facts: (facts[id] ?? {}) as EngineFacts,
    }))
    const nextId = Number(raw['next_id'] ?? Math.max(-1, ...engines.map(({ id }) => id)) + 1)
    return { engines, nextId }
  } catch (cause) {
    throw new ArgumentError(`${path} cannot be restored from: ${messageOf(cause)}`, { cause })
  }
}
