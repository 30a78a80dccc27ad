import type { Magic } from '../magic.ts'
import { runScript } from '../script-cell.ts'

export const script: Magic = {
  name: 'script',
  forms: 'cell',
  usage: '%%script PROGRAM [ARGUMENT …]',
  help: 'Gives the cell to a program, on its standard input: `%%script python3 -`.',
  expands: true,
  run: (call, host) => runScript(call, call.line, host),
}
