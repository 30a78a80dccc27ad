import { constants } from 'node:os'

/** The exit code of a process as shells tell it: 128 and the signal's number where one ended it. */
export function shellExitCode(
  code: number | null | undefined,
  signal: string | null | undefined,
): number {
  return code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0)
}
