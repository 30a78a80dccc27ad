import { graphemes, textWidth } from '../line-editor/mod.ts'

/** A control sequence, a string sequence, another escape, a control character, or plain text. */
const parts =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are steered by them
  /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+/gs

/** Follows where the cursor goes while text is written, so that it can be taken back. */
export class TextTracker {
  #columns: number
  #row = 0
  #column = 0

  constructor(columns: number) {
    this.#columns = Math.max(1, columns)
  }

  /** Rows below where it began. */
  get row(): number {
    return this.#row
  }

  get column(): number {
    return this.#column
  }

  write(text: string): void {
    for (const [part, parameters, final] of text.matchAll(parts)) {
      if (final !== undefined) this.#move(final, Number(parameters) || 1)
      else if (part.length === 1 && part < ' ') this.#control(part)
      else if (part[0] !== '\x1b') this.#print(part)
    }
  }

  #move(final: string, count: number): void {
    if (final === 'A' || final === 'F') this.#row = Math.max(0, this.#row - count)
    else if (final === 'B' || final === 'E') this.#row += count
    else if (final === 'C') this.#column = Math.min(this.#columns - 1, this.#column + count)
    else if (final === 'D') this.#column = Math.max(0, this.#column - count)
    else if (final === 'G') this.#column = Math.min(this.#columns, count) - 1
    if (final === 'E' || final === 'F') this.#column = 0
  }

  #control(part: string): void {
    if (part === '\n') {
      this.#row++
      this.#column = 0
    } else if (part === '\r') this.#column = 0
    else if (part === '\b') this.#column = Math.max(0, this.#column - 1)
    else if (part === '\t') {
      this.#column = Math.min(this.#columns - 1, (Math.floor(this.#column / 8) + 1) * 8)
    }
  }

  #print(text: string): void {
    const width = textWidth(text)
    if (this.#column + width <= this.#columns) {
      this.#column += width
      return
    }
    for (const grapheme of graphemes(text)) {
      const each = textWidth(grapheme)
      if (this.#column + each > this.#columns) {
        this.#row++
        this.#column = 0
      }
      this.#column += each
    }
  }
}
