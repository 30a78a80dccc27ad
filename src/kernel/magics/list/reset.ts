import type { Magic } from '../magic.ts'

export const reset: Magic = {
  name: 'reset',
  forms: 'line',
  usage: '%reset [-f]',
  help:
    'Empties the namespace: every name of a cell is gone, and so are In and Out.\n' +
    'It does not ask first; `-f` is accepted for the sake of habit.',
  run: (_call, host) => host.clear(),
}
