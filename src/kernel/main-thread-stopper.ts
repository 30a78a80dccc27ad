import type { SharedControl } from './shared-control.ts'

/** Looks at a thread that seems to do nothing of ours, before it is stopped all the same. */
const reluctanceMax = 10

/** Stops whatever JavaScript the main thread runs; resolves when that has happened. */
async function terminateExecution(): Promise<void> {
  const { Session } = await import('node:inspector')
  const session = new Session()
  session.connectToMainThread()
  try {
    await new Promise<void>((resolve, reject) => {
      session.post('Runtime.terminateExecution', (error) => (error ? reject(error) : resolve()))
    })
  } finally {
    // Left connected, it makes the process wait for it at its end.
    session.disconnect()
  }
}

export type StopOutcome = 'stopped the request' | 'stopped something' | 'not now'

/**
 * Stops user code on the main thread that does not listen: a busy loop, a wait that blocks. For a
 * worker thread. `catch` and `finally` blocks do not run, and promises that waited never settle.
 */
export class MainThreadStopper {
  readonly #control: SharedControl
  #refusals = 0

  constructor(control: SharedControl) {
    this.#control = control
  }

  /**
   * Stops the work on `request`, or resolves to `not now`: the thread does not work on it, and a
   * stop would hit what it does next. When that does not change for some calls it must be user
   * code left over from an earlier request that holds the thread, and it is stopped all the same.
   */
  async stop(request: number): Promise<StopOutcome> {
    const isBound = this.#control.beginStop(request)
    if (!isBound && ++this.#refusals < reluctanceMax) return 'not now'
    this.#refusals = 0
    try {
      await terminateExecution()
    } catch (error) {
      if (isBound) this.#control.endStop(request, false)
      throw error
    }
    if (!isBound) return 'stopped something'
    this.#control.endStop(request, true)
    return 'stopped the request'
  }
}
