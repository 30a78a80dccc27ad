import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { BuiltinName } from './builtin-names.ts'
import type { ScopeReader } from './scope-reader.ts'

/** A file of an installed package: `/app/node_modules/@scope/name/lib/x.js`. */
interface PackageFile {
  readonly file: string
  readonly packageName: string
  /** Within the package, with slashes: `lib/x.js`. */
  readonly subpath: string
}

const require = createRequire(import.meta.url)

/** Finds under which name a function or object of an installed package is exported. */
export class PackageExports {
  readonly #scripts = new Map<string, string>()
  readonly #modules = new WeakMap<object, string>()
  readonly #scopes: () => ScopeReader
  #filesSeen = 0

  constructor(scopes: () => ScopeReader) {
    this.#scopes = scopes
  }

  /** Undefined when `fn` is the user's own, or its package does not export it. */
  findFunction(fn: object, scriptId: string | undefined): BuiltinName | undefined {
    const url = scriptId === undefined ? undefined : this.#urlOf(scriptId)
    const origin = url === undefined ? undefined : packageFile(url)
    return origin === undefined ? undefined : nameIn(origin, fn)
  }

  /** Whether the script is part of Node itself. */
  isInternal(scriptId: string | undefined): boolean {
    return scriptId !== undefined && (this.#urlOf(scriptId)?.startsWith('node:') ?? false)
  }

  /** Finds what `require` gave as a whole: the exports of a CommonJS package. */
  findModule(exports: object): BuiltinName | undefined {
    const files = Object.keys(require.cache)
    if (files.length !== this.#filesSeen) {
      this.#filesSeen = files.length
      for (const file of files) {
        const found: unknown = require.cache[file]?.exports
        if (Object(found) === found) this.#modules.set(found as object, file)
      }
    }
    const file = this.#modules.get(exports)
    const origin = file === undefined ? undefined : packageFile(file)
    return origin === undefined ? undefined : nameIn(origin, exports)
  }

  #urlOf(scriptId: string): string | undefined {
    for (const more of [() => this.#scopes().runningScripts(), () => this.#scopes().allScripts()]) {
      const known = this.#scripts.get(scriptId)
      if (known !== undefined) return known
      for (const [id, url] of more()) this.#scripts.set(id, url)
    }
    return this.#scripts.get(scriptId)
  }
}

function packageFile(urlOrPath: string): PackageFile | undefined {
  const file = urlOrPath.startsWith('file:') ? fileURLToPath(urlOrPath) : urlOrPath
  const path = file.replaceAll('\\', '/')
  const match = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(path)
  return match === null ? undefined : { file, packageName: match[1]!, subpath: match[2]! }
}

/** By the package's main entry when that exports it, by the file that does otherwise. */
function nameIn(
  { file, packageName, subpath }: PackageFile,
  value: object,
): BuiltinName | undefined {
  const main = mainExports(file, packageName)
  const text = `${packageName}/${subpath}`
  return memberOf(main, packageName, value) ?? memberOf(load(require, file), text, value)
}

/**
 * What the main entry exports. Of a package in two formats, `require` may load the other one, for
 * nothing; the function is then found by its file.
 */
function mainExports(file: string, packageName: string): unknown {
  return load(createRequire(file), packageName)
}

/** Modules in both formats: `require` gives the instance that `import` made, and at once. */
function load(from: NodeJS.Require, specifier: string): unknown {
  try {
    return from(specifier) as unknown
  } catch {
    return undefined
  }
}

function memberOf(exports: unknown, text: string, value: object): BuiltinName | undefined {
  if (exports === value) return { kind: 'import', text }
  if (Object(exports) !== exports) return undefined
  for (const [member, { value: exported }] of Object.entries(
    Object.getOwnPropertyDescriptors(exports as object),
  )) {
    if (exported === value) return { kind: 'import', text, member }
  }
  return undefined
}
