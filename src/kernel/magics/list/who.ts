import type { Magic } from '../magic.ts'
import { userValues } from '../user-values.ts'

export const who: Magic = {
  name: 'who',
  forms: 'line',
  usage: '%who [TYPE …]',
  help: 'Lists the names that cells declared, or those of some types: `%who function string`.',
  run({ line }, host) {
    const types = line.split(/\s+/).filter((word) => word !== '')
    const names = userValues(host.namespace)
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .map(({ name }) => name)
    host.print(`${names.length === 0 ? 'Interactive namespace is empty.' : names.join('\t')}\n`)
  },
}
