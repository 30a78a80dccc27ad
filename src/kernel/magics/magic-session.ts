import type { Output } from '../../engine/mod.ts'
import type { Namespace } from '../namespace.ts'
import type { MagicNames } from '../reflection/complete-magic.ts'
import type { PastCell } from '../reflection/history-query.ts'
import { type MagicSyntax, magicRunnerKey, mayHaveMagics, transformMagics } from './find-magics.ts'
import { type Magic, type MagicExtension, type MagicHost, Unawaited } from './magic.ts'
import { ownMagics } from './magics.ts'
import { UsageError } from './usage-error.ts'

/** The request that runs now. */
interface CurrentRequest {
  readonly output: Output
  readonly signal: AbortSignal
}

/** What magics need of the kernel around them. */
export interface MagicSurroundings {
  readonly namespace: Namespace
  current(): CurrentRequest
  cells(): readonly PastCell[]
  run: MagicHost['run']
  clear(): Promise<void>
  inspect: MagicHost['inspect']
  /** Magics that are not the kernel's own; loaded with these. */
  extension?: (() => Promise<MagicExtension>) | undefined
}

/** A front end is asked to do it. Source: Jupyter messaging, "Payloads". */
export type Payload = Readonly<Record<string, unknown>>

/** Turns the magics of cells into code, and runs them when that code comes to them. */
export class MagicSession {
  readonly #around: MagicSurroundings
  readonly #extension: MagicExtension | undefined
  #payload: Payload[] = []

  static async open(around: MagicSurroundings): Promise<MagicSession> {
    return new MagicSession(around, await around.extension?.())
  }

  private constructor(around: MagicSurroundings, extension: MagicExtension | undefined) {
    this.#around = around
    this.#extension = extension
    const run = (kind: 'line' | 'cell', name: string, line: string, body?: string): unknown =>
      this.#run(kind, name, line, body)
    const value = (result: unknown): unknown =>
      result instanceof Unawaited ? result.value : result
    Object.defineProperty(globalThis, magicRunnerKey, {
      value: Object.assign(run, { value }),
      configurable: true,
    })
  }

  /** Whether whole cells go to a magic at present. */
  get capturesCells(): boolean {
    return this.#extension?.capturesCells !== undefined
  }

  /** A cell with its magics as calls. @throws {UsageError} for one that does not exist. */
  transform(code: string): string {
    const captor = this.#extension?.capturesCells
    // Those for parallel work itself are always this kernel's.
    if (captor !== undefined && !/^\s*%%?(?:auto)?px/.test(code)) {
      return transformMagics(`%%${captor}\n${code}`, this.#syntax())
    }
    return mayHaveMagics(code) ? transformMagics(code, this.#syntax()) : code
  }

  /** For completion. */
  names(): MagicNames {
    const magics = this.#magics()
    const find = (name: string): Magic | undefined => magics.find((magic) => magic.name === name)
    return {
      ...namesByForm(magics),
      optionsOf: (name) => find(name)?.options ?? [],
      takesPath: (name) => find(name)?.takesPath,
    }
  }

  /** What the running cell asks of the front end. */
  takePayload(): readonly Payload[] {
    const payload = this.#payload
    this.#payload = []
    return payload
  }

  #magics(): Magic[] {
    const all = [...ownMagics, ...(this.#extension?.magics ?? [])]
    return all.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #syntax(): MagicSyntax {
    const magics = this.#magics()
    const expanding = new Set(magics.filter(({ expands }) => expands).map(({ name }) => name))
    return {
      ...namesByForm(magics),
      expands: (name) => expanding.has(name),
      isName: (name) => this.#around.namespace.has(name),
    }
  }

  #run(kind: 'line' | 'cell', name: string, line: string, body: string | undefined): unknown {
    const magics = this.#magics()
    const magic = magics.find((known) => known.name === name && known.forms.includes(kind))
    if (magic === undefined) throw new UsageError(`the magic %${name} is gone`)
    return magic.run({ name, line: line.trim(), body }, this.#host(magics))
  }

  #host(magics: readonly Magic[]): MagicHost {
    const around = this.#around
    const { output, signal } = around.current()
    return {
      namespace: around.namespace,
      signal,
      output,
      magics,
      cells: around.cells(),
      print: (text) => output.stream('stdout', text),
      warn: (text) => output.stream('stderr', text),
      run: (code, place) => around.run(code, place),
      clear: () => around.clear(),
      inspect: (code, detailLevel) => around.inspect(code, detailLevel),
      offerInput: (text, replace) => {
        this.#payload.push({ source: 'set_next_input', text, replace })
      },
    }
  }
}

function namesByForm(magics: readonly Magic[]): { line: string[]; cell: string[] } {
  const named = (form: 'line' | 'cell'): string[] =>
    magics.filter(({ forms }) => forms.includes(form)).map(({ name }) => name)
  return { line: named('line'), cell: named('cell') }
}
