import process from 'node:process'
import { describeFailure } from './failure.ts'

function report(thrown: unknown): void {
  process.stderr.write(`${describeFailure(thrown).traceback.join('\n')}\n`)
}

/**
 * Keeps the process alive when user code fails where nobody waits for it: in a timer, in a
 * promise without a handler. What was thrown is shown on stderr.
 */
export class ProcessGuard implements Disposable {
  readonly #onException = (thrown: unknown): void => report(thrown)
  readonly #onRejection = (thrown: unknown): void => report(thrown)

  constructor() {
    process.on('uncaughtException', this.#onException)
    process.on('unhandledRejection', this.#onRejection)
  }

  [Symbol.dispose](): void {
    process.off('uncaughtException', this.#onException)
    process.off('unhandledRejection', this.#onRejection)
  }
}
