import type { Clock, Logger } from '../base/mod.ts'

/** Milliseconds between two lines about dropped peers; what comes between is counted. */
const quietMs = 10_000

/** Tells the operator about peers that a socket dropped, without letting them fill the log. */
export class DropLog {
  readonly #name: string
  readonly #clock: Clock
  readonly #logger: Logger
  #nextMs = Number.NEGATIVE_INFINITY
  #untold = 0

  constructor(name: string, clock: Clock, logger: Logger) {
    this.#name = name
    this.#clock = clock
    this.#logger = logger
  }

  report(endpoint: string, remote: string, reason: string): void {
    const line = `${this.#name} ${endpoint}: dropped ${remote}: ${reason}`
    const now = this.#clock.monotonicMs()
    if (now < this.#nextMs) {
      this.#untold++
      this.#logger.debug(line)
      return
    }
    this.#logger.warn(this.#untold === 0 ? line : `${line} (and ${this.#untold} before it)`)
    this.#nextMs = now + quietMs
    this.#untold = 0
  }
}
