import { nearest } from '../../base/mod.ts'
import type { Command, Option } from './option.ts'
import { applicationOptions } from './options/application-options.ts'
import { clusterOptions } from './options/cluster-options.ts'
import { controllerOptions } from './options/controller-options.ts'
import { engineOptions } from './options/engine-options.ts'
import { recordOptions } from './options/record-options.ts'
import { sessionOptions } from './options/session-options.ts'

/** Every option of every command. */
export const optionTable: readonly Option[] = [
  ...controllerOptions,
  ...recordOptions,
  ...engineOptions,
  ...clusterOptions,
  ...sessionOptions,
  ...applicationOptions,
]

const byKey = new Map(optionTable.map((option) => [option.key as string, option]))

const application = [
  'BaseParallelApplication',
  'BaseIPythonApplication',
  'Application',
  'ProfileDir',
]
const controller = ['IPController', ...application]
const engine = ['IPEngine', 'InteractiveShellApp', ...application]
const cluster = [
  'Cluster',
  'IPClusterStart',
  'IPClusterStop',
  'IPClusterList',
  'IPClusterClean',
  'EngineLauncher',
  ...application,
]
const engineLauncher = ['EngineLauncher', 'LocalEngineSetLauncher', 'LocalProcessLauncher']
const controllerLauncher = ['ControllerLauncher', 'LocalProcessLauncher', 'Cluster']

/**
 * Where to look for a key of a class: its base classes, and for a class that Python once had, the
 * one that took its keys over. Source: the feature inventory, §2.
 */
const searched: Readonly<Record<string, readonly string[]>> = {
  IPController: controller,
  IPControllerApp: controller,
  HubFactory: controller,
  RegistrationFactory: controller,
  IPEngine: engine,
  IPEngineApp: engine,
  EngineFactory: engine,
  IPKernelApp: engine,
  InteractiveShellApp: engine,
  IPCluster: cluster,
  IPClusterApp: cluster,
  IPClusterEngines: cluster,
  IPClusterStart: cluster,
  IPClusterStop: cluster,
  IPClusterList: cluster,
  IPClusterClean: cluster,
  Cluster: cluster,
  BaseParallelApplication: application,
  BaseIPythonApplication: application,
  Application: application,
  ProfileDir: application,
  EngineLauncher: [...engineLauncher, 'BaseLauncher'],
  LocalEngineLauncher: [...engineLauncher, 'BaseLauncher'],
  LocalEngineSetLauncher: ['LocalEngineSetLauncher', ...engineLauncher, 'BaseLauncher'],
  ControllerLauncher: [...controllerLauncher, 'BaseLauncher'],
  LocalControllerLauncher: [...controllerLauncher, 'BaseLauncher'],
  LocalProcessLauncher: ['LocalProcessLauncher', 'BaseLauncher'],
  StreamSession: ['Session'],
}

/** Classes that Python no longer has; their names still work, with a word about the new one. */
const oldClasses = new Set([
  'IPControllerApp',
  'HubFactory',
  'RegistrationFactory',
  'IPEngineApp',
  'EngineFactory',
  'IPClusterApp',
  'IPClusterEngines',
  'StreamSession',
])

/** Keys that Python renamed within a class. */
const oldKeys: Readonly<Record<string, string>> = {
  scheme: 'scheme_name',
  reg_port: 'regport',
  url_filename: 'url_file_name',
}

const foreign: readonly (readonly [RegExp, string])[] = [
  [
    /^(SSH|MPI|MPIExec|Slurm|PBS|Torque|SGE|LSF|HTCondor|BatchSystem|WindowsHPC)\w*$/,
    'this launcher is not there yet; engines start on this machine',
  ],
  [
    /^MongoDB$/,
    'records of tasks are kept in memory (DictDB), in a file (SQLiteDB) or nowhere (NoDB)',
  ],
  [/^LogWatcher$/, 'there is no iplogger'],
]

export type Found =
  | {
      readonly option: Option
      /** The name was an old one. */
      readonly renamed: boolean
    }
  /** Known from Python, without a meaning here. */
  | { readonly without: string }
  | { readonly nearest: string | undefined }

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
}

/** The option that a name of a configuration means: old names and camelCase are understood. */
export function findOption(name: string): Found {
  const dot = name.indexOf('.')
  const owner = name.slice(0, Math.max(dot, 0))
  const given = snakeCase(name.slice(dot + 1))
  const trait = oldKeys[given] ?? given
  for (const candidate of searched[owner] ?? [owner]) {
    const option = byKey.get(`${candidate}.${trait}`)
    if (option !== undefined) return { option, renamed: oldClasses.has(owner) || trait !== given }
  }
  const reason = foreign.find(([pattern]) => pattern.test(owner))?.[1]
  return reason === undefined ? { nearest: nearestKey(owner, trait) } : { without: reason }
}

/** The key that a mistyped one probably means; a trait alone means that of any class. */
function nearestKey(owner: string, trait: string): string | undefined {
  const keys = [...byKey.keys()]
  if (owner === '') return keys.find((key) => key.endsWith(`.${trait}`))
  const owners = new Set(keys.map((key) => key.slice(0, key.indexOf('.'))))
  const home = owners.has(owner) ? owner : nearest(owner, owners)
  const own = keys.filter((key) => key.startsWith(`${home}.`))
  const near = nearest(
    trait,
    own.map((key) => key.slice(key.indexOf('.') + 1)),
  )
  return near === undefined ? undefined : `${home}.${near}`
}

/** @throws when the table has no such key, which is a fault of the program. */
export function optionOf(key: string): Option {
  const option = byKey.get(key)
  if (option === undefined) throw new Error(`iparallel is at fault: no option is called ${key}`)
  return option
}

/** The options of one command, in the table's order. */
export function optionsFor(command: Command): Option[] {
  return optionTable.filter((option) => option.commands.includes(command))
}
