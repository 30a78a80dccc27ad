import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { workingFolder } from '../../functions/mod.ts'

const ownRequire = createRequire(import.meta.url)

function resolves(require: NodeJS.Require, specifier: string): string | undefined {
  try {
    return require.resolve(specifier)
  } catch {
    return undefined
  }
}

/**
 * The specifier that an import of a cell should use: where the working folder does not have this
 * package, as with one that is installed for all of the machine, `iparallel` is the one that runs.
 */
export function reachableSpecifier(specifier: string): string {
  if (!/^iparallel(\/|$)/.test(specifier)) return specifier
  const local = createRequire(join(workingFolder(), 'cell'))
  if (resolves(local, specifier) !== undefined) return specifier
  const own = resolves(ownRequire, specifier)
  return own === undefined ? specifier : pathToFileURL(own).href
}
