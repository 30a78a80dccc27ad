import process from 'node:process'
import type {
  ExecuteOutcome,
  ExecuteRequest,
  HistoryOutcome,
  HistoryRequest,
  MimeBundle,
  Output,
} from '../engine/mod.ts'
import { evaluateExpression } from './builtin-calls.ts'
import { Cell, installImportBinder } from './cell/cell.ts'
import { displayBundle, plainBundle } from './display.ts'
import { describeFailure } from './failure.ts'
import { History } from './history.ts'
import type { Namespace } from './namespace.ts'
import { queryHistory } from './reflection/history-query.ts'

/** Compiled cells that are kept, and how long their source may be. */
const compiledMax = 64
const compiledCharsMax = 4_096

/** Cells one after the other: their numbers, their history, and what they show at their end. */
export class CellSession {
  readonly #namespace: Namespace
  readonly #history: History
  readonly #compiled = new Map<string, Cell>()
  #executionCount = 0

  constructor(namespace: Namespace) {
    this.#namespace = namespace
    installImportBinder(namespace)
    this.#history = new History(namespace)
  }

  /** The number of the last cell that got one. */
  get executionCount(): number {
    return this.#executionCount
  }

  /**
   * Runs a cell, shows its value, evaluates the user expressions.
   * @throws whatever the cell throws.
   */
  run(
    request: ExecuteRequest,
    output: Pick<Output, 'executeInput' | 'executeResult'>,
  ): ExecuteOutcome | Promise<ExecuteOutcome> {
    const { code, silent, storeHistory, userExpressions } = request
    const isNumbered = storeHistory && !silent
    if (isNumbered) this.#history.addSource(++this.#executionCount, code)
    const executionCount = this.#executionCount
    if (!silent) output.executeInput(code, executionCount)

    const cell = isNumbered
      ? new Cell(code, `cell ${executionCount}`, this.#namespace)
      : this.#unnumbered(code)
    const end = (): ExecuteOutcome => ({
      status: 'ok',
      executionCount,
      userExpressions: this.#evaluateAll(userExpressions),
    })
    const show = (bundle: MimeBundle): ExecuteOutcome => {
      output.executeResult(bundle, {}, executionCount)
      return end()
    }
    const finish = (value: unknown): ExecuteOutcome | Promise<ExecuteOutcome> => {
      if (silent || !cell.hasValue || value === undefined) return end()
      if (isNumbered) this.#history.addResult(executionCount, value)
      const bundle = displayBundle(value)
      return bundle instanceof Promise ? bundle.then(show) : show(bundle)
    }
    const value = cell.run()
    return cell.isAsync ? (value as Promise<unknown>).then(finish) : finish(value)
  }

  /** Runs a cell of which nothing is shown or remembered. */
  runUnnumbered(code: string): undefined | Promise<undefined> {
    const cell = this.#unnumbered(code)
    const value = cell.run()
    return cell.isAsync ? (value as Promise<unknown>).then(() => undefined) : undefined
  }

  /** Programs send the same line again and again: it is compiled once. */
  #unnumbered(code: string): Cell {
    // Imports of a cell start from the folder in which it was compiled.
    const key = `${process.cwd()}\n${code}`
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const cell = new Cell(code, 'cell', this.#namespace)
    if (code.length <= compiledCharsMax) this.#compiled.set(key, cell)
    if (this.#compiled.size > compiledMax) {
      const [oldest] = this.#compiled.keys()
      this.#compiled.delete(oldest!)
    }
    return cell
  }

  /** The text of a numbered cell, as it was typed. */
  sourceOf(number: number): string | undefined {
    return this.#history.cells.find(({ line }) => line === number)?.source
  }

  history(request: HistoryRequest): HistoryOutcome {
    return { entries: queryHistory(this.#history.cells, request) }
  }

  /** Forgets what cells were and gave, but goes on counting. */
  clear(): void {
    this.#history.clear()
  }

  /** Source: Jupyter messaging, "Execute": each user expression has a status of its own. */
  #evaluateAll(expressions: Readonly<Record<string, string>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(expressions).map(([name, expression]) => {
        try {
          const value = evaluateExpression(this.#namespace, expression)
          return [name, { status: 'ok', data: plainBundle(value), metadata: {} }]
        } catch (thrown) {
          return [name, describeFailure(thrown)]
        }
      }),
    )
  }
}
