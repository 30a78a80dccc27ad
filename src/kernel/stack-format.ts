import { userLines } from './failure.ts'
import { correctModuleFrame } from './modules/module-positions.ts'

type PrepareStackTrace = typeof Error.prepareStackTrace

/** A line of a stack that is in a cell, or in a file of TypeScript. */
const cellFrame = /[\\/](?:cell(?: \d+)?|timeit):\d+:\d+\)?$|\.[cm]?ts(?:\?reload=\d+)?:\d+:\d+\)?$/

function headOf(error: Error): string {
  try {
    // As V8 does: what `console.trace` captures the stack of is no error.
    return Error.prototype.toString.call(error)
  } catch {
    return 'Error'
  }
}

/**
 * Makes `error.stack` say of cells what the user knows: their names and the columns that were
 * typed, without what called them. Stacks without a cell stay as they are.
 */
export class StackFormat implements Disposable {
  readonly #before: PrepareStackTrace

  constructor() {
    this.#before = Error.prepareStackTrace
    Error.prepareStackTrace = (error, frames) => {
      const lines = frames.map((frame) => `    at ${frame}`)
      const whole = [headOf(error), ...lines].join('\n')
      if (!lines.some((line) => cellFrame.test(line))) return whole
      try {
        return userLines(whole).map(correctModuleFrame).join('\n')
      } catch {
        return whole
      }
    }
  }

  [Symbol.dispose](): void {
    Error.prepareStackTrace = this.#before
  }
}
