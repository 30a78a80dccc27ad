import { renameSync } from 'node:fs'
import { limits } from '../base/mod.ts'

/** What Windows says of a file that somebody has open: a reader, or a virus scanner. */
const busy = new Set(['EPERM', 'EACCES', 'EBUSY'])

/** Milliseconds from one attempt to the next. */
const retryMs = 10

interface System {
  readonly platform: NodeJS.Platform
  rename(from: string, to: string): void
}

/**
 * Gives a file the name of another one, which it replaces. On Windows that cannot be done while
 * somebody has that one open, which passes; it is tried again for a while.
 * @throws the file system's own error.
 */
export function replaceFile(
  from: string,
  to: string,
  system: System = { platform: process.platform, rename: renameSync },
): void {
  for (let attempt = 1; ; attempt++) {
    try {
      system.rename(from, to)
      return
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      const passes = system.platform === 'win32' && busy.has(code)
      if (!passes || attempt === limits.replaceAttemptsMax) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs)
    }
  }
}
