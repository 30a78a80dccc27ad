import { limits } from '../base/mod.ts'
import type {
  ExecuteOutcome,
  ExecuteRequest,
  HistoryOutcome,
  HistoryRequest,
  MimeBundle,
  Output,
} from '../engine/mod.ts'
import { workingFolder } from '../functions/mod.ts'
import { evaluateExpression } from './builtin-calls.ts'
import type { ImportBinder } from './cell/bind-import.ts'
import { type Boxed, Cell, installImportBinder } from './cell/cell.ts'
import type { AwaitGuard } from './cell/cell-scope.ts'
import { DisplayHandle } from './display/display-handle.ts'
import { displayBundle, plainBundle } from './display.ts'
import { describeFailure } from './failure.ts'
import { History } from './history.ts'
import { mayHaveMagics } from './magics/find-magics.ts'
import type { MagicHost } from './magics/magic.ts'
import type { MagicSession } from './magics/magic-session.ts'
import type { Namespace } from './namespace.ts'
import { type PastCell, queryHistory } from './reflection/history-query.ts'
import type { Run } from './run.ts'

/** Cells one after the other: their numbers, their history, and what they show at their end. */
export class CellSession {
  /** What gave names to the imports of cells. */
  readonly imports: ImportBinder
  readonly #namespace: Namespace
  readonly #history: History
  readonly #compiled = new Map<string, Cell>()
  readonly #loadMagics: () => Promise<MagicSession>
  #magics: MagicSession | undefined
  #executionCount = 0
  /** What error stacks call the cell that runs. */
  #cellName = 'cell'
  /** What its awaits wait for. */
  #guard: AwaitGuard | undefined

  /** `loadMagics` is called when the first cell comes that may have some. */
  constructor(namespace: Namespace, loadMagics: () => Promise<MagicSession>) {
    this.#namespace = namespace
    this.#loadMagics = loadMagics
    this.imports = installImportBinder(namespace)
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
    run?: Run,
  ): ExecuteOutcome | Promise<ExecuteOutcome> {
    const { code, silent, storeHistory, userExpressions } = request
    // As in IPython, a cell without code has no number.
    const isNumbered = storeHistory && !silent && code.trim() !== ''
    if (isNumbered) this.#history.addSource(++this.#executionCount, code)
    const executionCount = this.#executionCount
    if (!silent) output.executeInput(code, executionCount)

    const goOn = (text: string): ExecuteOutcome | Promise<ExecuteOutcome> =>
      this.#runText(text, executionCount, { isNumbered, silent, userExpressions }, output, run)
    this.#guard = run?.guard
    const transformed = this.#withoutMagics(code)
    return typeof transformed === 'string' ? goOn(transformed) : transformed.then(goOn)
  }

  #runText(
    text: string,
    executionCount: number,
    {
      isNumbered,
      silent,
      userExpressions,
    }: {
      readonly isNumbered: boolean
      readonly silent: boolean
      readonly userExpressions: Readonly<Record<string, string>>
    },
    output: Pick<Output, 'executeResult'>,
    run: Run | undefined,
  ): ExecuteOutcome | Promise<ExecuteOutcome> {
    this.#cellName = isNumbered ? `cell ${executionCount}` : 'cell'
    const cell = isNumbered
      ? new Cell(text, this.#cellName, this.#namespace)
      : this.#unnumbered(text)
    const end = (): ExecuteOutcome => {
      const payload = this.#magics?.takePayload() ?? []
      return {
        status: 'ok',
        executionCount,
        userExpressions: this.#evaluateAll(userExpressions),
        ...(payload.length === 0 ? {} : { payload }),
      }
    }
    const show = (bundle: MimeBundle): ExecuteOutcome => {
      output.executeResult(bundle, {}, executionCount)
      return end()
    }
    const finish = (value: unknown): ExecuteOutcome | Promise<ExecuteOutcome> => {
      // What the cell shows comes before its value.
      if (run?.isShowing) return run.untilShown().then(() => finish(value))
      if (silent || !cell.hasValue || cell.isQuiet || value === undefined) return end()
      // It has shown something already.
      if (DisplayHandle.is(value)) return end()
      if (isNumbered) this.#history.addResult(executionCount, value)
      const bundle = displayBundle(value)
      return bundle instanceof Promise ? bundle.then(show) : show(bundle)
    }
    const value = cell.run(run?.guard)
    return cell.isAsync
      ? (value as Promise<Boxed>).then((boxed) => finish(boxed?.[0]))
      : finish(value)
  }

  /** Code as a part of the running cell: what magics run. @throws whatever it throws. */
  readonly runPart: MagicHost['run'] = async (code, { firstLine = 1, file } = {}) => {
    const text = await this.#withoutMagics(code)
    const name = file ?? this.#cellName
    const cell = new Cell('\n'.repeat(firstLine - 1) + text, name, this.#namespace)
    const result: unknown = await cell.run(this.#guard)
    const value: unknown = cell.isAsync ? await (result as Boxed)?.[0] : result
    return cell.hasValue && !cell.isQuiet ? value : undefined
  }

  /** Runs a cell of which nothing is shown or remembered. */
  runUnnumbered(code: string, guard?: AwaitGuard): undefined | Promise<undefined> {
    this.#guard = guard
    const run = (text: string): undefined | Promise<undefined> => {
      const cell = this.#unnumbered(text)
      const value = cell.run(guard)
      return cell.isAsync ? (value as Promise<unknown>).then(() => undefined) : undefined
    }
    const transformed = this.#withoutMagics(code)
    return typeof transformed === 'string' ? run(transformed) : transformed.then(run)
  }

  /** The magics, as soon as a cell may have some. */
  async magics(): Promise<MagicSession> {
    this.#magics ??= await this.#loadMagics()
    return this.#magics
  }

  #withoutMagics(code: string): string | Promise<string> {
    if (!mayHaveMagics(code) && this.#magics?.capturesCells !== true) return code
    const magics = this.#magics
    return magics === undefined
      ? this.magics().then((loaded) => loaded.transform(code))
      : magics.transform(code)
  }

  /** Programs send the same line again and again: it is compiled once. */
  #unnumbered(code: string): Cell {
    // Imports of a cell start from the folder in which it was compiled.
    const key = `${workingFolder()}\n${code}`
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const cell = new Cell(code, 'cell', this.#namespace)
    if (code.length <= limits.compiledCellCharsMax) this.#compiled.set(key, cell)
    if (this.#compiled.size > limits.compiledCellsMax) {
      const [oldest] = this.#compiled.keys()
      this.#compiled.delete(oldest!)
    }
    return cell
  }

  /** The text of a numbered cell, as it was typed. */
  sourceOf(number: number): string | undefined {
    return this.#history.cells.find(({ line }) => line === number)?.source
  }

  /** The numbered cells that are remembered, the oldest first. */
  get past(): readonly PastCell[] {
    return this.#history.cells
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
