import { limits } from '../base/mod.ts'
import { cut } from './failure.ts'
import type { Namespace } from './namespace.ts'
import type { PastCell } from './reflection/history-query.ts'
import { showSafely } from './reflection/show-safely.ts'

/** What the numbered cells were and gave: the globals `In`, `Out` and `_`, as in IPython. */
export class History {
  readonly #namespace: Namespace
  #sources: string[] = ['']
  #results: Record<number, unknown> = {}
  #lastResult: unknown

  constructor(namespace: Namespace) {
    this.#namespace = namespace
    this.#publish()
  }

  #publish(): void {
    this.#namespace.define('In', this.#sources)
    this.#namespace.define('Out', this.#results)
    this.#lastResult = undefined
    this.#namespace.define('_', undefined)
  }

  addSource(count: number, source: string): void {
    this.#sources[count] = source
    delete this.#sources[count - limits.historyCellsMax]
  }

  addResult(count: number, value: unknown): void {
    this.#results[count] = value
    const numbers = Object.keys(this.#results)
    if (numbers.length > limits.historyResultsMax) delete this.#results[Number(numbers[0])]
    // Whoever gave `_` another meaning, such as that of a library, keeps it.
    if (this.#namespace.has('_') && this.#namespace.read('_') !== this.#lastResult) return
    this.#lastResult = value
    this.#namespace.define('_', value)
  }

  /** The numbered cells that are remembered, the oldest first. */
  get cells(): PastCell[] {
    return Object.entries(this.#sources)
      .filter(([line, source]) => line !== '0' && typeof source === 'string')
      .map(([line, source]) => ({
        line: Number(line),
        source,
        output: line in this.#results ? shown(this.#results[Number(line)]) : undefined,
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
