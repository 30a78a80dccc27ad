import { type ConfigPlace, placeText } from '../errors.ts'
import type { Environment, Profile, ProfileChoice } from '../profile.ts'
import type { GivenOption } from './arguments.ts'
import { Config } from './config.ts'
import { configFilesIn, readConfigFile } from './config-file.ts'
import { type App, appOf, type Command } from './option.ts'
import { findOption, optionOf, optionsFor } from './option-table.ts'
import { checkText } from './option-value.ts'
import type { RawSetting } from './raw-setting.ts'

/** Folders with settings for every user of the machine; the last one wins. Source: IPython. */
function systemConfigDirs(env: Environment = process.env): string[] {
  if (process.platform !== 'win32') return ['/usr/local/etc/ipython', '/etc/ipython']
  const data = env['PROGRAMDATA']
  return data === undefined ? [] : [`${data}\\ipython`]
}

function lastText(options: readonly GivenOption[], key: string): string | undefined {
  const value = options.findLast((option) => option.key === key)?.value
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Which profile a command line means. */
export function profileChoice(options: readonly GivenOption[]): ProfileChoice {
  return {
    profile: lastText(options, 'BaseIPythonApplication.profile'),
    profileDir: lastText(options, 'ProfileDir.location'),
    ipythonDir: lastText(options, 'BaseIPythonApplication.ipython_dir'),
  }
}

export interface ConfigRequest {
  readonly command: Command
  readonly profile: Profile
  /** Of the command line; they win over everything. */
  readonly options?: readonly GivenOption[]
  readonly env?: Environment
  /** Default: {@link systemConfigDirs}. */
  readonly systemDirs?: readonly string[]
}

/** Takes what belongs to a program and warns of the rest. */
function belonging(app: App, settings: readonly RawSetting[], config: Config): RawSetting[] {
  return settings.filter(({ name, place }) => {
    const found = findOption(name)
    if (!('option' in found) || found.option.commands.some((command) => appOf(command) === app)) {
      return true
    }
    const home = appOf(found.option.commands[0]!)
    config.warnings.push(
      `${placeText(place)}: ${name} has no effect on ${app}; it belongs in ${home}_config`,
    )
    return false
  })
}

function addEnvironment(config: Config, command: Command, env: Environment): void {
  for (const option of optionsFor(command)) {
    const text = option.env === undefined ? undefined : env[option.env]
    if (text === undefined || text === '') continue
    const place: ConfigPlace = { source: option.env! }
    config.set(option.key, checkText(option, text, place), place)
  }
}

/**
 * What holds for one run of a command: defaults, then the system's files, the profile's, the one
 * named by `--config`, the environment, and the command line.
 * @throws {ConfigError} for a file that cannot be read and for a value that its key does not take.
 * @throws {UnsupportedError} when something is asked for that is not there.
 */
export async function loadConfig(request: ConfigRequest): Promise<Config> {
  const { command, profile, options = [], env = process.env } = request
  const app = appOf(command)
  const config = new Config()
  const files = [...(request.systemDirs ?? systemConfigDirs(env)), profile.dir].flatMap((dir) =>
    configFilesIn(dir, app),
  )
  const extra = lastText(options, 'BaseIPythonApplication.extra_config_file')
  for (const file of extra === undefined ? files : [...files, extra]) {
    const { settings, warnings } = await readConfigFile(file)
    config.warnings.push(...warnings)
    config.add(belonging(app, settings, config))
  }
  addEnvironment(config, command, env)
  for (const { key, value, place } of options) {
    const home = optionOf(key)
    if (home.commands.some((candidate) => appOf(candidate) === app)) {
      config.set(key, value ?? undefined, place)
    }
  }
  return config
}
