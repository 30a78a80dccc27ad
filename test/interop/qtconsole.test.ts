import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pythonWithQtConsole } from '../pythons.ts'
import { Command, ipythonDir, until } from '../system/command.ts'
import { noScreen, VirtualScreen } from './virtual-screen.ts'

const { path: python } = pythonWithQtConsole
const skip = pythonWithQtConsole.skip || noScreen

/** QtConsole's colour for the prompt of a cell. */
const promptColour = '#000080'
const plotColour = '#ff00aa'

test('QtConsole runs cells on our kernel, for the profile’s cluster, and shows plots', {
  skip,
}, async (context) => {
  const dir = ipythonDir(context)
  const screen = await VirtualScreen.open(context)
  const env = { ...screen.env, JUPYTER_RUNTIME_DIR: dir, JUPYTER_DATA_DIR: dir }
  const args = ['qtconsole', '--profile=lab', `--python=${python}`]
  const command = new Command(context, dir, 'iparallel', args, env)
  const window = await screen.window('Jupyter QtConsole')
  await screen.shows(promptColour, 10)

  await screen.type(window, `require('fs').writeFileSync('seen', process.env.IPP_PROFILE_DIR)`)
  const file = join(dir, 'seen')
  await until('the cell has run', () => existsSync(file) && readFileSync(file, 'utf8') !== '')
  assert.equal(readFileSync(file, 'utf8'), join(dir, 'profile_lab'))

  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50">' +
    `<rect width="100" height="50" fill="${plotColour}"/></svg>`
  const bundle = `{ 'image/svg+xml': '${svg}' }`
  await screen.type(window, `({ [Symbol.for('Jupyter.display')]: () => (${bundle}) })`)
  await screen.shows(plotColour, 4_000)
  assert.notEqual((await command.end()).code, 0)
})
