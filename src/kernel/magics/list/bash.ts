import type { Magic } from '../magic.ts'
import { runScript } from '../script-cell.ts'

export const bash: Magic = {
  name: 'bash',
  forms: 'cell',
  usage: '%%bash [ARGUMENT …]',
  help: 'Runs the cell as a script of bash. It fails when the script does.',
  expands: true,
  run: (call, host) => runScript(call, `bash ${call.line}`, host),
}
