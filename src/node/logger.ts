import { closeSync, openSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { LogLevelNumbers, Logger as RootLogger } from 'loglevel'
import { ArgumentError, type Logger } from '../base/mod.ts'

/** `loglevel` is CommonJS; requiring it costs a tenth of importing it. */
const loglevel: { getLogger(name: string | symbol): RootLogger } = createRequire(import.meta.url)(
  'loglevel',
)

export interface LoggerOptions {
  /** Stands in brackets before each line: `IPController`. */
  readonly name: string
  /** 0–50 as in Python, or DEBUG, INFO, WARN(ING), ERROR, CRITICAL. Default INFO. */
  readonly level?: number | string
  /** A file to append to instead of stderr. */
  readonly file?: string
}

export interface ClosableLogger extends Logger {
  close(): void
}

const pythonLevels: Record<string, number> = {
  DEBUG: 10,
  INFO: 20,
  WARN: 30,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
}

/** @throws {ArgumentError} for a level that has no number. */
export function logLevelNumber(level: number | string): number {
  const number = pythonLevels[String(level).toUpperCase()] ?? Number(level)
  if (Number.isFinite(number) && number >= 0) return number
  throw new ArgumentError(
    `log level '${level}' is not known; use a number from 0 to 50 or one of ` +
      'DEBUG, INFO, WARN, ERROR, CRITICAL',
  )
}

/** Python's five numbers on loglevel's scale (1 debug … 5 silent). */
function loglevelOf(level: number): LogLevelNumbers {
  if (level <= 10) return 1
  if (level <= 20) return 2
  if (level <= 30) return 3
  return level <= 40 ? 4 : 5
}

function stamp(): string {
  const now = new Date()
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000)
  return local.toISOString().replace('T', ' ').slice(0, -1)
}

/**
 * A logger that writes lines as Python's commands do:
 * `2026-01-31 12:00:00.000 [IPController] text`, with the level from WARNING on.
 */
export function makeLogger(options: LoggerOptions): ClosableLogger {
  const fd = options.file === undefined ? 2 : openSync(options.file, 'a', 0o600)
  const logger = loglevel.getLogger(Symbol(options.name))
  logger.methodFactory = (method) => {
    const label = method === 'warn' ? ' | WARNING' : method === 'error' ? ' | ERROR' : ''
    return (text: string) => {
      try {
        writeSync(fd, `${stamp()} [${options.name}${label}] ${text}\n`)
      } catch {
        // A closed terminal or a full disk must not stop the work that is being logged.
      }
    }
  }
  logger.setLevel(loglevelOf(logLevelNumber(options.level ?? 'INFO')), false)
  return {
    debug: (text) => logger.debug(text),
    info: (text) => logger.info(text),
    warn: (text) => logger.warn(text),
    error: (text) => logger.error(text),
    close: () => {
      if (fd !== 2) closeSync(fd)
    },
  }
}
