import { isObject, type JsonObject, type JsonValue } from './json.ts'

/** How an engine's process ended, as the process that started it saw. */
export interface DeathCause {
  readonly exitCode?: number
  /** `SIGKILL`. */
  readonly signal?: string
  readonly outOfMemory?: boolean
  /** What it said of itself at its end; a line or a few. */
  readonly message?: string
}

const messageCharsMax = 1_000

export function encodeCause(cause: DeathCause): JsonObject {
  return {
    ...(cause.exitCode === undefined ? {} : { exit_code: cause.exitCode }),
    ...(cause.signal === undefined ? {} : { signal: cause.signal }),
    ...(cause.outOfMemory === undefined ? {} : { out_of_memory: cause.outOfMemory }),
    ...(cause.message === undefined ? {} : { message: cause.message.slice(0, messageCharsMax) }),
  }
}

/** Takes what has the right type and leaves the rest out. */
export function readCause(value: JsonValue | undefined): DeathCause {
  const { exit_code, signal, out_of_memory, message } = isObject(value) ? value : {}
  return {
    ...(typeof exit_code === 'number' ? { exitCode: exit_code } : {}),
    ...(typeof signal === 'string' ? { signal: signal.slice(0, 32) } : {}),
    ...(typeof out_of_memory === 'boolean' ? { outOfMemory: out_of_memory } : {}),
    ...(typeof message === 'string' ? { message: message.slice(0, messageCharsMax) } : {}),
  }
}

/** For people: `killed by SIGKILL`, `exited with code 3`, `ran out of memory`. */
export function describeCause(cause: DeathCause | undefined): string {
  if (cause?.outOfMemory === true) return 'ran out of memory'
  if (cause?.signal !== undefined) return `killed by ${cause.signal}`
  if (cause?.exitCode !== undefined) {
    const said = cause.message === undefined ? '' : `, saying: ${cause.message}`
    return `exited with code ${cause.exitCode}${said}`
  }
  return 'no cause known: its heartbeats stopped or it left'
}
