import { types } from 'node:util'
import { Described, UnserializableError } from '../serialize/mod.ts'
import type { BuiltinNames } from './builtin-names.ts'
import type { PackageExports } from './package-exports.ts'
import type { FreeName } from './source-analysis.ts'

/** The names of `import()` and of imported modules in what Vite makes of a module, for Vitest too. */
const viteDynamicImport = '__vite_ssr_dynamic_import__'
const viteImport = /^__vite_ssr_import_\d+__$/

/** Decides what stands for a captured value when it travels. */
export class CapturedValues {
  readonly #builtins: BuiltinNames
  readonly #packages: PackageExports

  constructor(builtins: BuiltinNames, packages: PackageExports) {
    this.#builtins = builtins
    this.#packages = packages
  }

  /** `value` itself; or, for modules and builtin objects, what is found again or only a part. */
  portable(value: unknown, { name, members }: FreeName): unknown {
    // Compilers that cannot use #private members keep them in such maps: `_Account_balance`.
    if (name.startsWith('_') && (types.isWeakMap(value) || types.isWeakSet(value))) {
      const reason = 'it stands for #private members; compile to ES2022 or newer'
      throw new UnserializableError(` captures ${name}`, reason)
    }
    if (name === viteDynamicImport)
      return new Described({ kind: 'builtin', text: 'iparallel:import' })
    if (viteImport.test(name) && types.isProxy(value) && members !== undefined) {
      return this.#pick(value as object, members)
    }
    return this.#standIn(value, members)
  }

  #standIn(value: unknown, members?: ReadonlySet<string>): unknown {
    if (isRequire(value)) return new Described({ kind: 'builtin', text: 'iparallel:require' })
    if (typeof value !== 'object' || value === null || types.isProxy(value)) return value
    const known = this.#builtins.find(value) ?? this.#packages.findModule(value)
    if (known !== undefined) return new Described(known)
    return isNamespace(value) ? this.#pick(value, members) : value
  }

  /** The properties that are used, each with its value now; all of them when that is not known. */
  #pick(namespace: object, members: ReadonlySet<string> | undefined): object {
    const values = namespace as Readonly<Record<string, unknown>>
    const used = Array.from(members ?? Object.keys(values))
    return Object.fromEntries(used.map((name) => [name, this.#standIn(values[name])]))
  }
}

/**
 * Whether `value` is what a module exports, as the language, compilers to CommonJS (`__esModule`)
 * or bundlers (getters, and perhaps the whole as `default`) make it.
 */
function isNamespace(value: object): boolean {
  if (types.isModuleNamespaceObject(value)) return true
  if (Object.getOwnPropertyDescriptor(value, '__esModule')?.value === true) return true
  let isBundled = false
  for (const name of Object.keys(value)) {
    if (name === 'default') continue
    const { get, set, writable = false } = Object.getOwnPropertyDescriptor(value, name)!
    if (set !== undefined || writable) return false
    isBundled ||= get !== undefined
  }
  return isBundled
}

/** The `require` that Node gives to a CommonJS module. */
function isRequire(value: unknown): boolean {
  if (typeof value !== 'function' || value.name !== 'require') return false
  return Object.hasOwn(value, 'resolve') && Object.hasOwn(value, 'cache')
}
