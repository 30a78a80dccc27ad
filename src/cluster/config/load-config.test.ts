import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Profile } from '../profile.ts'
import { parseCommandLine } from './arguments.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load-config.ts'
import { showConfig, showConfigJson } from './show-config.ts'

interface World {
  readonly profile?: Record<string, string>
  readonly system?: Record<string, string>
  readonly env?: Record<string, string>
  readonly args?: string[]
}

function folder(context: TestContext, files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return dir
}

function load(context: TestContext, world: World): Promise<Config> {
  return loadConfig({
    command: 'controller',
    profile: new Profile(folder(context, world.profile ?? {})),
    options: parseCommandLine('controller', world.args ?? []).options,
    env: world.env ?? {},
    systemDirs: [folder(context, world.system ?? {})],
  })
}

const toml = (name: string) => ({
  'ipcontroller_config.toml': `[BaseParallelApplication]\ncluster_id = '${name}'`,
})
const idKey = 'BaseParallelApplication.cluster_id'

test('the profile wins over the system', async (context) => {
  const config = await load(context, { profile: toml('mine'), system: toml('all') })
  assert.equal(config.text(idKey), 'mine')
})

test('the environment wins over the profile', async (context) => {
  const config = await load(context, { profile: toml('mine'), env: { IPP_CLUSTER_ID: 'env' } })
  assert.equal(config.text(idKey), 'env')
})

test('the command line wins over the environment', async (context) => {
  const env = { IPP_CLUSTER_ID: 'env' }
  const config = await load(context, { profile: toml('mine'), env, args: ['--cluster-id=line'] })
  assert.equal(config.text(idKey), 'line')
})

test('an empty variable of the environment says nothing', async (context) => {
  const config = await load(context, { profile: toml('mine'), env: { IPP_CLUSTER_ID: '' } })
  assert.equal(config.text(idKey), 'mine')
})

test('TOML wins over the file of Python beside it', async (context) => {
  const profile = { ...toml('toml'), 'ipcontroller_config.py': "c.IPController.cluster_id = 'py'" }
  assert.equal((await load(context, { profile })).text(idKey), 'toml')
})

test('--config names one more file, which wins over those of the profile', async (context) => {
  const extra = join(folder(context, { 'x.toml': "IPController = { ip = 'extra' }" }), 'x.toml')
  const profile = { 'ipcontroller_config.toml': "[IPController]\nip = 'mine'" }
  const config = await load(context, { profile, args: [`--config=${extra}`] })
  assert.equal(config.text('IPController.ip'), 'extra')
})

test('a --config that is not there is an error', async (context) => {
  await assert.rejects(
    load(context, { args: ['--config=/nowhere/x.toml'] }),
    /x\.toml: cannot be read/,
  )
})

test('a key of another program is warned of, and has no effect', async (context) => {
  const config = await load(context, {
    profile: { 'ipcontroller_config.toml': '[IPEngine]\ntimeout = 3' },
  })
  assert.match(config.warnings[0]!, /IPEngine\.timeout .*belongs in ipengine_config/)
  assert.equal(config.isSet('IPEngine.timeout'), false)
})

test('a variable with an impossible value is named', async (context) => {
  const env = { IPP_ENABLE_CURVE: 'maybe' }
  await assert.rejects(load(context, { env }), /^ConfigError: IPP_ENABLE_CURVE: .*true or false/)
})

test('--show-config says what holds and where it comes from', async (context) => {
  const config = await load(context, { profile: toml('mine'), args: ['--hwm=3'] })
  const text = showConfig(config, 'controller')
  assert.match(text, /cluster_id = 'mine' {2}# .*ipcontroller_config\.toml:2/)
  assert.match(text, /hwm = 3 {2}# command line, --hwm/)
  assert.match(text, /ip = '127\.0\.0\.1' {2}# default/)
})

test('--show-config shows no key', async (context) => {
  const config = await load(context, { env: { IPP_SESSION_KEY: 'secret' } })
  assert.doesNotMatch(showConfig(config, 'controller'), /'secret'/)
  const json = JSON.parse(showConfigJson(config, 'controller')) as Record<
    string,
    Record<string, unknown>
  >
  assert.equal(json['Session']?.['key'], '(hidden)')
})
