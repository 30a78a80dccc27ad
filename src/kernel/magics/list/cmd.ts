import type { Magic } from '../magic.ts'
import { runScript } from '../script-cell.ts'

export const cmd: Magic = {
  name: 'cmd',
  forms: 'cell',
  usage: '%%cmd',
  help: 'Runs the lines of the cell in the command interpreter of Windows.',
  run: (call, host) => runScript(call, `cmd.exe /q /k ${call.line}`, host),
}
