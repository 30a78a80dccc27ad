import { chooseProfile, profileEnvironment, refuseWords, UsageError } from '../../cluster/mod.ts'
import {
  type InstallPlace,
  installKernelspec,
  isOwn,
  kernelspecDirOf,
  kernelspecDirs,
  listKernelspecs,
  ownKernelName,
  removeKernelspec,
} from '../../kernelspec/mod.ts'
import { readPlainOptions } from '../plain-options.ts'
import { readCompleter } from '../read-completer.ts'

const placeOptions = `  --user               For this user (the default)
  --sys-prefix         For the Python environment that is active, such as a venv
  --prefix=PATH        Below PATH/share/jupyter, for example /usr/local for everybody`

const installUsage = `Usage: iparallel kernel install [options]

Writes a kernelspec, so that JupyterLab, Notebook, VS Code and Jupyter's consoles offer the kernel.
It names this Node and this package: install again after moving either.

Options:
${placeOptions}
  --name=NAME          Name of the kernel (default: ${ownKernelName})
  --display-name=TEXT  What front ends show (default: TypeScript (iparallel))
  --completer=HOW      reflection (default), or typescript: names are completed by types, too, if
                       the project has TypeScript 5
  --env=NAME=VALUE     Environment variable of the kernel; may be given several times
  --profile=NAME       Client.connect() in the kernel finds this profile's cluster
  --profile-dir=PATH   The same, by the profile's folder
  --cluster-id=ID      Which of the profile's clusters
  -h, --help           Print this help`

const removeUsage = `Usage: iparallel kernel remove [NAME] [options]

Removes the first kernelspec of that name (default: ${ownKernelName}) that is found, if
'iparallel kernel install' wrote it.

Options:
  --user, --sys-prefix, --prefix=PATH
                       Look only there
  -h, --help           Print this help`

const listUsage = `Usage: iparallel kernel list [options]

Shows every kernel that Jupyter knows, with the folder of its kernelspec.

Options:
  --json               Print the kernelspecs as JSON
  -h, --help           Print this help`

const placeKinds = { user: 'flag', 'sys-prefix': 'flag', prefix: 'text', help: 'flag' } as const
const short = { h: 'help' }

interface PlaceOptions {
  readonly user: boolean
  readonly 'sys-prefix': boolean
  readonly prefix: string | undefined
}

function readPlace(options: PlaceOptions): InstallPlace | undefined {
  const { user, prefix } = options
  const places: InstallPlace[] = [
    ...(user ? [{ type: 'user' } as const] : []),
    ...(options['sys-prefix'] ? [{ type: 'sys-prefix' } as const] : []),
    ...(prefix === undefined ? [] : [{ type: 'prefix', prefix } as const]),
  ]
  if (places.length > 1) {
    throw new UsageError('one place at a time: --user, --sys-prefix or --prefix=PATH')
  }
  return places[0]
}

function readEnvironment(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) throw new UsageError(`--env takes NAME=VALUE, not '${pair}'`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

/** `iparallel kernel install` */
export async function installKernel(args: readonly string[]): Promise<number> {
  const { options, words } = readPlainOptions(
    args,
    {
      ...placeKinds,
      name: 'text',
      'display-name': 'text',
      completer: 'text',
      env: 'texts',
      profile: 'text',
      'profile-dir': 'text',
      'cluster-id': 'text',
    },
    short,
  )
  if (options.help) return print(installUsage)
  refuseWords('iparallel kernel install', words)
  const { profile, 'profile-dir': profileDir, 'cluster-id': clusterId } = options
  const named = [profile, profileDir, clusterId].some((value) => value !== undefined)
  const forProfile = named
    ? profileEnvironment(chooseProfile({ profile, profileDir }), clusterId)
    : {}
  const dir = installKernelspec(kernelspecDirOf(readPlace(options) ?? { type: 'user' }), {
    name: options.name,
    displayName: options['display-name'],
    completer: readCompleter(options.completer),
    env: { ...forProfile, ...readEnvironment(options.env) },
  })
  return print(`Installed the kernel: ${dir}`)
}

/** `iparallel kernel remove` */
export async function removeKernel(args: readonly string[]): Promise<number> {
  const { options, words } = readPlainOptions(args, placeKinds, short)
  if (options.help) return print(removeUsage)
  const [name, ...more] = words
  refuseWords('iparallel kernel remove', more)
  const place = readPlace(options)
  const dirs = place === undefined ? kernelspecDirs() : [kernelspecDirOf(place)]
  return print(`Removed the kernel: ${removeKernelspec(dirs, name)}`)
}

/** `iparallel kernel list` */
export async function listKernels(args: readonly string[]): Promise<number> {
  const { options, words } = readPlainOptions(args, { json: 'flag', help: 'flag' }, short)
  if (options.help) return print(listUsage)
  refuseWords('iparallel kernel list', words)
  const specs = listKernelspecs()
  if (options.json) {
    const rows = specs.map((spec) => ({ ...spec, ours: isOwn(spec) }))
    return print(JSON.stringify(rows, null, 2))
  }
  if (specs.length === 0) {
    return print('Jupyter knows no kernel yet; install this one with: iparallel kernel install')
  }
  const width = Math.max(...specs.map(({ name }) => name.length))
  return print(
    specs
      .map(({ name, displayName, dir }) => `${name.padEnd(width)}  ${displayName}\t${dir}`)
      .join('\n'),
  )
}

function print(text: string): number {
  console.log(text)
  return 0
}
