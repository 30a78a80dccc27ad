import { resolve } from 'node:path'
import { constants, Script, type ScriptOptions } from 'node:vm'
import { workingFolder } from '../../functions/mod.ts'
import { ensureModuleHooks, mayImportFiles } from '../modules/module-loader.ts'
import type { Namespace } from '../namespace.ts'
import { ImportBinder } from './bind-import.ts'
import { cellColumns } from './cell-columns.ts'
import { type AwaitGuard, type CellScope, makeCellScope, openGuard } from './cell-scope.ts'
import { type ParsedCell, parseCell } from './parse-cell.ts'
import { importBinderKey, type RewrittenCell, rewriteCell } from './rewrite-cell.ts'
import { cellSyntaxError } from './syntax-error.ts'

/** The value of a cell that awaits something; a promise of a promise would be one of its value. */
export type Boxed = readonly [value: unknown] | undefined

/** A cell that is ready to run, more than once if need be. */
export class Cell {
  readonly #namespace: Namespace
  readonly #rewritten: RewrittenCell
  readonly #functions: readonly { readonly name: string; readonly script: Script }[]
  readonly #script: Script

  /**
   * `name` is what error stacks call the cell: `cell 3`, or the path of a file. Relative imports start from the working
   * folder of this moment.
   * @throws {SyntaxError} whose stack shows the line and points at the column.
   */
  constructor(source: string, name: string, namespace: Namespace) {
    this.#namespace = namespace
    if (mayImportFiles(source)) ensureModuleHooks()
    const { parsed, rewritten } = readCell(source, name)
    this.#rewritten = rewritten
    // Node resolves `import()` against the file name, which therefore is absolute.
    const filename = resolve(workingFolder(), name)
    const compile = (text: string, place: ScriptOptions) => {
      try {
        return new Script(text, {
          ...place,
          filename,
          importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
        })
      } catch (thrown) {
        throw thrown instanceof SyntaxError ? inCell(thrown, name, source) : thrown
      }
    }
    this.#functions = this.#rewritten.functions.map((fn) => ({
      name: fn.name,
      script: compile(fn.text, { lineOffset: fn.lineOffset, columnOffset: fn.columnOffset }),
    }))
    const { text, columnOffset } = this.#rewritten
    this.#script = compile(text, { columnOffset })
    const shift = -columnOffset
    const isWrapped = parsed.isObject ? 1 : 0
    const stripped = parsed.text.slice(isWrapped)
    cellColumns.remember(name, source, stripped, text.slice(shift), parsed.lowered?.map)
  }

  /** The value of the cell is that of its last statement, which is an expression. */
  get hasValue(): boolean {
    return this.#rewritten.hasValue
  }

  /** A semicolon after its last expression says that the value is not to be shown. */
  get isQuiet(): boolean {
    return this.#rewritten.isQuiet
  }

  /** `run` returns a promise of `Boxed`, which stands for the cell, rather than its value. */
  get isAsync(): boolean {
    return this.#rewritten.isAsync
  }

  /** Runs in the global scope, and returns the cell's value. `guard` ends awaits. @throws whatever the cell throws. */
  run(guard: AwaitGuard = openGuard): unknown {
    const { declared, variables, isStrict } = this.#rewritten
    const namespace = this.#namespace
    for (const { name, script } of this.#functions) {
      const fn = script.runInThisContext() as { readonly name: string }
      // A function that uses its own name was compiled without it.
      if (fn.name !== name) Object.defineProperty(fn, 'name', { value: name, configurable: true })
      namespace.define(name, fn)
    }
    for (const name of declared) namespace.prepare(name)
    for (const name of isStrict ? declared : variables) namespace.prepareVariable(name)
    const value: unknown = this.#script.runInThisContext({ displayErrors: false })
    if (!this.isAsync) return value
    const scope = makeCellScope(guard)
    const running = (value as (scope: CellScope) => Promise<Boxed>)(scope)
    return this.#rewritten.hasUsing ? thenDispose(running, scope) : running
  }
}

function readCell(source: string, name: string): { parsed: ParsedCell; rewritten: RewrittenCell } {
  try {
    const parsed = parseCell(source, name)
    return { parsed, rewritten: rewriteCell(parsed) }
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    const text = 'The cell is nested too deeply to be read. Can data be read from a file?'
    throw cellSyntaxError(name, source, { line: 1 }, text)
  }
}

/** Lets go of what a cell has declared with `using`, when it has ended. */
async function thenDispose(running: Promise<Boxed>, scope: CellScope): Promise<Boxed> {
  let value: Boxed
  try {
    value = await running
  } catch (error) {
    await scope.dispose({ error })
    throw error
  }
  await scope.dispose()
  return value
}

/** A syntax error that only the engine found: shown with the line as the user wrote it. */
function inCell(error: SyntaxError, name: string, source: string): SyntaxError {
  const [, line] = /:(\d+)\n/.exec(error.stack ?? '') ?? []
  return cellSyntaxError(name, source, { line: Number(line ?? 1) }, error.message)
}

/** Lets the static imports of cells give names their values. Call it once per realm. */
export function installImportBinder(namespace: Namespace): ImportBinder {
  const binder = new ImportBinder(namespace)
  Object.defineProperty(globalThis, importBinderKey, {
    value: binder.bind.bind(binder),
    configurable: true,
  })
  return binder
}
