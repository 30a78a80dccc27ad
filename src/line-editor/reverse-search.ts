import type { InputHistory } from './input-history.ts'
import type { Key } from './key.ts'

/** Ctrl-R: the newest entry that contains what is typed, and older ones with each Ctrl-R. */
export class ReverseSearch {
  readonly #history: InputHistory
  readonly #originalText: string
  readonly #originalCursor: number
  #query = ''
  #found: number | undefined
  #failed = false

  constructor(history: InputHistory, text: string, cursor: number) {
    this.#history = history
    this.#originalText = text
    this.#originalCursor = cursor
  }

  get view(): { readonly query: string; readonly failed: boolean } {
    return { query: this.#query, failed: this.#failed }
  }

  /** What stands in the line: the entry that was found, or what stood there before. */
  get text(): string {
    return this.#found === undefined ? this.#originalText : this.#history.entries[this.#found]!
  }

  get cursor(): number {
    return this.#found === undefined ? this.#originalCursor : this.text.indexOf(this.#query)
  }

  /** `unknown`: the key is none of a search; it ends, and what was found stays. */
  press(key: Key): 'searching' | 'cancelled' | 'unknown' {
    if (key.name === 'text' || key.name === 'paste') {
      this.#query += key.text
      this.#look(this.#found === undefined ? undefined : this.#found + 1)
    } else if (key.name === 'backspace') {
      this.#query = this.#query.slice(0, -1)
      this.#found = undefined
      this.#look(undefined)
    } else if (key.ctrl && key.name === 'r') {
      this.#look(this.#found)
    } else if (key.ctrl && (key.name === 'g' || key.name === 'c')) {
      this.#found = undefined
      return 'cancelled'
    } else {
      return 'unknown'
    }
    return 'searching'
  }

  #look(before: number | undefined): void {
    if (this.#query === '') {
      this.#failed = false
      return
    }
    const found = this.#history.find(this.#query, before)
    this.#failed = found === undefined
    if (found !== undefined) this.#found = found
  }
}
