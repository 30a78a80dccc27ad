import process from 'node:process'
import type { Magic } from '../magic.ts'
import { setVariable } from '../set-variable.ts'
import { UsageError } from '../usage-error.ts'

/** Values of variables that are likely to be secrets are not shown all at once. */
const secret = /(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)(?:_|$)/i

export const env: Magic = {
  name: 'env',
  forms: 'line',
  usage: '%env\n%env NAME\n%env NAME=VALUE',
  help:
    'Shows the environment variables, or one of them, or sets one.\n' +
    'In the list of all, what looks like a secret is hidden.',
  expands: true,
  run({ line }, host) {
    if (line === '') {
      return Object.fromEntries(
        Object.entries(process.env)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => [name, secret.test(name) ? '<hidden>' : value]),
      )
    }
    if (/[=\s]/.test(line)) return setVariable('env', line, host)
    const value = process.env[line]
    if (value === undefined) throw new UsageError(`%env: the environment has no variable ${line}`)
    return value
  },
}
