import { SourceMap, type SourceMapPayload } from 'node:module'
import { limits } from '../../base/mod.ts'
import { typedColumn } from './typed-column.ts'

interface CellLines {
  readonly typed: readonly string[]
  /** Without types: what the scripts of functions are made of. */
  readonly stripped: readonly string[]
  /** What the main script is made of. */
  readonly rewritten: readonly string[]
  /** From the stripped text to the typed one, when the former was laid out anew. */
  readonly map: SourceMapPayload | undefined
}

/** Finds back, for stacks, the columns that were typed: scripts are run with others. */
export class CellColumns {
  readonly #cells = new Map<string, CellLines>()

  remember(
    name: string,
    typed: string,
    stripped: string,
    rewritten: string,
    map?: SourceMapPayload,
  ): void {
    this.#cells.delete(name)
    this.#cells.set(name, {
      typed: typed.split('\n'),
      stripped: stripped.split('\n'),
      rewritten: rewritten.split('\n'),
      map,
    })
    const [oldest] = this.#cells.keys()
    if (this.#cells.size > limits.historyResultsMax) this.#cells.delete(oldest!)
  }

  /** `cell 3:2:7` as it stands in a stack, with the column that was typed. */
  correct(position: string): string {
    const [, name, line, column] = /^(.*):(\d+):(\d+)$/.exec(position) ?? []
    const lines = this.#cells.get(name ?? '')
    if (lines === undefined) return position
    const at = Number(line) - 1
    if (lines.map !== undefined) return mapped(name!, lines, lines.map, at, Number(column))
    const typed = lines.typed[at]
    if (typed === undefined) return position
    const rewritten = lines.rewritten[at] ?? ''
    // Functions have scripts of their own, and are blank in the main one.
    const isMain = /\S/.test(rewritten[Number(column) - 1] ?? ' ')
    const made = isMain ? rewritten : (lines.stripped[at] ?? '')
    return `${name}:${line}:${typedColumn(made, typed, Number(column))}`
  }
}

/** As `correct`, for a text that the compiler has laid out: `at` is a line from 0. */
function mapped(
  name: string,
  { stripped, rewritten }: CellLines,
  map: SourceMapPayload,
  at: number,
  column: number,
): string {
  const made = /\S/.test(rewritten[at]?.[column - 1] ?? ' ') ? rewritten[at] : stripped[at]
  const laidOut = typedColumn(made ?? '', stripped[at] ?? '', column)
  const entry = new SourceMap(map).findEntry(at, laidOut - 1)
  if (!('originalLine' in entry)) return `${name}:${at + 1}:${column}`
  return `${name}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
}

/** Those of this realm, in which the names of cells are known. */
export const cellColumns: CellColumns = new CellColumns()
