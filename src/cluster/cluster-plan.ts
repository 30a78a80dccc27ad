import { availableParallelism } from 'node:os'
import { type GivenOption, parseCommandLine, refuseWords } from './config/arguments.ts'
import type { Config } from './config/config.ts'
import { loadConfig, profileChoice } from './config/load-config.ts'
import { placeText, UnsupportedError } from './errors.ts'
import { chooseProfile, type Environment, findProfile, type Profile } from './profile.ts'
import { type ControllerSettings, controllerSettings } from './settings/controller-settings.ts'
import {
  type EngineSettings,
  engineSettings,
  pythonEngineCommand,
} from './settings/engine-settings.ts'

/** Everything that is decided before the first process starts. */
export interface ClusterPlan {
  readonly profile: Profile
  readonly clusterId: string
  /** Engines to start. */
  readonly n: number
  /** Engines of Python's to start as well. */
  readonly python: number
  readonly controller: ControllerSettings
  readonly controllerArgv: readonly string[]
  /** The part of them that the user gave. */
  readonly controllerArgs: readonly string[]
  readonly engine: EngineSettings
  readonly engineArgv: readonly string[]
  /** The words that start an engine of Python's. */
  readonly pythonCommand: readonly string[]
  /** Added to the environment of controller and engines. */
  readonly env: Readonly<Record<string, string>>
  readonly controllerLauncher: string
  readonly engineLauncher: string
  /** Remove the log files of earlier clusters in the same place. */
  readonly cleanLogs: boolean
  /** Milliseconds that engines may take to be ready. */
  readonly engineTimeoutMs: number
  /** Milliseconds that a process may take to stop. */
  readonly killAfterMs: number
  /** Lines of its output to show when a process fails to start. */
  readonly outputLinesMax: number
  readonly config: Config
  /** What of the configuration has no effect. */
  readonly warnings: readonly string[]
}

export interface PlanRequest {
  /** `start`: a cluster; `engines`: more engines for one that runs. */
  readonly command: 'start' | 'engines'
  readonly options: readonly GivenOption[]
  /** Arguments for ipcontroller, as after `--`. */
  readonly controllerArgs?: readonly string[]
  readonly env?: Environment
}

const clusterIdKey = 'BaseParallelApplication.cluster_id'
const cleanLogsKey = 'BaseParallelApplication.clean_logs'

/** What one level of the configuration says to the next one. */
function handedOn(config: Config, pairs: Readonly<Record<string, string>>): GivenOption[] {
  return Object.entries(pairs).flatMap(([from, key]) => {
    const value = config.text(from)
    return value === '' ? [] : [{ key, value, place: config.place(from) }]
  })
}

/** No core to be seen is no reason to start nothing. */
function coreCount(): number {
  return Math.max(1, availableParallelism())
}

function launcherName(config: Config, key: string): string {
  // Python's names: `local`, `Local`, `ipyparallel.cluster.launcher.LocalEngineSetLauncher`.
  const given = config.text(key)
  const short = given.split('.').at(-1)!.toLowerCase()
  const name = short.replace(/(engineset|controller|engine)?launcher$/, '')
  if (name === 'local') return name
  throw new UnsupportedError(
    `${placeText(config.place(key))}: the launcher '${given}' is not there yet; there is: local`,
  )
}

/**
 * Reads every configuration that the cluster's processes need, once for all of them.
 * @throws {ArgumentError | ConfigError | ProfileError | UnsupportedError} what is wrong, and where.
 */
export async function planCluster(request: PlanRequest): Promise<ClusterPlan> {
  const { command, options, env = process.env } = request
  const choice = profileChoice(options)
  const profile = command === 'start' ? chooseProfile(choice, env) : findProfile(choice, env)
  const config = await loadConfig({ command, profile, options, env })
  if (command === 'start') createProfile(profile, config)
  const clusterId = config.text(clusterIdKey)
  const controllerArgs = [
    ...(command === 'start' ? config.texts('Cluster.controller_args') : []),
    ...(request.controllerArgs ?? []),
  ]
  const engineArgs = config.texts('EngineLauncher.engine_args')
  const forController = parseCommandLine('controller', controllerArgs)
  refuseWords('ipcontroller', forController.words)
  const engineCommand = config.texts('EngineLauncher.engine_cmd')
  const isOurEngine = engineCommand.length === 0
  // Whatever another program takes, it takes as it stands there.
  const forEngine = parseCommandLine('engine', isOurEngine ? engineArgs : [])
  refuseWords('ipengine', forEngine.words)
  const same: GivenOption = {
    key: clusterIdKey,
    value: clusterId,
    place: config.place(clusterIdKey),
  }
  const shared = options.filter(({ key }) => key !== 'BaseIPythonApplication.extra_config_file')
  const controllerConfig = await loadConfig({
    command: 'controller',
    profile,
    options: [
      ...shared,
      ...(command === 'start'
        ? handedOn(config, {
            'Cluster.controller_ip': 'IPController.ip',
            'Cluster.controller_location': 'IPController.location',
          })
        : []),
      ...forController.options,
      same,
    ],
    env,
  })
  const engineConfig = await loadConfig({
    command: 'engine',
    profile,
    options: [...shared, ...forEngine.options, same],
    env,
  })
  const names = [`--profile-dir=${profile.dir}`, `--cluster-id=${clusterId}`]
  return {
    profile,
    clusterId,
    n: config.optionalNumber('Cluster.n') ?? coreCount(),
    python: command === 'start' ? config.number('Cluster.python') : 0,
    controller: withoutLog(controllerSettings(controllerConfig, profile)),
    controllerArgv: [...names, ...controllerArgs],
    controllerArgs,
    engine: {
      ...withoutLog(engineSettings(engineConfig, profile)),
      ...(isOurEngine ? {} : { command: [...engineCommand, ...names, ...engineArgs] }),
    },
    engineArgv: [...names, ...engineArgs],
    pythonCommand: [...pythonEngineCommand(env), ...names],
    env: {
      IPP_CLUSTER_ID: clusterId,
      IPP_PROFILE_DIR: profile.dir,
      ...config.environment('BaseLauncher.environment'),
    },
    controllerLauncher:
      command === 'start' ? launcherName(config, 'Cluster.controller_launcher_class') : 'local',
    engineLauncher: launcherName(config, 'Cluster.engine_launcher_class'),
    cleanLogs: command === 'start' && (!config.isSet(cleanLogsKey) || config.flag(cleanLogsKey)),
    engineTimeoutMs: config.number('Cluster.engine_timeout') * 1000,
    killAfterMs: config.number('LocalProcessLauncher.stop_seconds_until_kill') * 1000,
    outputLinesMax: config.number('BaseLauncher.output_limit'),
    config,
    warnings: [
      ...new Set([...config.warnings, ...controllerConfig.warnings, ...engineConfig.warnings]),
    ],
  }
}

function createProfile(profile: Profile, config: Config): void {
  if (profile.exists || config.flag('BaseParallelApplication.auto_create')) profile.create()
  else findProfile({ profileDir: profile.dir })
}

/** What they write goes to a file of the launcher's anyway. */
function withoutLog<T extends { readonly logFile?: string }>(settings: T): Omit<T, 'logFile'> {
  const { logFile: _, ...rest } = settings
  return rest
}
