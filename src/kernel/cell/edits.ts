interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Spaces instead of everything but the ends of lines. */
export function blank(text: string): string {
  return text.replace(/[^\n\r\u2028\u2029]/g, ' ')
}

/** Spaces instead of comments, in a text that has no strings. */
export function blankComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, blank)
}

function inOrder(a: Edit, b: Edit): number {
  return a.start - b.start || a.end - b.end
}

/** Replacements in a text, collected in any order; they must not overlap. */
export class Edits {
  readonly #text: string
  readonly #edits: Edit[] = []

  constructor(text: string) {
    this.#text = text
  }

  /** Comes out before what is there, or what replaces it. */
  insert(at: number, text: string): void {
    this.#edits.push({ start: at, end: at, text })
  }

  /**
   * Puts `text` in the place of what is there, filled up with what keeps the lines and, where
   * `text` is not longer than its place, the columns.
   */
  replace(start: number, end: number, text: string): void {
    const rest = blank(this.#text.slice(start, end)).slice(text.length)
    const lines = this.#text.slice(start, end).split('\n').length - 1
    const missing = lines - (rest.split('\n').length - 1)
    this.#edits.push({ start, end, text: text + rest + '\n'.repeat(missing) })
  }

  blank(start: number, end: number): void {
    this.replace(start, end, '')
  }

  apply(): string {
    let out = ''
    let taken = 0
    for (const { start, end, text } of this.#edits.toSorted(inOrder)) {
      out += this.#text.slice(taken, start) + text
      taken = end
    }
    return out + this.#text.slice(taken)
  }
}
