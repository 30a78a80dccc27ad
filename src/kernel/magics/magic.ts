import type { Output } from '../../engine/mod.ts'
import type { Namespace } from '../namespace.ts'
import type { PastCell } from '../reflection/history-query.ts'

/** How a magic was written. */
export interface MagicCall {
  /** Without its marks: `px_even`. */
  readonly name: string
  /** What follows the name on its line, without spaces around it. */
  readonly line: string
  /** The lines below, of a cell magic; undefined for a line magic. */
  readonly body: string | undefined
}

/** What a magic can do with the kernel. */
export interface MagicHost {
  readonly namespace: Namespace
  /** Ends what the magic waits for. */
  readonly signal: AbortSignal
  /** Where the running request shows things. */
  readonly output: Output
  /** The magics there are now, in the order of their names. */
  readonly magics: readonly Magic[]
  /** The numbered cells, the oldest first. */
  readonly cells: readonly PastCell[]
  /** On stdout and stderr, as they are. */
  print(text: string): void
  warn(text: string): void
  /**
   * Runs code as a part of the running cell, and resolves with the value of its last expression.
   * The first line of a cell magic's body is the cell's second: then `firstLine` is 2. With a
   * `file`, stacks and relative imports are that file's.
   */
  run(
    code: string,
    place?: { readonly firstLine?: number; readonly file?: string },
  ): Promise<unknown>
  /** Empties the namespace. */
  clear(): Promise<void>
  /** What the magic tells of `code` at its end, for `?`. */
  inspect(code: string, detailLevel: 0 | 1): Promise<string | undefined>
  /** Has the front end offer `text` as the next cell, or instead of this one. */
  offerInput(text: string, replace: boolean): void
}

/** The value of a magic that can be awaited, but is not to be by the cell: `%%px --noblock`. */
export class Unawaited {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** A command of the kernel, called by `%name` on a line or `%%name` at the head of a cell. */
export interface Magic {
  readonly name: string
  readonly forms: 'line' | 'cell' | 'line and cell'
  /** `%cd [FOLDER]`: lines of it when there are several forms. */
  readonly usage: string
  /** The first line says what it does; below it, the details. */
  readonly help: string
  /** For completion: `--targets`. */
  readonly options?: readonly string[]
  /** For completion: what is written behind it. */
  readonly takesPath?: 'file' | 'folder'
  /** Whether `${expression}` in its line stands for a value; default false. */
  readonly expands?: boolean
  /** The value, or what `Unawaited` holds, is shown as that of a cell is. */
  run(call: MagicCall, host: MagicHost): unknown
}

/** Magics that are not the kernel's own, such as those that need a client. */
export interface MagicExtension {
  /** Those there are now: a view may have brought some of its own. */
  readonly magics: readonly Magic[]
  /** The name of the cell magic to which whole cells go at present: `%autopx`. */
  readonly capturesCells: string | undefined
}
