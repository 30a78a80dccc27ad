import { limits } from '../../base/mod.ts'
import { typedColumn } from './typed-column.ts'

interface CellLines {
  readonly typed: readonly string[]
  /** Without types: what the scripts of functions are made of. */
  readonly stripped: readonly string[]
  /** What the main script is made of. */
  readonly rewritten: readonly string[]
}

/** Finds back, for stacks, the columns that were typed: scripts are run with others. */
export class CellColumns {
  readonly #cells = new Map<string, CellLines>()

  remember(name: string, typed: string, stripped: string, rewritten: string): void {
    this.#cells.delete(name)
    if (typed === rewritten) return
    this.#cells.set(name, {
      typed: typed.split('\n'),
      stripped: stripped.split('\n'),
      rewritten: rewritten.split('\n'),
    })
    const [oldest] = this.#cells.keys()
    if (this.#cells.size > limits.historyResultsMax) this.#cells.delete(oldest!)
  }

  /** `cell 3:2:7` as it stands in a stack, with the column that was typed. */
  correct(position: string): string {
    const [, name, line, column] = /^(.*):(\d+):(\d+)$/.exec(position) ?? []
    const lines = this.#cells.get(name ?? '')
    const at = Number(line) - 1
    const typed = lines?.typed[at]
    if (lines === undefined || typed === undefined) return position
    const rewritten = lines.rewritten[at] ?? ''
    // Functions have scripts of their own, and are blank in the main one.
    const isMain = /\S/.test(rewritten[Number(column) - 1] ?? ' ')
    const made = isMain ? rewritten : (lines.stripped[at] ?? '')
    return `${name}:${line}:${typedColumn(made, typed, Number(column))}`
  }
}

/** Those of this realm, in which the names of cells are known. */
export const cellColumns: CellColumns = new CellColumns()
