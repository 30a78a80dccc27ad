import {
  chooseProfile,
  findProfile,
  listProfiles,
  type ProfileChoice,
  profilesRoot,
  UsageError,
} from '../../cluster/mod.ts'
import { readPlainOptions } from '../plain-options.ts'
import { writeTemplates } from '../profile-templates.ts'
import { type Main, runSubcommand } from '../subcommands.ts'

const usage = `Usage: iparallel profile COMMAND [options]

Commands:
  create   Make a profile; one that is there keeps what is in it
  list     Show all profiles
  locate   Print a profile's folder

Options:
  --profile=NAME       Name of the profile (default: default)
  --profile-dir=PATH   Folder of the profile; wins over the name
  --ipython-dir=PATH   Folder with all profiles (default: IPYTHONDIR, or .ipython in the home folder)
  --parallel           create: write the configuration files of clusters, too
  -h, --help           Print this help

A name may stand without its option: iparallel profile create NAME`

const commands: Readonly<Record<string, () => Promise<Main>>> = {
  create: async () => create,
  list: async () => list,
  locate: async () => locate,
}

/** `iparallel profile`: makes and finds profiles. */
export function profile(args: readonly string[], command: string): Promise<number> {
  return runSubcommand(usage, commands, args, command)
}

interface ProfileLine {
  readonly choice: ProfileChoice
  readonly parallel: boolean
  readonly help: boolean
}

function read(args: readonly string[]): ProfileLine {
  const { options, words } = readPlainOptions(
    args,
    {
      profile: 'text',
      'profile-dir': 'text',
      'ipython-dir': 'text',
      parallel: 'flag',
      debug: 'flag',
      help: 'flag',
    },
    { h: 'help' },
  )
  const { profile, 'profile-dir': profileDir, 'ipython-dir': ipythonDir, parallel, help } = options
  // Python takes the name as a word: `ipython profile create NAME`.
  const [word, ...more] = words
  if (more.length > 0 || (word !== undefined && profile !== undefined)) {
    throw new UsageError(`one profile at a time, not ${args.join(' ')}`)
  }
  return { choice: { profile: profile ?? word, profileDir, ipythonDir }, parallel, help }
}

async function create(args: readonly string[]): Promise<number> {
  const { choice, parallel, help } = read(args)
  if (help) return printUsage()
  const chosen = chooseProfile(choice)
  const existed = chosen.exists
  chosen.create()
  console.log(`${existed ? 'The profile is there already' : 'Made the profile'}: ${chosen.dir}`)
  if (parallel) writeTemplates(chosen)
  return 0
}

async function list(args: readonly string[]): Promise<number> {
  const { choice, help } = read(args)
  if (help) return printUsage()
  if (choice.profile !== undefined) {
    throw new UsageError('list shows all profiles, and takes no name')
  }
  const root = profilesRoot(choice)
  const profiles = listProfiles(root)
  console.log(
    profiles.length === 0
      ? `No profiles in ${root}; make one with: iparallel profile create --parallel --profile=NAME`
      : profiles.map(({ name, dir }) => `${name}\t${dir}`).join('\n'),
  )
  return 0
}

async function locate(args: readonly string[]): Promise<number> {
  const { choice, help } = read(args)
  if (help) return printUsage()
  console.log(findProfile(choice).dir)
  return 0
}

function printUsage(): number {
  console.log(usage)
  return 0
}
