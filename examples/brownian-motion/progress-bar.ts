import { styleText } from 'node:util'

/** Where a bar is drawn: `process.stderr`, or a play in a test. */
export interface Terminal {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** What the bar shows after its numbers, kept short. */
export type Detail = (done: number, elapsedS: number) => string

/** Milliseconds between two drawings, at least. */
const redrawMs = 50
/** Lines for the whole work where there is no terminal. */
const linesMax = 10

/**
 * A live progress bar on a terminal, and now and then a plain line elsewhere, as in a log file.
 * `using bar = …` sees to it that what follows, such as an error, begins on a line of its own.
 */
export class ProgressBar implements Disposable {
  readonly #terminal: Terminal
  readonly #label: string
  readonly #detail: Detail
  #drawnMs = Number.NEGATIVE_INFINITY
  #lines = 0
  #isLineOpen = false

  constructor(terminal: Terminal, label: string, detail: Detail) {
    this.#terminal = terminal
    this.#label = label
    this.#detail = detail
  }

  /** @param elapsedS since the work began; tells the time that is left */
  update(done: number, total: number, elapsedS: number): void {
    const share = total === 0 ? 1 : done / total
    if (this.#terminal.isTTY !== true) {
      this.#writeLine(done, total, share, elapsedS)
      return
    }
    const isLast = done === total
    if (!isLast && elapsedS * 1e3 - this.#drawnMs < redrawMs) return
    this.#drawnMs = elapsedS * 1e3
    // A line that wraps cannot be drawn over: what does not fit is left out, from the right.
    const columns = (this.#terminal.columns || 80) - 1
    const parts = [percent(share), this.#detail(done, elapsedS), left(share, elapsedS)]
    while (parts.length > 1 && this.#width(parts) > columns) parts.pop()
    const room = columns - this.#width(parts)
    const bar = room < 5 ? '' : `${drawBar(share, Math.min(room, 40))} `
    this.#isLineOpen = !isLast
    const text = `${this.#label} ${bar}${parts.join('  ')}`
    this.#terminal.write(`\r\x1b[2K${text}${isLast ? '\n' : ''}`)
  }

  [Symbol.dispose](): void {
    if (this.#isLineOpen) this.#terminal.write('\n')
    this.#isLineOpen = false
  }

  /** Columns that the label and these take, with the space for a bar's end. */
  #width(parts: readonly string[]): number {
    return `${this.#label}  ${parts.join('  ')}`.length
  }

  #writeLine(done: number, total: number, share: number, elapsedS: number): void {
    const lines = Math.floor((done * linesMax) / total)
    if (lines <= this.#lines) return
    this.#lines = lines
    const text = `${percent(share)}  ${this.#detail(done, elapsedS)}  ${left(share, elapsedS)}`
    this.#terminal.write(`${this.#label} ${text}\n`)
  }
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`.padStart(5)
}

function left(share: number, elapsedS: number): string {
  if (share >= 1) return `done in ${elapsedS.toFixed(1)} s`
  if (share === 0) return ''
  return `${Math.ceil((elapsedS / share) * (1 - share))} s left`
}

function drawBar(share: number, width: number): string {
  const full = Math.round(share * width)
  const bar = '━'.repeat(full)
  return (process.env['NO_COLOR'] ? bar : styleText('green', bar)) + '─'.repeat(width - full)
}
