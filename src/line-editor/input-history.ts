import { limits } from '../base/mod.ts'

/**
 * What was entered before, and the way through it. Going back begins with what has been typed:
 * only entries that begin with it are shown. What was typed comes back at the end.
 */
export class InputHistory {
  readonly #entries: string[]
  /** Where one is on the way through; the length stands for the line that is being typed. */
  #at: number
  #prefix = ''
  #typed = ''

  /** @param entries The oldest first. */
  constructor(entries: readonly string[] = []) {
    this.#entries = entries.slice(-limits.consoleHistoryMax)
    this.#at = this.#entries.length
  }

  get entries(): readonly string[] {
    return this.#entries
  }

  /** Appends an entry and begins anew; false for one that is empty or the same as the last. */
  add(entry: string): boolean {
    const isNew = entry.trim() !== '' && entry !== this.#entries.at(-1)
    if (isNew) {
      this.#entries.push(entry)
      if (this.#entries.length > limits.consoleHistoryMax) this.#entries.shift()
    }
    this.reset()
    return isNew
  }

  /** The way through the past begins at the end again. */
  reset(): void {
    this.#at = this.#entries.length
  }

  /** The next older entry that begins as `typed` did when the way began. */
  older(typed: string, prefix: string): string | undefined {
    if (typed !== this.#entries[this.#at]) this.reset()
    if (this.#at === this.#entries.length) {
      this.#typed = typed
      this.#prefix = prefix
    }
    for (let i = this.#at - 1; i >= 0; i--) {
      const entry = this.#entries[i]!
      if (!entry.startsWith(this.#prefix) || entry === typed) continue
      this.#at = i
      return entry
    }
    return undefined
  }

  /** The next newer one; at the end, what was typed. */
  newer(shown: string): string | undefined {
    if (shown !== this.#entries[this.#at]) this.reset()
    if (this.#at === this.#entries.length) return undefined
    for (let i = this.#at + 1; i < this.#entries.length; i++) {
      const entry = this.#entries[i]!
      if (!entry.startsWith(this.#prefix) || entry === shown) continue
      this.#at = i
      return entry
    }
    this.reset()
    return this.#typed
  }

  /**
   * The newest entry older than `before` that contains `query`.
   * @returns its index, or undefined when there is none.
   */
  find(query: string, before: number = this.#entries.length): number | undefined {
    for (let i = Math.min(before, this.#entries.length) - 1; i >= 0; i--) {
      if (this.#entries[i]!.includes(query)) return i
    }
    return undefined
  }
}
