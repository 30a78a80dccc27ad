import type { Magic } from '../magic.ts'
import { setVariable } from '../set-variable.ts'

export const setEnv: Magic = {
  name: 'set_env',
  forms: 'line',
  usage: '%set_env NAME VALUE',
  help: 'Sets an environment variable; child processes inherit it.',
  expands: true,
  run: ({ line }, host) => setVariable('set_env', line, host),
}
