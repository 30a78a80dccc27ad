const brand = Symbol.for('iparallel.error')

/** Whether sending the same request again can succeed. */
export type Retry = 'never' | 'later'

/**
 * The root of every error that iparallel throws on purpose. `code` is stable and meant for
 * programs; `message` is meant for people and says what to do next.
 */
export abstract class IparallelError extends Error {
  abstract readonly code: `IPAR_${string}`
  abstract readonly retry: Retry

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
    Object.defineProperty(this, brand, { value: true })
  }

  /** Recognises our errors by brand, so it holds across two installed copies of the package. */
  static is(value: unknown): value is IparallelError {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** The caller passed something that can never work: a wrong type, an unknown name, a bad range. */
export class ArgumentError extends IparallelError {
  override readonly code = 'IPAR_ARGUMENT'
  override readonly retry = 'never'
}

/** A bound of `base/limits.ts` was reached. */
export class LimitError extends IparallelError {
  override readonly code = 'IPAR_LIMIT'
  override readonly retry = 'later'
}

/** The object was used after its `close()`. */
export class ClosedError extends IparallelError {
  override readonly code = 'IPAR_CLOSED'
  override readonly retry = 'never'
}

/** User code asked for a line from the user, and nobody can be asked. Name and text are IPython's. */
export class StdinNotImplementedError extends IparallelError {
  override readonly code = 'IPAR_NO_STDIN'
  override readonly retry = 'never'

  constructor(password: boolean) {
    const asked = password ? 'getpass' : 'raw_input'
    super(`${asked} was called, but this frontend does not support input requests.`)
    // Bundles may rename classes; this name goes on the wire.
    this.name = 'StdinNotImplementedError'
  }
}

/** The text of whatever was thrown, for a log line. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
