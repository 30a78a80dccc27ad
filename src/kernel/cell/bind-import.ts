import { locateModule } from '../modules/module-loader.ts'
import { isIdentifier, type Namespace } from '../namespace.ts'
import type { ImportedName } from './imported-names.ts'

type Exports = Readonly<Record<string, unknown>>

/** Where a name of a cell came from. */
interface Binding {
  readonly url: string
  readonly imported: string
  readonly value: unknown
}

function exported(exports: Exports, specifier: string, name: string): unknown {
  if (name === '*') return exports
  if (name in exports) return exports[name]
  // Node finds only some of a CommonJS module's exports by name; all are on `default`.
  const whole = exports['default']
  if (typeof whole === 'object' && whole !== null && name in whole) return (whole as Exports)[name]
  const hint = `If it is a type, write: import { type ${name} } from '${specifier}'`
  throw new SyntaxError(
    `The requested module '${specifier}' does not provide an export named '${name}'` +
      (name === 'default' ? '' : `. ${hint}`),
  )
}

function addressOf(specifier: string): string {
  try {
    return locateModule(specifier)
  } catch {
    return specifier
  }
}

/** Gives names to what cells import. */
export class ImportBinder {
  readonly #namespace: Namespace
  /** By the name that cells have for it. */
  readonly #bindings = new Map<string, Binding>()

  constructor(namespace: Namespace) {
    this.#namespace = namespace
  }

  /**
   * What a cell's `import { a as b } from 'm'` does: gives `b` the value that `a` has now. Unlike
   * in a module, the name does not follow later changes of the export, but see `rebind`.
   * @throws {SyntaxError} when there is no such export.
   */
  bind(exports: Exports, specifier: string, names: readonly ImportedName[]): void {
    // Packages are not reloaded by the file that they consist of.
    const url = /^[./]|^file:/.test(specifier) ? addressOf(specifier) : undefined
    for (const [imported, local] of names) {
      const value = exported(exports, specifier, imported)
      if (!isIdentifier(local)) continue
      this.#namespace.define(local, value)
      if (url === undefined) this.#bindings.delete(local)
      else this.#bindings.set(local, { url, imported, value })
    }
  }

  /** The module was loaded anew: names that still have what they got from it get the new values. */
  rebind(url: string, exports: Exports): void {
    for (const [local, binding] of this.#bindings) {
      if (binding.url !== url || !this.#namespace.has(local)) continue
      if (this.#namespace.read(local) !== binding.value) continue
      const { imported } = binding
      if (imported !== '*' && !(imported in exports)) continue
      const value = imported === '*' ? exports : exports[imported]
      this.#namespace.define(local, value)
      this.#bindings.set(local, { ...binding, value })
    }
  }
}
