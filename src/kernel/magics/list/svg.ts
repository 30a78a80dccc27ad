import type { Magic } from '../magic.ts'

export const svg: Magic = {
  name: 'svg',
  forms: 'cell',
  usage: '%%svg',
  help: 'Shows the cell as a picture in SVG.',
  run({ body = '' }, host) {
    host.output.display({ 'image/svg+xml': body, 'text/plain': body }, {}, {}, false)
  },
}
