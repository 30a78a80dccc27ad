import { runChild } from '../child-command.ts'
import type { Magic } from '../magic.ts'
import { UsageError } from '../usage-error.ts'

export const sx: Magic = {
  name: 'sx',
  forms: 'line',
  usage: 'const lines = !COMMAND\n!!COMMAND\n%sx COMMAND',
  help:
    'Runs a command, and gives the lines of what it printed.\n' +
    'Its stderr is shown; its exit code is in `_exit_code`.',
  expands: true,
  async run({ line }, host) {
    if (line === '') throw new UsageError('%sx needs a command')
    let printed = ''
    const code = await runChild(
      { shell: line },
      {
        signal: host.signal,
        onStdout: (text) => {
          printed += text
        },
        onStderr: (text) => host.warn(text),
      },
    )
    host.signal.throwIfAborted()
    host.namespace.define('_exit_code', code)
    const lines = printed.split(/\r?\n/)
    if (lines.at(-1) === '') lines.pop()
    return lines
  },
}
