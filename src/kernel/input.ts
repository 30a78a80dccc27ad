import { IparallelError, StdinNotImplementedError } from '../base/mod.ts'
import type { Output } from '../engine/mod.ts'

/** What front ends answer instead of a line when the user presses Ctrl-D, as for ipykernel. */
const endOfInput = '\x04'

/** The user has ended the input instead of typing a line. */
export class EndOfInputError extends IparallelError {
  override readonly code = 'IPAR_END_OF_INPUT'
  override readonly retry = 'never'
}

/** The global `input`: asks the user of the front end that runs the cell. */
export interface Input {
  /**
   * A line that the user types. The cell waits for it; an interrupt ends the wait.
   * @throws {StdinNotImplementedError} where nobody can be asked: on an engine of a cluster, or in
   * a front end without input.
   * @throws {EndOfInputError} when the user presses Ctrl-D instead.
   */
  (prompt?: string): Promise<string>
  /** As `input`, but what is typed stays unseen. */
  readonly password: (prompt?: string) => Promise<string>
}

/** Makes the global `input`. `host` is where a cell's output goes. */
export function makeInput(host: { readonly output: Output | undefined }): Input {
  const ask = async (prompt: unknown, password: boolean): Promise<string> => {
    const { output } = host
    if (output === undefined) throw new StdinNotImplementedError(password)
    let line: string
    try {
      line = await output.input(String(prompt), password)
    } catch (error) {
      // It may have come from the other thread, where it was another class.
      const isRefusal = error instanceof Error && error.name === 'StdinNotImplementedError'
      throw isRefusal ? new StdinNotImplementedError(password) : error
    }
    if (line === endOfInput) throw new EndOfInputError('the input was ended with Ctrl-D')
    return line
  }
  return Object.assign((prompt: string = '') => ask(prompt, false), {
    password: (prompt: string = '') => ask(prompt, true),
  })
}
