import { types } from 'node:util'
import { Described } from '../serialize/mod.ts'
import type { BuiltinNames } from './builtin-names.ts'
import type { PackageExports } from './package-exports.ts'
import type { FreeName } from './source-analysis.ts'

/** Decides what stands for a captured value when it travels. */
export class CapturedValues {
  readonly #builtins: BuiltinNames
  readonly #packages: PackageExports

  constructor(builtins: BuiltinNames, packages: PackageExports) {
    this.#builtins = builtins
    this.#packages = packages
  }

  /** `value` itself; or, for modules and builtin objects, what is found again or only a part. */
  portable(value: unknown, { members }: FreeName): unknown {
    if (isRequire(value)) return new Described({ kind: 'builtin', text: 'iparallel:require' })
    if (typeof value !== 'object' || value === null || types.isProxy(value)) return value
    const builtin = this.#builtins.find(value)
    if (builtin !== undefined) return new Described(builtin)
    if (types.isModuleNamespaceObject(value)) return pick(value, members)
    const module = this.#packages.findModule(value)
    if (module !== undefined) return new Described(module)
    return isExports(value) ? pick(value, members) : value
  }
}

/** The properties that are used, each with its value now; all of them when that is not known. */
function pick(namespace: object, members: ReadonlySet<string> | undefined): object {
  const values = namespace as Readonly<Record<string, unknown>>
  const used = members ?? Object.keys(values)
  return Object.fromEntries(Array.from(used, (name) => [name, values[name]]))
}

/** The `exports` of a module that was compiled to CommonJS. */
function isExports(value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, '__esModule')?.value === true
}

/** The `require` that Node gives to a CommonJS module. */
function isRequire(value: unknown): boolean {
  if (typeof value !== 'function' || value.name !== 'require') return false
  return Object.hasOwn(value, 'resolve') && Object.hasOwn(value, 'cache')
}
