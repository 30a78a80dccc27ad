import type { Magic } from '../magic.ts'
import { userValues } from '../user-values.ts'

export const whos: Magic = {
  name: 'whos',
  forms: 'line',
  usage: '%whos [TYPE …]',
  help: 'As %who, with the type and the beginning of each value.',
  run({ line }, host) {
    const types = line.split(/\s+/).filter((word) => word !== '')
    const rows = userValues(host.namespace).filter(
      ({ type }) => types.length === 0 || types.includes(type),
    )
    if (rows.length === 0) {
      host.print('Interactive namespace is empty.\n')
      return
    }
    const nameWidth = Math.max(8, ...rows.map(({ name }) => name.length)) + 3
    const typeWidth = Math.max(4, ...rows.map(({ type }) => type.length)) + 3
    const row = (name: string, type: string, shown: string): string =>
      `${name.padEnd(nameWidth)}${type.padEnd(typeWidth)}${shown}\n`
    const head = row('Variable', 'Type', 'Data/Info')
    const body = rows.map(({ name, type, shown }) => row(name, type, shown))
    host.print([head, `${'-'.repeat(head.length - 1)}\n`, ...body].join(''))
  },
}
