import type { Magic } from '../magic.ts'

export const html: Magic = {
  name: 'html',
  forms: 'cell',
  usage: '%%html',
  help: 'Shows the cell as HTML.',
  run({ body = '' }, host) {
    host.output.display({ 'text/html': body, 'text/plain': body }, {}, {}, false)
  },
}
