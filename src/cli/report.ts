import { styleText } from 'node:util'
import { IparallelError } from '../base/mod.ts'
import {
  AlreadyRunningError,
  ConfigError,
  isFlag,
  NoControllerError,
  NotRunningError,
  UsageError,
} from '../cluster/mod.ts'

type Style = 'green' | 'red' | 'yellow'

/** Colours on a terminal that wants them; `NO_COLOR` and `TERM=dumb` do not. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream): string {
  const wanted = stream.isTTY === true && stream.getColorDepth() > 1 && !process.env['NO_COLOR']
  // Node looks at stdout by itself, whatever stream is meant.
  return wanted ? styleText(style, text, { validateStream: false }) : text
}

/** Exit codes of Python's ipcluster, and of every shell for a wrong command line. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2
  if (error instanceof ConfigError && isFlag(error.place)) return 2
  if (error instanceof AlreadyRunningError) return 10
  if (error instanceof NoControllerError) return 12
  if (error instanceof NotRunningError) return 11
  return 1
}

/**
 * What went wrong and what to do about it; the way there only when it is asked for.
 * @param command As it was typed: `ipcluster start`.
 */
export function errorText(command: string, error: unknown, debug: boolean): string {
  const text = error instanceof Error ? error.message : String(error)
  // What we did not foresee is a fault of ours: then the place matters to whoever mends it.
  const isOurFault = !IparallelError.is(error) && !isSystemError(error)
  const full = debug || isOurFault ? ((error as Error | undefined)?.stack ?? text) : text
  const hint = exitCodeOf(error) === 2 ? `\nTry '${command} --help'.` : ''
  const [program] = command.split(' ')
  return `${styled('red', `${program}:`, process.stderr)} ${full}${hint}\n`
}

/** The operating system's: a full disk, a folder that may not be written to. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

/** `1 engine`, `4 engines`. */
export function engineCount(n: number): string {
  return n === 1 ? '1 engine' : `${n} engines`
}
