import type { Magic } from '../magic.ts'

/** Those that are written in another way: `name?`, `!command`. */
const hidden = new Set(['pinfo', 'pinfo2', 'system'])

export const lsmagic: Magic = {
  name: 'lsmagic',
  forms: 'line',
  usage: '%lsmagic',
  help: 'Lists the magics.',
  run(_call, { magics, print }) {
    const shown = magics.filter(({ name }) => !hidden.has(name))
    const list = (form: 'line' | 'cell', mark: string): string =>
      shown
        .filter(({ forms }) => forms.includes(form))
        .map(({ name }) => mark + name)
        .join('  ')
    print(
      `Available line magics:\n${list('line', '%')}\n\n` +
        `Available cell magics:\n${list('cell', '%%')}\n\n` +
        '%name? explains one. !command runs a command, name? shows what is known of a name.\n',
    )
  },
}
