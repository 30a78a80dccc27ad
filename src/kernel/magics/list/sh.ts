import type { Magic } from '../magic.ts'
import { runScript } from '../script-cell.ts'

export const sh: Magic = {
  name: 'sh',
  forms: 'cell',
  usage: '%%sh [ARGUMENT …]',
  help: 'Runs the cell as a script of sh. It fails when the script does.',
  expands: true,
  run: (call, host) => runScript(call, `sh ${call.line}`, host),
}
