import { stripVTControlCharacters } from 'node:util'
import { type Layout, textWidth } from '../line-editor/mod.ts'

interface Drawn {
  readonly rows: readonly string[]
  readonly cursorRow: number
  readonly cursorColumn: number
  /** The terminal has broken the rows anew: how many they are now is not known. */
  readonly isBroken?: boolean
}

/** Draws the prompt and what is typed at the bottom of the screen, again and again. */
export class PromptPainter {
  /** Undefined when nothing of it stands on the screen. */
  #drawn: Drawn | undefined

  /**
   * Draws over what was drawn before.
   * @param below Rows under the text: a menu, a hint.
   * @param height Rows of the screen; of more, those around the cursor are drawn.
   */
  paint(layout: Layout, below: readonly string[], height: number): string {
    const all = [...layout.rows, ...below]
    const wanted = layout.cursorRow - Math.floor(height / 2)
    const first = Math.max(0, Math.min(wanted, all.length - height))
    const rows = all.slice(first, first + height)
    const cursorRow = layout.cursorRow - first
    const { cursorColumn } = layout
    const right = cursorColumn === 0 ? '' : `\x1b[${cursorColumn}C`
    const back = `${up(rows.length - 1 - cursorRow)}\r${right}`
    const text = `\x1b[?25l${this.#draw(rows)}${back}\x1b[?25h`
    this.#drawn = { rows, cursorRow, cursorColumn }
    return text
  }

  /** Draws the text for the last time: what comes next is written below it. */
  finish(layout: Layout): string {
    // The row for a cursor behind a full one is not wanted any more.
    const rows = layout.rows.at(-1) === '' ? layout.rows.slice(0, -1) : layout.rows
    const text = `${this.#draw(rows)}\r\n`
    this.#drawn = undefined
    return text
  }

  /** Takes away what was drawn. */
  erase(): string {
    const text = this.#drawn === undefined ? '' : `${this.#toStart()}\x1b[J`
    this.#drawn = undefined
    return text
  }

  /** Somebody else has cleared the screen. */
  forget(): void {
    this.#drawn = undefined
  }

  /** The terminal has broken the rows anew where they are wider than it is now. */
  resized(columns: number): void {
    if (this.#drawn === undefined) return
    const { rows, cursorRow, cursorColumn } = this.#drawn
    const above = rows.slice(0, cursorRow).map((row) => {
      const width = textWidth(stripVTControlCharacters(row))
      return Math.max(1, Math.ceil(width / columns))
    })
    const cursor = above.reduce((sum, count) => sum + count, Math.floor(cursorColumn / columns))
    this.#drawn = { rows, cursorRow: cursor, cursorColumn: cursorColumn % columns, isBroken: true }
  }

  /**
   * Row by row, and what is left of the old ones: some terminals put into their history what is
   * cleared from the top of the screen at once.
   */
  #draw(rows: readonly string[]): string {
    if (this.#drawn === undefined) return rows.join('\r\n')
    const { isBroken = false, rows: old } = this.#drawn
    if (isBroken) return `${this.#toStart()}\x1b[J${rows.join('\r\n')}`
    const rest = old.length > rows.length ? '\r\n\x1b[J\x1b[A' : ''
    return this.#toStart() + rows.map((row) => `\x1b[K${row}`).join('\r\n') + rest
  }

  #toStart(): string {
    return this.#drawn === undefined ? '' : `\r${up(this.#drawn.cursorRow)}`
  }
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : ''
}
