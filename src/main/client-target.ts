import { existsSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { ArgumentError, IparallelError } from '../base/mod.ts'
import { chooseProfile, type ProfileChoice } from '../cluster/mod.ts'
import type { ClientConnectionInfo } from '../jupyter/mod.ts'
import { readClientFile } from '../node/mod.ts'

/** Which cluster: a profile's, one of a profile's several, or the one of a connection file. */
export interface ClusterChoice extends ProfileChoice {
  readonly clusterId?: string | undefined
  /** The path of `ipcontroller-client.json`; wins over the profile. */
  readonly file?: string | undefined
}

/** A choice, the path of a connection file, or the file's contents. */
export type ClientTarget = ClusterChoice | string | ClientConnectionInfo

/** There is no connection file where it was looked for. */
export class NoConnectionFileError extends IparallelError {
  override readonly code = 'IPAR_NO_CONNECTION_FILE'
  override readonly retry = 'later'
  /** The path that was looked at. */
  readonly path: string

  constructor(path: string, advice: string, cause?: unknown) {
    super(`no connection file at ${path}. ${advice}`, { cause })
    this.path = path
  }
}

interface Wanted {
  readonly path: string
  readonly advice: string
}

/** Where the client file should be, and how one gets it there. */
function wantedFile(target: ClusterChoice | string, env: NodeJS.ProcessEnv): Wanted {
  const file = typeof target === 'string' ? target : target.file
  if (file !== undefined) {
    if (/^[a-z]+:\/\//.test(file)) {
      throw new ArgumentError(
        `'${file}' is an address; a client needs the path of ipcontroller-client.json, ` +
          'because it must also know the ports and the key',
      )
    }
    const byName = /[\\/.]/.test(file) ? '' : ` By a profile's name: { profile: '${file}' }.`
    return {
      path: file,
      advice: `Is the path right? The controller prints it when it starts.${byName}`,
    }
  }
  const choice = target as ClusterChoice
  const profile = chooseProfile(choice, env)
  const clusterId = choice.clusterId ?? env['IPP_CLUSTER_ID'] ?? ''
  const options = [
    ...(profile.name === 'default' ? [] : [`--profile=${profile.name}`]),
    ...(clusterId === '' ? [] : [`--cluster-id=${clusterId}`]),
  ].join(' ')
  return {
    path: profile.connectionFile('client', clusterId),
    advice:
      `Is a cluster running? Start one with: ipcluster start -n 4 ${options}`.trimEnd() +
      ' (or carry ipcontroller-client.json here from the machine of the controller)',
  }
}

/** Milliseconds between two looks for a file. */
const lookMs = 20

/** Resolves when the file is there, or `waitMs` have gone. */
async function appears(path: string, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs
  while (!existsSync(path) && performance.now() < deadline) await delay(lookMs)
}

/**
 * Finds and reads the connection file that is meant.
 * @throws {NoConnectionFileError} naming the place, and the command that makes one.
 * @throws {ArgumentError} when the file is not what it should be.
 */
export async function clientInfoOf(
  target: ClientTarget = {},
  waitForFileMs = 0,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ClientConnectionInfo> {
  const info = await infoOf(target, waitForFileMs, env)
  // As in Python: for files from where the key is not meant to be written down.
  const serverKey = info.curve_serverkey ?? env['IPP_CURVE_SERVERKEY']
  return { ...info, curve_serverkey: serverKey || null }
}

async function infoOf(
  target: ClientTarget,
  waitForFileMs: number,
  env: NodeJS.ProcessEnv,
): Promise<ClientConnectionInfo> {
  if (typeof target === 'object' && 'registration' in target) return target
  const { path, advice } = wantedFile(target, env)
  await appears(path, waitForFileMs)
  try {
    return await readClientFile(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new NoConnectionFileError(path, advice, error)
    if (code === 'EISDIR') {
      const profile = "a profile's cluster is found by { profileDir: '…' } or { profile: '…' }"
      throw new ArgumentError(
        `${path} is a folder; a client needs the path of ipcontroller-client.json; ${profile}`,
        { cause: error },
      )
    }
    throw error
  }
}
