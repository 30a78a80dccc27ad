/**
 * A client, as far as parallel magics need one. It may come from another copy of this package: the
 * one in the user's working folder.
 */
export interface ParallelClient {
  readonly ids: readonly number[]
  /** `closed` when it is of no use any more. */
  readonly status: string
  directView(targets: unknown): unknown
}

/** What `%px` and its like, or those with a suffix, work on. */
export interface Activation {
  readonly client: ParallelClient
  /** As `client.directView` takes them. */
  readonly targets: unknown
}

/** Where clients and views find it, whichever copy of this package they are of. */
const activeViewsKey: unique symbol = Symbol.for('iparallel.active-views')

/** The views that magics work on, by the suffix of those: `_even` for `%px_even`. */
export class ActiveViews {
  readonly #bySuffix = new Map<string, Activation>()

  /** Lets clients and views of this process find it. */
  constructor() {
    Object.defineProperty(globalThis, activeViewsKey, { value: this, configurable: true })
  }

  /** The suffixes there are, the empty one included once it is there. */
  get suffixes(): string[] {
    return [...this.#bySuffix.keys()]
  }

  /** Called by clients and views; the last one counts. */
  activate(client: ParallelClient, targets: unknown, suffix: string): void {
    this.#bySuffix.set(suffix, { client, targets })
  }

  /** Undefined when there is none, or its client has been closed. */
  get(suffix: string): Activation | undefined {
    const found = this.#bySuffix.get(suffix)
    return found?.client.status === 'closed' ? undefined : found
  }
}
