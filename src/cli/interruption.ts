/** Ctrl-C, a closed terminal, or a polite end from outside. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Turns what wants to end this process into something that can be waited for. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController()
  readonly #onAgain: () => void
  readonly #handle = () => this.interrupt()
  readonly #received: Promise<undefined>

  /** @param onAgain Called from the second time on: whoever waits gets impatient. */
  constructor(onAgain: () => void = () => {}) {
    this.#onAgain = onAgain
    this.#received = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve(undefined), { once: true })
    })
    for (const name of signals) process.on(name, this.#handle)
  }

  /** Aborts at the first interruption. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Resolves at the first interruption. */
  get received(): Promise<undefined> {
    return this.#received
  }

  /** As if a signal had come. */
  interrupt(): void {
    if (this.signal.aborted) this.#onAgain()
    else this.#controller.abort()
  }

  [Symbol.dispose](): void {
    for (const name of signals) process.off(name, this.#handle)
  }
}
