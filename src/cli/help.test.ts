import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Command, optionsFor } from '../cluster/mod.ts'
import { commandHelp } from './help.ts'

const commands: readonly Command[] = [
  'controller',
  'engine',
  'start',
  'engines',
  'stop',
  'list',
  'clean',
]

for (const command of commands) {
  test(`the help of ${command} names every flag that works, and none that does not`, () => {
    const help = commandHelp(command, 'x', 'y', false)
    for (const { flags = [], support } of optionsFor(command)) {
      const long = flags.at(-1)
      if (long !== undefined) assert.equal(help.includes(`${long}`), support === undefined, long)
    }
  })

  test(`no line of the help of ${command} is wider than a terminal`, () => {
    for (const line of commandHelp(command, 'x', 'y', true).split('\n')) {
      assert.ok(line.length <= 100, line)
    }
  })
}

test('--help-all shows the keys of the configuration, too', () => {
  assert.match(commandHelp('controller', 'x', 'y', true), /--IPController\.client_ip=ADDRESS/)
})
