import { IparallelError } from '../base/mod.ts'

/** A value that cannot be sent to another process. `path` says where in what was sent it sits. */
export class UnserializableError extends IparallelError {
  override readonly code = 'IPAR_UNSERIALIZABLE'
  override readonly retry = 'never'
  /** Such as `args[0].settings.socket`. */
  readonly path: string
  /** Why it cannot travel, without the path. */
  readonly reason: string

  constructor(path: string, reason: string, options?: { cause?: unknown }) {
    super(`${shortened(path) || 'the value'} cannot travel: ${reason}`, options)
    this.path = path
    this.reason = reason
  }
}

/** Of what is nested deep, the beginning and the end. */
function shortened(path: string): string {
  return path.length <= 200 ? path : `${path.slice(0, 100)} … ${path.slice(-60)}`
}

/** Bytes that are not an encoded value, or not one that this version understands. */
export class MalformedError extends IparallelError {
  override readonly code = 'IPAR_MALFORMED'
  override readonly retry = 'never'
}
