import { inspect } from 'node:util'
import { IparallelError } from '../../base/mod.ts'

/** A magic that does not exist, or was not used as it must be. Named as IPython's. */
export class UsageError extends IparallelError {
  override readonly code = 'IPAR_MAGIC_USAGE'
  override readonly retry = 'never'
}

// Where it was thrown is of no interest to whoever mistyped a magic.
Object.defineProperty(UsageError.prototype, inspect.custom, {
  value(this: UsageError): string {
    return `${this.name}: ${this.message}`
  },
})
