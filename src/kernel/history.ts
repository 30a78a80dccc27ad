import { limits } from '../base/mod.ts'
import { cut } from './failure.ts'
import type { Namespace } from './namespace.ts'
import type { PastCell } from './reflection/history-query.ts'
import { showSafely } from './reflection/show-safely.ts'

/** The last results and, as `_i`, the last cells, the newest first. */
const resultNames = ['_', '__', '___'] as const
const sourceNames = ['_i', '_ii', '_iii'] as const

/**
 * What the numbered cells were and gave, as in IPython: the globals `In` and `Out`, `_` `__` `___`
 * and `_3` for results, `_i` `_ii` `_iii` and `_i3` for the cells.
 */
export class History {
  readonly #namespace: Namespace
  #sources: string[] = ['']
  #results: Record<number, unknown> = {}
  /** Those of the last cells that gave a result, the newest first. */
  #lastResults: unknown[] = []
  /** What each of `resultNames` was given; what it has besides is the user's. */
  #given: unknown[] = []

  constructor(namespace: Namespace) {
    this.#namespace = namespace
    this.#publish()
  }

  #publish(): void {
    this.#namespace.define('In', this.#sources)
    this.#namespace.define('Out', this.#results)
    this.#lastResults = []
    this.#given = resultNames.map(() => undefined)
    for (const name of resultNames) this.#namespace.defineHidden(name, undefined)
    for (const name of sourceNames) this.#namespace.defineHidden(name, '')
  }

  addSource(count: number, source: string): void {
    this.#sources[count] = source
    this.#namespace.defineHidden(`_i${count}`, source)
    for (const [i, name] of sourceNames.entries()) {
      this.#namespace.defineHidden(name, this.#sources[count - 1 - i] ?? '')
    }
    const oldest = count - limits.historyCellsMax
    delete this.#sources[oldest]
    this.#namespace.forget(`_i${oldest}`)
  }

  addResult(count: number, value: unknown): void {
    this.#results[count] = value
    this.#namespace.defineHidden(`_${count}`, value)
    const [oldest] = Object.keys(this.#results)
    if (Object.keys(this.#results).length > limits.historyResultsMax) {
      delete this.#results[Number(oldest)]
      this.#namespace.forget(`_${oldest}`)
    }
    // Whoever gave `_` another meaning, such as that of a library, keeps it.
    this.#lastResults = [value, ...this.#lastResults].slice(0, resultNames.length)
    for (const [i, name] of resultNames.entries()) {
      const present = this.#namespace.has(name) ? this.#namespace.read(name) : this.#given[i]
      if (!Object.is(present, this.#given[i])) continue
      this.#given[i] = this.#lastResults[i]
      this.#namespace.defineHidden(name, this.#given[i])
    }
  }

  /** The numbered cells that are remembered, the oldest first. */
  get cells(): PastCell[] {
    const results = this.#results
    return Object.entries(this.#sources)
      .filter(([line, source]) => line !== '0' && typeof source === 'string')
      .map(([line, source]) => ({
        line: Number(line),
        source,
        // Values can be large, and most who ask want to know the source only.
        get output() {
          return line in results ? shown(results[Number(line)]) : undefined
        },
      }))
  }

  clear(): void {
    this.#sources = ['']
    this.#results = {}
    this.#publish()
  }
}

function shown(value: unknown): string {
  const text = showSafely(value, { maxArrayLength: 50, maxStringLength: 2_000 })
  return cut(text, limits.inspectionCharsMax)
}
