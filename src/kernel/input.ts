import { StdinNotImplementedError } from '../base/mod.ts'
import type { Output } from '../engine/mod.ts'

/** The global `input`: asks the user of the front end that runs the cell. */
export interface Input {
  /**
   * A line that the user types. The cell waits for it; an interrupt ends the wait.
   * @throws {StdinNotImplementedError} where nobody can be asked: on an engine of a cluster, or in
   * a front end without input.
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
    try {
      return await output.input(String(prompt), password)
    } catch (error) {
      // It may have come from the other thread, where it was another class.
      const isRefusal = error instanceof Error && error.name === 'StdinNotImplementedError'
      throw isRefusal ? new StdinNotImplementedError(password) : error
    }
  }
  return Object.assign((prompt: string = '') => ask(prompt, false), {
    password: (prompt: string = '') => ask(prompt, true),
  })
}
