import { isIdentifier, type Namespace } from '../namespace.ts'
import type { ImportedName } from './imported-names.ts'

type Exports = Readonly<Record<string, unknown>>

function exported(exports: Exports, specifier: string, name: string): unknown {
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

/**
 * What a cell's `import { a as b } from 'm'` does: gives `b` the value that `a` has now. Unlike in
 * a module, the name does not follow later changes of the export.
 * @throws {SyntaxError} when there is no such export.
 */
export function bindImport(
  namespace: Namespace,
  exports: Exports,
  specifier: string,
  names: readonly ImportedName[],
): void {
  for (const [imported, local] of names) {
    const value = imported === '*' ? exports : exported(exports, specifier, imported)
    if (isIdentifier(local)) namespace.define(local, value)
  }
}
