import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { configFilesIn, readConfigFile } from './config-file.ts'
import { configTemplate } from './config-template.ts'
import type { App } from './option.ts'

function file(context: TestContext, name: string, text: string | Uint8Array): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  const path = join(dir, name)
  writeFileSync(path, text)
  return path
}

const forms: readonly (readonly [name: string, text: string])[] = [
  ['a.toml', "[IPController]\nip = '*'\n"],
  ['a.json', '{"IPController": {"ip": "*"}}'],
  ['a.js', "export default { IPController: { ip: '*' } }"],
  ['a.mjs', "export default () => ({ IPController: { ip: '*' } })"],
  ['a.ts', "const ip: string = '*'\nexport default { IPController: { ip } } as object"],
  ['a.py', "c.IPController.ip = '*'"],
]
for (const [name, text] of forms) {
  test(`a configuration can be a ${name.slice(1)} file`, async (context) => {
    const { settings, warnings } = await readConfigFile(file(context, name, text))
    assert.deepEqual(
      settings.map((setting) => [setting.name, setting.value]),
      [['IPController.ip', '*']],
    )
    assert.deepEqual(warnings, [])
  })
}

test('a TypeScript file may import what lies beside it, and leaves nothing behind', async (context) => {
  const path = file(context, 'a.ts', "import { ip } from './b.mjs'\nexport default { X: { ip } }")
  writeFileSync(join(path, '..', 'b.mjs'), "export const ip = '::1'")
  const { settings } = await readConfigFile(path)
  assert.equal(settings[0]?.value, '::1')
  assert.deepEqual(readdirSync(join(path, '..')).sort(), ['a.ts', 'b.mjs'])
})

test('a module that changed is read anew, within a millisecond too', async (context) => {
  context.mock.method(Date, 'now', () => 0)
  const path = file(context, 'a.js', 'export default { X: { y: 1 } }')
  await readConfigFile(path)
  writeFileSync(path, 'export default { X: { y: 2 } }')
  assert.equal((await readConfigFile(path)).settings[0]?.value, 2)
})

test('a path in single quotes of TOML keeps its backslashes', async (context) => {
  const path = file(context, 'a.toml', "[IPEngine]\nurl_file = 'C:\\Data\\new\\x.json'")
  assert.equal((await readConfigFile(path)).settings[0]?.value, 'C:\\Data\\new\\x.json')
})

test('settings of TOML and JSON know their line', async (context) => {
  const toml = file(context, 'a.toml', "[A]\nip = 'x'\n\n[B]\n# ip is not here\nip = 'y'\n")
  const { settings } = await readConfigFile(toml)
  assert.deepEqual(
    settings.map(({ place }) => place.line),
    [2, 6],
  )
})

const broken: readonly (readonly [name: string, text: string, line: number, expected: RegExp])[] = [
  ['a.toml', '[IPController]\n\nip = *\n', 3, /expected TOML/],
  ['a.toml', "[IPController\nip = '*'\n", 1, /expected TOML/],
  ['a.js', '\n\nexport default {,}', 3, /Unexpected token/],
  ['a.ts', '\nexport default { a: (1 as', 2, /:2: Unexpected token/],
]
for (const [name, text, line, expected] of broken) {
  test(`a broken ${name} (${JSON.stringify(text)}) is reported with file and line`, async (context) => {
    const path = file(context, name, text)
    await assert.rejects(readConfigFile(path), (error: Error) => {
      assert.equal((error as { code?: string }).code, 'IPAR_CONFIG')
      assert.ok(error.message.startsWith(`${path}:${line}: `), error.message)
      assert.match(error.message, expected)
      return true
    })
  })
}

test('a file that PowerShell wrote as UTF-16 is read', async (context) => {
  const path = file(context, 'a.toml', Buffer.from("\uFEFF[IPController]\nip = '*'\n", 'utf16le'))
  const { settings } = await readConfigFile(path)
  assert.deepEqual(
    settings.map(({ name, value }) => [name, value]),
    [['IPController.ip', '*']],
  )
})

test('a broken JSON file is reported with its name and what was expected', async (context) => {
  const path = file(context, 'a.json', '{\n "A": {,}\n}')
  await assert.rejects(readConfigFile(path), /a\.json.*expected JSON/)
})

test('a JSON list is no configuration', async (context) => {
  await assert.rejects(
    readConfigFile(file(context, 'a.json', '[]')),
    /expected an object of objects/,
  )
})

test('a module without a default export is told what to write', async (context) => {
  const path = file(context, 'a.mjs', 'export const x = 1')
  await assert.rejects(readConfigFile(path), /expected 'export default/)
})

test('all forms of a file in one folder are found, and TypeScript wins', (context) => {
  const path = file(context, 'ipengine_config.ts', '')
  const dir = join(path, '..')
  for (const other of ['ipengine_config.py', 'ipengine_config.toml', 'ipcluster_config.toml']) {
    writeFileSync(join(dir, other), '')
  }
  assert.deepEqual(
    configFilesIn(dir, 'ipengine').map((found) => basename(found)),
    ['ipengine_config.py', 'ipengine_config.toml', 'ipengine_config.ts'],
  )
})

for (const app of ['ipcluster', 'ipcontroller', 'ipengine'] satisfies App[]) {
  test(`the template of ${app} sets nothing`, async (context) => {
    const { settings } = await readConfigFile(file(context, 'a.toml', configTemplate(app)))
    assert.deepEqual(settings, [])
  })

  test(`every line of ${app}'s template is valid once it is uncommented`, async (context) => {
    const text = configTemplate(app).replace(/^# (\w+ = )/gm, '$1')
    const { settings } = await readConfigFile(file(context, 'a.toml', text))
    assert.ok(settings.length > 15)
  })
}
