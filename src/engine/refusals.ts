import { type Logger, messageOf } from '../base/mod.ts'

/** Reasons that are remembered as said; when there are more, all may be said once again. */
const saidMax = 32

/** Logs what was refused, each reason once: whoever sends nonsense may do so without end. */
export class Refusals {
  readonly #logger: Logger
  readonly #said = new Set<string>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** `what`: for people, what was refused. */
  report(what: string, error: unknown): void {
    const text = `${what} was refused: ${messageOf(error)}`
    if (this.#said.has(text)) return
    if (this.#said.size >= saidMax) this.#said.clear()
    this.#said.add(text)
    this.#logger.warn(`${text} (further ones are dropped without a word)`)
  }
}
