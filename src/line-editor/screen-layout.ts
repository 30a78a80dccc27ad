import { graphemes, graphemeWidth } from './text-width.ts'

/** Text with how it looks: the parameters of an SGR sequence (`1;32`), or none. */
export interface StyledSpan {
  readonly text: string
  readonly sgr: string
}

/** What stands on the screen: a prompt before each line, and the text with a cursor in it. */
export interface ScreenText {
  readonly prompt: readonly StyledSpan[]
  /** Before each line but the first. */
  readonly continuation: readonly StyledSpan[]
  /** Together the text. */
  readonly spans: readonly StyledSpan[]
  /** An index into the text. */
  readonly cursor: number
}

export interface Layout {
  /** Rows of the screen, with escape sequences for the looks only. */
  readonly rows: readonly string[]
  readonly cursorRow: number
  readonly cursorColumn: number
}

const tabColumns = 4

/** Breaks lines where the terminal's columns end, so that rows can be counted and redrawn. */
export function layOut(text: ScreenText, columns: number): Layout {
  return new LayoutBuilder(columns).build(text)
}

class LayoutBuilder {
  readonly #columns: number
  readonly #rows: string[] = []
  #row = ''
  #column = 0
  #sgr = ''

  constructor(columns: number) {
    this.#columns = Math.max(1, columns)
  }

  build({ prompt, continuation, spans, cursor }: ScreenText): Layout {
    for (const span of prompt) this.#put(span)
    let at = 0
    let place: readonly [row: number, column: number] | undefined
    for (const { text, sgr } of spans) {
      for (const grapheme of graphemes(text)) {
        if (at >= cursor) place ??= this.#place()
        if (grapheme === '\n') {
          this.#endRow()
          for (const span of continuation) this.#put(span)
        } else {
          this.#put({ text: grapheme, sgr })
        }
        at += grapheme.length
      }
    }
    const [cursorRow, cursorColumn] = place ?? this.#place()
    this.#endRow()
    // The cursor stands behind a row that is full: on the next one, which must be there.
    if (cursorRow === this.#rows.length) this.#rows.push('')
    return { rows: this.#rows, cursorRow, cursorColumn }
  }

  #place(): readonly [row: number, column: number] {
    return this.#column >= this.#columns
      ? [this.#rows.length + 1, 0]
      : [this.#rows.length, this.#column]
  }

  #put({ text, sgr }: StyledSpan): void {
    for (const grapheme of graphemes(text)) {
      const shown = grapheme === '\t' ? ' '.repeat(tabColumns) : visible(grapheme)
      const width = grapheme === '\t' ? tabColumns : widthOf(shown)
      if (this.#column + width > this.#columns) this.#endRow()
      if (sgr !== this.#sgr) {
        this.#row += sgr === '' ? '\x1b[0m' : `\x1b[0;${sgr}m`
        this.#sgr = sgr
      }
      this.#row += shown
      this.#column += width
    }
  }

  #endRow(): void {
    this.#rows.push(this.#sgr === '' ? this.#row : `${this.#row}\x1b[0m`)
    this.#row = ''
    this.#column = 0
    this.#sgr = ''
  }
}

/** A control character must not reach the terminal: it is shown as its letter. */
function visible(grapheme: string): string {
  const code = grapheme.charCodeAt(0)
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`
  return code === 0x7f || (code >= 0x80 && code < 0xa0) ? '?' : grapheme
}

function widthOf(shown: string): number {
  return shown.length === 2 && shown[0] === '^' ? 2 : graphemeWidth(shown)
}
