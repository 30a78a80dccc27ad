import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Distinguishes what was loaded anew from what it replaces: the loader keeps both. */
const parameter = 'reload'

/** The address of a module without its version. */
export function plainUrl(url: string): string {
  return url.replace(/[?#].*$/, '')
}

function isLocal(url: string): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/')
}

/** What changes when a file does. */
function signatureOf(url: string): string | undefined {
  try {
    const { mtimeMs, size } = statSync(fileURLToPath(url))
    return `${mtimeMs} ${size}`
  } catch {
    return undefined
  }
}

/**
 * Which version of each of the user's own modules is the current one. A module that is reloaded
 * takes along what it imports, as far as that, or what that imports, has changed on disk.
 */
export class ModuleVersions {
  readonly #versions = new Map<string, number>()
  readonly #imports = new Map<string, Set<string>>()
  readonly #signatures = new Map<string, string | undefined>()
  #generation = 0

  /** From now on `url` stands for a new version of its module. Returns that one's address. */
  reload(url: string): string {
    const plain = plainUrl(url)
    this.#versions.set(plain, ++this.#generation)
    return this.#current(plain)
  }

  /** The address under which `parent` gets what it imports from `url`. */
  resolved(parent: string | undefined, url: string): string {
    const isPlain = plainUrl(url) === url
    if (!isPlain || !isLocal(url)) return url
    if (parent !== undefined && isLocal(parent)) {
      const importer = plainUrl(parent)
      const imports = this.#imports.get(importer) ?? new Set()
      this.#imports.set(importer, imports.add(url))
      const isReloading = parent.endsWith(`?${parameter}=${this.#generation}`)
      if (isReloading && !this.#isFresh(url)) this.#versions.set(url, this.#generation)
    }
    return this.#current(url)
  }

  /** The module's file is about to be read. */
  loading(url: string): void {
    if (isLocal(url)) this.#signatures.set(plainUrl(url), signatureOf(plainUrl(url)))
  }

  #current(plain: string): string {
    const version = this.#versions.get(plain)
    return version === undefined ? plain : `${plain}?${parameter}=${version}`
  }

  /** Whether neither the file nor anything it imports has changed since it was loaded. */
  #isFresh(url: string): boolean {
    if (this.#versions.get(url) === this.#generation) return true
    const reachable = new Set([url])
    for (const each of reachable) {
      const known = this.#signatures.get(each)
      if (known === undefined || known !== signatureOf(each)) return false
      for (const next of this.#imports.get(each) ?? []) reachable.add(next)
    }
    return true
  }
}
