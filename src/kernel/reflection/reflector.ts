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

/** What reflection needs to know of the cells and magics around it. */
export interface ReflectionSources {
  readonly namespace: Namespace
  /** The text of a numbered cell. */
  cellSource(number: number): string | undefined
  magics(): MagicNames
  /** A cell with its magics turned into code. @throws {SyntaxError} */
  transform(code: string): string
}

/** Answers questions about code and values; runs no code of the user. */
export class Reflector {
  readonly #sources: ReflectionSources
  readonly #completer: ReflectionCompleter
  readonly #inspector: ReflectionInspector

  constructor(sources: ReflectionSources) {
    this.#sources = sources
    this.#completer = new ReflectionCompleter(sources.namespace, () => sources.magics())
    this.#inspector = new ReflectionInspector(sources.namespace, (number) =>
      sources.cellSource(number),
    )
  }

  complete(request: CursorRequest): Promise<CompleteOutcome> {
    return this.#completer.complete(request)
  }

  inspect(request: InspectRequest): InspectOutcome {
    return this.#inspector.inspect(request)
  }

  isComplete(code: string): IsCompleteOutcome {
    return isCompleteCell(code, (cell) => this.#sources.transform(cell))
  }
}
