import type {
  CompleteOutcome,
  CursorRequest,
  InspectOutcome,
  InspectRequest,
  IsCompleteOutcome,
} from '../../engine/mod.ts'
import type { Namespace } from '../namespace.ts'
import { ReflectionCompleter } from './complete.ts'
import type { MagicNames } from './complete-magic.ts'
import { ReflectionInspector } from './inspect.ts'
import { isCompleteCell } from './is-complete.ts'
import { TypeScriptCompleter } from './typescript-completer.ts'

/** What reflection needs to know of the cells and magics around it. */
export interface ReflectionSources {
  readonly namespace: Namespace
  /** The text of a numbered cell. */
  cellSource(number: number): string | undefined
  magics(): MagicNames
  /** A cell with its magics turned into code. @throws {SyntaxError} */
  transform(code: string): string
  /** Asks TypeScript first; its failure is told once. */
  readonly typescript?: {
    cells(): readonly string[]
    onFailure(message: string): void
  }
}

/** Answers questions about code and values; runs no code of the user. */
export class Reflector {
  readonly #sources: ReflectionSources
  readonly #completer: ReflectionCompleter
  readonly #inspector: ReflectionInspector
  readonly #typescript: TypeScriptCompleter | undefined

  constructor(sources: ReflectionSources) {
    this.#sources = sources
    this.#completer = new ReflectionCompleter(sources.namespace, () => sources.magics())
    this.#inspector = new ReflectionInspector(sources.namespace, (number) =>
      sources.cellSource(number),
    )
    const { typescript } = sources
    if (typescript !== undefined) {
      this.#typescript = new TypeScriptCompleter(typescript.cells, typescript.onFailure)
    }
  }

  async complete(request: CursorRequest): Promise<CompleteOutcome> {
    const reflected = await this.#completer.complete(request)
    return this.#typescript?.complete(request, reflected) ?? reflected
  }

  inspect(request: InspectRequest): InspectOutcome {
    return this.#inspector.inspect(request)
  }

  isComplete(code: string): IsCompleteOutcome {
    return isCompleteCell(code, (cell) => this.#sources.transform(cell))
  }
}
