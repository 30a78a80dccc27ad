import { textWidth } from './text-width.ts'

export interface MenuEntry {
  readonly text: string
  readonly selected: boolean
}

const gap = 2

/**
 * Candidates in columns, as many as fit, filled from top to bottom: rows of cells, each padded to
 * its column. When there is no room for all rows, those around the selected one are shown.
 */
export function columnsOf(
  candidates: readonly string[],
  selected: number | undefined,
  columns: number,
  rowsMax: number,
): { readonly rows: readonly (readonly MenuEntry[])[]; readonly hidden: number } {
  const width = Math.min(columns, Math.max(...candidates.map(textWidth)) + gap)
  const across = Math.max(1, Math.floor(columns / width))
  const down = Math.ceil(candidates.length / across)
  const shownRows = Math.max(1, Math.min(down, rowsMax))
  const selectedRow = (selected ?? 0) % down
  const first = Math.max(0, Math.min(selectedRow - shownRows + 1, down - shownRows))
  const rows: MenuEntry[][] = []
  for (let row = first; row < first + shownRows; row++) {
    const cells: MenuEntry[] = []
    for (let i = row; i < candidates.length; i += down) {
      const text = candidates[i]!
      const padding = ' '.repeat(Math.max(0, width - textWidth(text)))
      cells.push({ text: text + padding, selected: i === selected })
    }
    rows.push(cells)
  }
  return { rows, hidden: candidates.length - rows.reduce((sum, cells) => sum + cells.length, 0) }
}

/** What all candidates begin with. */
export function commonPrefix(candidates: readonly string[]): string {
  let prefix = candidates[0] ?? ''
  for (const candidate of candidates) {
    while (!candidate.startsWith(prefix)) prefix = prefix.slice(0, -1)
  }
  return prefix
}

/** The candidates of one place in the text, and which of them stands there for a look. */
export class CompletionMenu {
  readonly candidates: readonly string[]
  readonly start: number
  /** What stands there without a choice. */
  readonly original: string
  #selected: number | undefined

  constructor(candidates: readonly string[], start: number, original: string) {
    this.candidates = candidates
    this.start = start
    this.original = original
  }

  get selected(): number | undefined {
    return this.#selected
  }

  /** What stands in the text now. */
  get shown(): string {
    return this.#selected === undefined ? this.original : this.candidates[this.#selected]!
  }

  /** To the next candidate, or the one before; past the ends it begins again. */
  step(by: 1 | -1): void {
    const { length } = this.candidates
    const from = this.#selected ?? (by === 1 ? -1 : 0)
    this.#selected = (from + by + length) % length
  }
}
