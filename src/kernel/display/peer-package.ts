import { join } from 'node:path'
import { constants, Script } from 'node:vm'
import { IparallelError } from '../../base/mod.ts'
import { workingFolder } from '../../functions/mod.ts'

/** An optional package is wanted and not installed. */
export class PeerMissingError extends IparallelError {
  override readonly code = 'IPAR_PEER_MISSING'
  override readonly retry = 'later'
  /** As `npm install` takes them. */
  readonly packages: readonly string[]

  constructor(what: string, packages: readonly string[]) {
    super(
      `${what} needs packages that are not installed where this engine works ` +
        `(${workingFolder()}). There, run: npm install ${packages.join(' ')}`,
    )
    this.packages = packages
  }
}

type Exports = Readonly<Record<string, unknown>>

/** `import` as a module in the working folder would do it. */
function importFromWorkingFolder(name: string): Promise<Exports> {
  const load = new Script('(name) => import(name)', {
    filename: join(workingFolder(), 'peers'),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext() as (name: string) => Promise<Exports>
  return load(name)
}

function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return code === 'ERR_MODULE_NOT_FOUND' && String(message).includes(`'${name}'`)
}

/** A package by its name: that of the working folder before one beside iparallel. */
async function importPeer(name: string): Promise<Exports | undefined> {
  for (const load of [importFromWorkingFolder, (own: string) => import(own) as Promise<Exports>]) {
    try {
      return await load(name)
    } catch (error) {
      if (!isMissing(error, name)) throw error
    }
  }
  return undefined
}

/**
 * Optional packages, loaded now; `what` needs them.
 * @throws {PeerMissingError} which names all of them when one is missing.
 */
export async function importPeers(what: string, names: readonly string[]): Promise<Exports[]> {
  const found: Exports[] = []
  for (const name of names) {
    const peer = await importPeer(name)
    if (peer === undefined) throw new PeerMissingError(what, names)
    found.push(peer)
  }
  return found
}
