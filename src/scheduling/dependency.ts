import type { DependencyContent } from '../jupyter/mod.ts'

/** How a task ended, as far as those that depend on it care. */
export interface TaskEnd {
  readonly success: boolean
  /** Uuid of the engine that ran it to its end; undefined when none did. */
  readonly engine: string | undefined
}

/** What one `after` or `follow` still needs. Every step costs the same, however long the list. */
export class Dependency {
  readonly all: boolean
  readonly #success: boolean
  readonly #failure: boolean
  /** Tasks that have not ended yet. */
  readonly #open: Set<string>
  #matches = 0
  #misses = 0
  /** Uuids of the engines where matching tasks ran. */
  readonly engines: Set<string> = new Set()

  constructor(wish: DependencyContent) {
    this.all = wish.all
    this.#success = wish.success
    this.#failure = wish.failure
    this.#open = new Set(wish.ids)
  }

  get openIds(): Iterable<string> {
    return this.#open
  }

  get settled(): boolean {
    return this.#open.size === 0
  }

  /** All listed tasks, or one of them, ended as was asked. */
  get satisfied(): boolean {
    return this.all ? this.#misses === 0 && this.settled : this.#matches > 0
  }

  /** It can never be satisfied any more. */
  get unreachable(): boolean {
    return this.all ? this.#misses > 0 : this.#matches === 0 && this.settled
  }

  /** Takes note that a task has ended; ids that are not listed change nothing. */
  settle(id: string, end: TaskEnd): void {
    if (!this.#open.delete(id)) return
    if (end.success ? this.#success : this.#failure) {
      this.#matches++
      if (end.engine !== undefined) this.engines.add(end.engine)
    } else {
      this.#misses++
    }
  }
}
