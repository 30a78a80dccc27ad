import { runChild } from './child-command.ts'
import type { MagicCall, MagicHost } from './magic.ts'
import { splitWords } from './split-words.ts'
import { UsageError } from './usage-error.ts'

/**
 * Gives the body of a cell magic to a program, on its standard input.
 * @throws {UsageError} when it is not there, or fails.
 */
export async function runScript(
  { name, body = '' }: MagicCall,
  command: string,
  host: MagicHost,
): Promise<void> {
  const [program, ...args] = splitWords(command)
  if (program === undefined) throw new UsageError(`%%${name} needs a program: %%script python3`)
  const code = await runChild(
    { program, args },
    {
      signal: host.signal,
      input: body,
      onStdout: (text) => host.print(text),
      onStderr: (text) => host.warn(text),
    },
  )
  host.signal.throwIfAborted()
  if (code !== 0) throw new UsageError(`%%${name}: ${program} ended with exit code ${code}`)
}
