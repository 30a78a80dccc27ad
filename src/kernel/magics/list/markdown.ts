import type { Magic } from '../magic.ts'

export const markdown: Magic = {
  name: 'markdown',
  forms: 'cell',
  usage: '%%markdown',
  help: 'Shows the cell as Markdown.',
  run({ body = '' }, host) {
    host.output.display({ 'text/markdown': body, 'text/plain': body }, {}, {}, false)
  },
}
