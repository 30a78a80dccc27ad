import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
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
  /** Files by script id, as far as they are known; an id is not used again. */
  #scripts = new Map<string, string>()
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
    return origin === undefined ? undefined : this.#nameIn(origin, fn)
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
    return origin === undefined ? undefined : this.#nameIn(origin, exports)
  }

  /** By the package's main entry when that exports it, by the file that does otherwise. */
  #nameIn({ file, packageName, subpath }: PackageFile, value: object): BuiltinName | undefined {
    const main = mainFile(file, packageName)
    // To load what the program did not load could have any effect. Of a package in two formats,
    // this may be the main entry of the other one.
    const fromMain =
      main === undefined || !this.#isLoaded(main)
        ? undefined
        : memberOf(load(main), packageName, value)
    return fromMain ?? memberOf(load(file), `${packageName}/${subpath}`, value)
  }

  #isLoaded(file: string): boolean {
    if (require.cache[file] !== undefined) return true
    const { href } = pathToFileURL(file)
    const isKnown = (): boolean => Array.from(this.#scripts.values()).includes(href)
    if (isKnown()) return true
    this.#scripts = this.#scopes().allScripts()
    return isKnown()
  }

  #urlOf(scriptId: string): string | undefined {
    const known = this.#scripts.get(scriptId)
    if (known !== undefined) return known
    for (const [id, url] of this.#scopes().runningScripts()) this.#scripts.set(id, url)
    if (!this.#scripts.has(scriptId)) this.#scripts = this.#scopes().allScripts()
    return this.#scripts.get(scriptId)
  }
}

function packageFile(urlOrPath: string): PackageFile | undefined {
  const file = urlOrPath.startsWith('file:') ? fileURLToPath(urlOrPath) : urlOrPath
  const path = file.replaceAll('\\', '/')
  const match = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(path)
  return match === null ? undefined : { file, packageName: match[1]!, subpath: match[2]! }
}

function mainFile(file: string, packageName: string): string | undefined {
  try {
    return createRequire(file).resolve(packageName)
  } catch {
    return undefined
  }
}

/** Modules in both formats: `require` gives the instance that `import` made, and at once. */
function load(file: string): unknown {
  try {
    return require(file) as unknown
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
