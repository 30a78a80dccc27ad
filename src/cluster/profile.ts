import { chmodSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { ArgumentError, messageOf } from '../base/mod.ts'
import { isFolder, makeFolder } from '../node/mod.ts'
import { ProfileError } from './errors.ts'
import { shellWord } from './shell-word.ts'

/** The environment that is read; a parameter so that tests need not touch the real one. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Which of the two connection files. */
export type ConnectionRole = 'client' | 'engine'

/** A leading `~` becomes the home folder, as a shell does where one is at work. */
export function expandHome(path: string): string {
  return /^~(?=[\\/]|$)/.test(path) ? homedir() + path.slice(1) : path
}

/**
 * The root of all profiles: `IPYTHONDIR`, or `.ipython` in the home folder.
 * @throws {ProfileError} when there is neither.
 */
export function ipythonDir(env: Environment = process.env): string {
  const set = env['IPYTHONDIR'] ?? ''
  if (set !== '') return resolve(expandHome(set))
  try {
    return join(homedir(), '.ipython')
  } catch (cause) {
    // A container may run with a user id that nobody has.
    const advice = 'this user has no home folder; set IPYTHONDIR, or HOME'
    throw new ProfileError(`there is no folder for profiles: ${advice}`, { cause })
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a name
const unfitForFileNames = /[\\/:*?"<>|\u0000-\u001f]/

/**
 * Names of profiles and clusters become parts of file names, on every system.
 * @throws {ArgumentError} saying which character is in the way.
 */
export function checkName(kind: 'profile name' | 'cluster id', name: string): void {
  const wrong = unfitForFileNames.exec(name)?.[0]
  const problem =
    wrong !== undefined
      ? `contains ${JSON.stringify(wrong)}`
      : name.length > 128
        ? 'is longer than 128 characters'
        : name === '' && kind === 'profile name'
          ? 'is empty'
          : name.trim() !== name
            ? 'begins or ends with a space'
            : undefined
  if (problem === undefined) return
  const hint =
    kind === 'profile name' && wrong !== undefined && /[\\/]/.test(wrong)
      ? `; for a folder use --profile-dir=${name}`
      : ''
  throw new ArgumentError(`the ${kind} ${JSON.stringify(name)} ${problem}${hint}`)
}

/** The folder with everything that belongs to one setting of clusters. */
export class Profile {
  /** `default`; for a folder of another form, the folder's name. */
  readonly name: string
  readonly dir: string

  constructor(dir: string) {
    this.dir = resolve(expandHome(dir))
    this.name = basename(this.dir).replace(/^profile_(?=.)/, '')
  }

  get exists(): boolean {
    return isFolder(this.dir)
  }

  get securityDir(): string {
    return join(this.dir, 'security')
  }

  get logDir(): string {
    return join(this.dir, 'log')
  }

  get pidDir(): string {
    return join(this.dir, 'pid')
  }

  get startupDir(): string {
    return join(this.dir, 'startup')
  }

  /** `security/ipcontroller-client.json`, or `ipcontroller-ID-client.json` with a cluster id. */
  connectionFile(role: ConnectionRole, clusterId = ''): string {
    const id = clusterId === '' ? '' : `${clusterId}-`
    return join(this.securityDir, `ipcontroller-${id}${role}.json`)
  }

  /** `security/ipcontroller-curve.key`: the controller's secret key, for `--reuse`. */
  curveFile(clusterId = ''): string {
    const id = clusterId === '' ? '' : `${clusterId}-`
    return join(this.securityDir, `ipcontroller-${id}curve.key`)
  }

  /** `security/cluster-ID.json`, which says what runs. */
  clusterFile(clusterId = ''): string {
    return join(this.securityDir, `cluster-${clusterId}.json`)
  }

  /** `log/enginesID.json`, which engine has which id, for `--restore`. */
  enginesFile(clusterId = ''): string {
    return join(this.logDir, `engines${clusterId}.json`)
  }

  /** How a command line names this profile, and a cluster of it: `ID --profile-dir=PATH`. */
  words(clusterId = ''): string {
    const id = clusterId === '' ? '' : `${shellWord(clusterId)} `
    return `${id}--profile-dir=${shellWord(this.dir)}`
  }

  /**
   * Makes the folder and what belongs in it; what is there stays as it is.
   * @throws {ProfileError} when that cannot be written to.
   */
  create(): void {
    try {
      for (const dir of [this.dir, this.logDir, this.startupDir]) makeFolder(dir)
      for (const dir of [this.securityDir, this.pidDir]) makePrivate(dir)
    } catch (cause) {
      throw new ProfileError(
        `the profile ${this.dir} cannot be made: ${messageOf(cause)}; another place for it: ` +
          '--profile-dir=PATH, or --ipython-dir=PATH or the variable IPYTHONDIR for all profiles',
        { cause },
      )
    }
  }
}

/** Keys lie in there; the folder may come from a copy that lost its mode. */
function makePrivate(dir: string): void {
  makeFolder(dir, 0o700)
  if (process.platform !== 'win32' && (statSync(dir).mode & 0o77) !== 0) chmodSync(dir, 0o700)
}

/**
 * Which profile is meant; the folder wins over the name. Default: that of the `IPP_PROFILE_DIR`
 * variable, or `default`.
 */
export interface ProfileChoice {
  readonly profile?: string | undefined
  /** The folder itself; wins over the name. */
  readonly profileDir?: string | undefined
  /** Default: the `IPYTHONDIR` variable, or `.ipython` in the home folder. */
  readonly ipythonDir?: string | undefined
}

/**
 * The profile that is meant, whether it is there or not.
 * @throws {ArgumentError} when the name cannot be one.
 */
export function chooseProfile(choice: ProfileChoice, env: Environment = process.env): Profile {
  const dir = choice.profileDir || inheritedDir(choice, env)
  if (dir) return new Profile(dir)
  const name = choice.profile ?? 'default'
  checkName('profile name', name)
  return new Profile(join(profilesRoot(choice, env), `profile_${name}`))
}

/** What the environment says counts for a choice that says nothing. */
function inheritedDir({ profile, ipythonDir: root }: ProfileChoice, env: Environment) {
  return profile || root ? undefined : env['IPP_PROFILE_DIR']
}

/** Whether a choice means one profile, rather than any. */
export function isNamed(choice: ProfileChoice, env: Environment = process.env): boolean {
  return Boolean(choice.profile || choice.profileDir || inheritedDir(choice, env))
}

/** The folder with the profiles among which a choice is made. */
export function profilesRoot(
  { ipythonDir: root }: ProfileChoice,
  env: Environment = process.env,
): string {
  return root ? resolve(expandHome(root)) : ipythonDir(env)
}

/**
 * The profile that is meant, which must be there.
 * @throws {ProfileError} saying where it was looked for and which there are.
 */
export function findProfile(choice: ProfileChoice, env: Environment = process.env): Profile {
  const profile = chooseProfile(choice, env)
  if (profile.exists) return profile
  const root = profilesRoot(choice, env)
  const others = listProfiles(root).map(({ name }) => name)
  const known = others.length === 0 ? 'none yet' : others.join(', ')
  throw new ProfileError(
    `there is no profile '${profile.name}' at ${profile.dir} (profiles in ${root}: ${known}); ` +
      `make it with: iparallel profile create --parallel --profile=${profile.name}`,
  )
}

/** Every profile below the root, by name; none when the root is not there. */
export function listProfiles(root: string): Profile[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.name.startsWith('profile_') && entry.name.length > 8)
      .map((entry) => new Profile(join(root, entry.name)))
      .filter((profile) => profile.exists)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}
