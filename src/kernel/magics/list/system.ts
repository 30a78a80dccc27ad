import { runChild } from '../child-command.ts'
import type { Magic } from '../magic.ts'
import { UsageError } from '../usage-error.ts'

export const system: Magic = {
  name: 'system',
  forms: 'line',
  usage: '!COMMAND\n%system COMMAND',
  help:
    "Runs a command in the system's shell, and shows what it prints as it comes.\n" +
    'Its exit code is in `_exit_code`. `$` and an expression in braces ' +
    'stand for a value, as in a template. A negation of a name ' +
    'that exists, such as `!done`, stays one: write `! done` to run a command of that name.',
  expands: true,
  async run({ line }, host) {
    if (line === '') throw new UsageError('! needs a command')
    const code = await runChild(
      { shell: line },
      {
        signal: host.signal,
        onStdout: (text) => host.print(text),
        onStderr: (text) => host.warn(text),
      },
    )
    host.signal.throwIfAborted()
    host.namespace.define('_exit_code', code)
  },
}
