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
   * Resolves to whether the thread was stopped. It is not while it does not work on a request,
   * because that would hit what it does next; but it is when that does not change after some
   * calls, since it must be user code left over from an earlier request that holds the thread.
   */
  async stop(): Promise<boolean> {
    const isBound = this.#control.beginStop()
    if (!isBound && ++this.#refusals < reluctanceMax) return false
    this.#refusals = 0
    try {
      await terminateExecution()
    } catch (error) {
      if (isBound) this.#control.endStop(false)
      throw error
    }
    if (isBound) this.#control.endStop(true)
    return true
  }
}
