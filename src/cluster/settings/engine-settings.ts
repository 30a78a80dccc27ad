import { resolve } from 'node:path'
import { messageOf } from '../../base/mod.ts'
import { type EngineConnectionInfo, readEngineInfo } from '../../jupyter/mod.ts'
import type { Config } from '../config/config.ts'
import { ConfigError } from '../errors.ts'
import { type Environment, expandHome, type Profile } from '../profile.ts'
import { curveKey, type GivenCurveKeys, givenCurveKeys } from './curve-settings.ts'
import { type RoleSettings, roleSettings, securityFile } from './role-settings.ts'

/** Everything an engine needs to know, resolved. */
export interface EngineSettings extends RoleSettings {
  readonly role: 'engine'
  /** Where to find the controller, unless it is told in another way. */
  readonly connectionFile: string
  /** Milliseconds to wait for that file; absent: without end. */
  readonly fileTimeoutMs?: number
  /** `tcp://HOST:PORT`, instead of what the connection file says; empty: as the file says. */
  readonly registrationUrl: string
  /** The controller's machine, instead of the file's; empty: as the file says. */
  readonly location: string
  /** The controller's public key, where the connection file has none; empty: do not encrypt. */
  readonly curveServerKey: string
  /** The engine's own pair; absent: new ones. */
  readonly curve?: GivenCurveKeys
  readonly registrationTimeoutMs: number
  /** 0: any number. */
  readonly heartbeatMissesMax: number
  /** The id to ask for. */
  readonly requestedId?: number
  /** TypeScript to run first; empty: none. */
  readonly startupCommand: string
  /** File to run first, before the command; empty: none. */
  readonly startupScript: string
  /** Let the parent process watch. */
  readonly nanny: boolean
  readonly restart: 'never' | 'on-failure'
  /** How names are completed. */
  readonly completer: 'reflection' | 'typescript'
  /**
   * Words of a command that is the engine, and takes what Python's engine takes. Absent: an engine
   * of this package.
   */
  readonly command?: readonly string[]
}

/** How Python's engine is started: with the interpreter that `PYTHON` names, or the usual one. */
export function pythonEngineCommand(env: Environment): readonly string[] {
  const usual = process.platform === 'win32' ? 'python' : 'python3'
  return [env['PYTHON'] || usual, '-m', 'ipyparallel.engine']
}

/** @throws {ConfigError} naming where a value comes from that cannot be used. */
export function engineSettings(config: Config, profile: Profile): EngineSettings {
  const common = roleSettings(config, profile, 'ipengine')
  const fileTimeout = config.optionalNumber('IPEngine.wait_for_url_file')
  const requestedId = config.optionalNumber('IPEngine.id')
  const script = config.text('IPEngine.startup_script')
  const curve = givenCurveKeys(config, 'IPEngine')
  const registrationUrl = config.text('IPEngine.registration_url')
  if (registrationUrl !== '' && !registrationAddress.test(registrationUrl)) {
    const place = config.place('IPEngine.registration_url')
    throw new ConfigError(place, `is '${registrationUrl}', expected tcp://HOST:PORT`)
  }
  return {
    role: 'engine',
    ...common,
    connectionFile: connectionFile(config, profile, common.clusterId),
    ...(fileTimeout === undefined ? {} : { fileTimeoutMs: fileTimeout * 1000 }),
    registrationUrl,
    location: config.text('IPEngine.location'),
    curveServerKey: curveKey(config, 'IPEngine.curve_serverkey') ?? '',
    ...(curve === undefined ? {} : { curve }),
    registrationTimeoutMs: config.number('IPEngine.timeout') * 1000,
    heartbeatMissesMax: config.number('IPEngine.max_heartbeat_misses'),
    ...(requestedId === undefined ? {} : { requestedId }),
    startupCommand: config.text('IPEngine.startup_command'),
    startupScript: script === '' ? '' : resolve(expandHome(script)),
    nanny: config.flag('IPEngine.enable_nanny'),
    restart: config.text('IPEngine.restart') === 'on-failure' ? 'on-failure' : 'never',
    completer: config.text('IPKernel.completer') === 'typescript' ? 'typescript' : 'reflection',
  }
}

function connectionFile(config: Config, profile: Profile, clusterId: string): string {
  const file = config.text('IPEngine.url_file')
  // As a shell does it: a path is seen from where the command runs, not from the profile.
  if (file !== '') return resolve(expandHome(file))
  const fallback = profile.connectionFile('engine', clusterId)
  return securityFile(profile, config.text('IPEngine.url_file_name'), fallback)
}

const registrationAddress = /^((?:tcp|ipc):\/\/.+):(\d{1,5})$/

/** The controller as a connection file describes it, with what was given instead. */
export function overriddenInfo(
  info: EngineConnectionInfo,
  settings: Pick<EngineSettings, 'registrationUrl' | 'location' | 'curveServerKey'>,
): EngineConnectionInfo {
  const [, address, port] = registrationAddress.exec(settings.registrationUrl) ?? []
  return {
    ...info,
    ...(address === undefined ? {} : { interface: address, registration: Number(port) }),
    ...(settings.location === '' ? {} : { location: settings.location }),
    // The file's wins, as in Python: it is of the controller that is joined.
    ...(settings.curveServerKey && !info.curve_serverkey
      ? { curve_serverkey: settings.curveServerKey }
      : {}),
  }
}

/**
 * The content of an engine's connection file that came through the environment, where a launcher
 * put it. @throws {ConfigError} when it is none.
 */
export function inheritedInfo(env: Environment): EngineConnectionInfo | undefined {
  const text = env['IPP_CONNECTION_INFO'] ?? ''
  if (text === '') return undefined
  try {
    return readEngineInfo(text)
  } catch (cause) {
    throw new ConfigError({ source: 'IPP_CONNECTION_INFO' }, messageOf(cause), { cause })
  }
}
