import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { messageOf } from '../../base/mod.ts'
import { makeFolder } from '../../node/mod.ts'
import type { Config } from '../config/config.ts'
import { ConfigError } from '../errors.ts'
import { checkName, expandHome, type Profile } from '../profile.ts'

/** What controller and engines have in common. All settings are plain data: they cross processes. */
export interface RoleSettings {
  readonly profileDir: string
  /** Empty for a profile's only cluster. */
  readonly clusterId: string
  readonly workDir: string
  /** 0–50, as in Python. */
  readonly logLevel: number
  /** Absent: log to stderr. */
  readonly logFile?: string
  /** Name in the headers of messages. */
  readonly username: string
  /** Absent: a new random id. */
  readonly sessionId?: string
}

/** @throws {ArgumentError} when the cluster id cannot be a part of a file's name. */
export function roleSettings(
  config: Config,
  profile: Profile,
  program: 'ipcontroller' | 'ipengine',
): RoleSettings {
  const clusterId = config.text('BaseParallelApplication.cluster_id')
  checkName('cluster id', clusterId)
  const session = config.text('Session.session')
  return {
    profileDir: profile.dir,
    clusterId,
    workDir: workDir(config),
    logLevel: config.number('Application.log_level'),
    ...(config.flag('BaseParallelApplication.log_to_file')
      ? { logFile: logFile(profile, program, clusterId, process.pid) }
      : {}),
    username: config.text('Session.username') || loginName(),
    ...(session === '' ? {} : { sessionId: session }),
  }
}

/** The folder to work in, which is made when it is not there. */
function workDir(config: Config): string {
  const dir = config.text('BaseParallelApplication.work_dir')
  if (dir === '') return process.cwd()
  const path = resolve(expandHome(dir))
  try {
    makeFolder(path)
  } catch (cause) {
    const place = config.place('BaseParallelApplication.work_dir')
    throw new ConfigError(place, `cannot work in ${path}: ${messageOf(cause)}`, { cause })
  }
  return path
}

/** `log/ipengine-ID-4711.log`; without an id an engine's name keeps the dash, as in Python. */
export function logFile(
  profile: Profile,
  program: 'ipcontroller' | 'ipengine' | 'ipcluster',
  clusterId: string,
  suffix: string | number,
): string {
  const id = clusterId === '' && program !== 'ipengine' ? '' : `${clusterId}-`
  return join(profile.logDir, `${program}-${id}${suffix}.log`)
}

function loginName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that has no name.
    return process.env['USER'] ?? process.env['USERNAME'] ?? 'username'
  }
}

/** A file that is named in the configuration: a plain name is in the security folder. */
export function securityFile(profile: Profile, name: string, fallback: string): string {
  if (name === '') return fallback
  const path = expandHome(name)
  return isAbsolute(path) || /[\\/]/.test(path) ? resolve(path) : join(profile.securityDir, path)
}

/** The key for messages: given, or in a file; undefined when a new one is wanted. */
export function givenKey(config: Config): string | undefined {
  const setting = config.setting('Session.key')
  if (setting !== undefined) return config.text('Session.key')
  const file = config.text('Session.keyfile')
  if (file === '') return undefined
  try {
    return readFileSync(expandHome(file), 'utf8').trim()
  } catch (cause) {
    const place = config.place('Session.keyfile')
    throw new ConfigError(place, `cannot read the key: ${messageOf(cause)}`, { cause })
  }
}

/** This machine's name, as peers get to see it. */
export function ownLocation(): string {
  return hostname()
}
