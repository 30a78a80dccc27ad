import { ArgumentError, IparallelError } from '../base/mod.ts'

/** Where in a configuration something is wrong. */
export interface ConfigPlace {
  /** A file's path, a flag of the command line, or an environment variable. */
  readonly source: string
  /** Counted from 1. */
  readonly line?: number
}

/** A configuration cannot be read, or holds a value that its key does not take. */
export class ConfigError extends IparallelError {
  override readonly code = 'IPAR_CONFIG'
  override readonly retry = 'never'
  readonly place: ConfigPlace

  constructor(place: ConfigPlace, message: string, options?: { cause?: unknown }) {
    super(`${placeText(place)}${isFlag(place) ? '' : ':'} ${message}`, options)
    this.place = place
  }
}

/** The command line cannot be understood. */
export class UsageError extends ArgumentError {}

/** Whether an option of the command line is meant. */
export function isFlag(place: ConfigPlace): boolean {
  return place.source.startsWith('-')
}

/** `FILE:LINE`, as editors and terminals make it a link. */
export function placeText(place: ConfigPlace): string {
  return place.line === undefined ? place.source : `${place.source}:${place.line}`
}

/** Something is asked for that ipyparallel has and iparallel has not (yet). */
export class UnsupportedError extends IparallelError {
  override readonly code = 'IPAR_UNSUPPORTED'
  override readonly retry = 'never'
}

/** A profile's name is not possible, or the profile is not there. */
export class ProfileError extends IparallelError {
  override readonly code = 'IPAR_PROFILE'
  override readonly retry = 'never'
}

/** A process of the cluster ended, or was not ready in time, while the cluster was starting. */
export class LaunchError extends IparallelError {
  override readonly code = 'IPAR_LAUNCH'
  override readonly retry = 'later'
  /** The file with everything that the process wrote; absent when it never ran. */
  readonly outputFile: string | undefined
  /** The last lines of that file. */
  readonly output: string

  constructor(message: string, details: { outputFile?: string; output?: string } = {}) {
    const { outputFile, output = '' } = details
    super(output === '' ? message : `${message}\nThe last lines of ${outputFile}:\n${output}`)
    this.outputFile = outputFile
    this.output = output
  }
}

/** A cluster with this profile and cluster id is running already. */
export class AlreadyRunningError extends IparallelError {
  override readonly code = 'IPAR_ALREADY_RUNNING'
  override readonly retry = 'later'
}

/** There is no such cluster, or none that runs. */
export class NotRunningError extends IparallelError {
  override readonly code = 'IPAR_NOT_RUNNING'
  override readonly retry = 'later'
}

/** There is no controller that engines could join. */
export class NoControllerError extends NotRunningError {}
