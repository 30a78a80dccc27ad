import { endOwnGroup } from '../node/mod.ts'

/** Milliseconds between two looks at the starter. */
const lookMs = 1_000

/** Milliseconds in which the main thread should have let the process exit. */
const exitMs = 2_000

function starterIsGone(starterPid: number): boolean {
  // Whoever adopts an orphan is another process; Windows adopts nobody.
  if (process.platform !== 'win32') return process.ppid !== starterPid
  try {
    process.kill(starterPid, 0)
    return false
  } catch {
    return true
  }
}

/**
 * Ends a process that is there for one role only, from the role's worker thread: user code on
 * the main thread may never return, and then nobody else could.
 */
export class ProcessGuard {
  readonly #looking: NodeJS.Timeout

  /** @param starterPid The process without which this one has no reason to be. */
  constructor(starterPid: number) {
    this.#looking = setInterval(() => {
      if (!starterIsGone(starterPid)) return
      this.release()
      this.roleEnded()
    }, lookMs)
    this.#looking.unref()
  }

  /** The starter may leave. */
  release(): void {
    clearInterval(this.#looking)
  }

  /** The role has ended; the process shall follow, with what user code runs and waits for. */
  roleEnded(): void {
    // It keeps this thread alive: without it there would be nobody left to end the process.
    setTimeout(endOwnGroup, exitMs)
  }
}
