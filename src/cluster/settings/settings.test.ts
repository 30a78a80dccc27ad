import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { EngineConnectionInfo } from '../../jupyter/mod.ts'
import { parseCommandLine } from '../config/arguments.ts'
import { loadConfig } from '../config/load-config.ts'
import { Profile } from '../profile.ts'
import { type ControllerSettings, controllerSettings } from './controller-settings.ts'
import {
  type EngineSettings,
  engineSettings,
  inheritedInfo,
  overriddenInfo,
} from './engine-settings.ts'

function profileIn(context: TestContext): Profile {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  return new Profile(join(dir, 'profile_x'))
}

async function controller(context: TestContext, ...args: string[]): Promise<ControllerSettings> {
  const profile = profileIn(context)
  const { options } = parseCommandLine('controller', args)
  const request = { command: 'controller', profile, options, env: {}, systemDirs: [] } as const
  return controllerSettings(await loadConfig(request), profile)
}

async function engine(context: TestContext, ...args: string[]): Promise<EngineSettings> {
  const profile = profileIn(context)
  const { options } = parseCommandLine('engine', args)
  const request = { command: 'engine', profile, options, env: {}, systemDirs: [] } as const
  return engineSettings(await loadConfig(request), profile)
}

test('a controller listens on loopback and says where this machine is', async (context) => {
  const settings = await controller(context)
  assert.equal(settings.clientIp, '127.0.0.1')
  assert.equal(settings.engineIp, '127.0.0.1')
  assert.equal(settings.location, hostname())
  assert.equal(settings.key, undefined)
})

test('one address can differ from the other', async (context) => {
  const settings = await controller(context, '--ip=*', '--IPController.client_ip=127.0.0.1')
  assert.equal(settings.clientIp, '127.0.0.1')
  assert.equal(settings.engineIp, '*')
})

test('single ports of old configurations go into the pool, the registration first', async (context) => {
  const { ports } = await controller(context, '--ports=5-6', '--port=9', '--IPController.mux=7')
  assert.deepEqual(ports, [9, 5, 6, 7])
})

test("port 0, as Python's configuration files have it, is none", async (context) => {
  const { ports } = await controller(context, '--port=0', '--IPController.mon_port=0', '--ports=5')
  assert.deepEqual(ports, [5])
})

test('a registration may take ten heartbeats, and 30 seconds at least', async (context) => {
  assert.equal((await controller(context)).registrationTimeoutMs, 30_000)
  assert.equal((await controller(context, '--ping=10000')).registrationTimeoutMs, 100_000)
  const given = await controller(context, '--IPController.registration_timeout=5')
  assert.equal(given.registrationTimeoutMs, 5_000)
})

test('restoring engines means reusing files', async (context) => {
  assert.equal((await controller(context, '--restore')).reuseFiles, true)
})

test('connection files can have other names, or other places', async (context) => {
  const named = await controller(context, '--IPController.engine_json_file=e.json')
  assert.match(named.engineFile, /security[\\/]e\.json$/)
  const placed = await controller(context, '--IPController.client_json_file=/elsewhere/c.json')
  assert.match(placed.clientFile, /elsewhere[\\/]c\.json$/)
})

test('the key can be in a file', async (context) => {
  const { dir } = profileIn(context)
  const path = join(dir, '..', 'key')
  writeFileSync(path, 'secret\n')
  assert.equal((await controller(context, `--keyfile=${path}`)).key, 'secret')
  assert.equal((await controller(context, '--no-secure')).key, '')
})

const key = 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7'

test('CURVE is off, and is switched on by its option', async (context) => {
  assert.equal((await controller(context)).enableCurve, false)
  const settings = await controller(context, '--IPController.enable_curve=True')
  assert.equal(settings.enableCurve, true)
  assert.equal(settings.curve, undefined)
  assert.match(settings.curveFile, /security[\\/]ipcontroller-curve\.key$/)
})

test('CURVE and its keys come from the environment that Python knows', async (context) => {
  const profile = profileIn(context)
  const env = {
    IPP_ENABLE_CURVE: '1',
    IPP_CURVE_SECRETKEY: key,
    IPP_CURVE_PUBLICKEY: key,
    IPP_CURVE_SERVERKEY: key,
  }
  const shared = { profile, env, systemDirs: [] }
  const forController = await loadConfig({ command: 'controller', ...shared })
  const { enableCurve, curve } = controllerSettings(forController, profile)
  assert.deepEqual([enableCurve, curve], [true, { secretKey: key, publicKey: key }])
  const settings = engineSettings(await loadConfig({ command: 'engine', ...shared }), profile)
  assert.deepEqual(settings.curve, { secretKey: key, publicKey: key })
  assert.equal(settings.curveServerKey, key)
})

test('a CURVE key that is none is refused with its place', async (context) => {
  await assert.rejects(
    controller(context, '--IPController.curve_secretkey=short'),
    /^ConfigError: --IPController\.curve_secretkey.* is no CURVE key: one has 40 characters.* has 5/,
  )
  await assert.rejects(
    engine(context, `--IPEngine.curve_publickey=${key}`),
    /needs IPEngine\.curve_secretkey, the other half/,
  )
})

test("the controller's key of the file wins over the one of the configuration", async (context) => {
  const settings = await engine(context, `--IPEngine.curve_serverkey=${key}`)
  const info = { curve_serverkey: null } as EngineConnectionInfo
  assert.equal(overriddenInfo(info, settings).curve_serverkey, key)
  const own = { curve_serverkey: 'of the file' } as EngineConnectionInfo
  assert.equal(overriddenInfo(own, settings).curve_serverkey, 'of the file')
})

test('a key file that is not there is named', async (context) => {
  await assert.rejects(
    controller(context, '--keyfile=/nowhere/key'),
    /^ConfigError: --keyfile cannot read/,
  )
})

test('records of tasks are kept in memory, in a file of each cluster, or nowhere', async (context) => {
  const memory = await controller(context, '--DictDB.cull_fraction=0.5')
  assert.deepEqual([memory.taskStore, memory.taskCullFraction], ['memory', 0.5])
  const file = await controller(context, '--sqlitedb')
  assert.equal(file.taskStore, 'sqlite')
  assert.match(file.taskFile, /profile_x[\\/]tasks\.db$/)
  assert.equal(file.taskTable, 'ipython-tasks')
  const other = await controller(context, '--sqlitedb', '--cluster-id=b')
  assert.match(other.taskFile, /tasks-b\.db$/)
  const placed = await controller(
    context,
    '--IPController.db_class=ipyparallel.controller.sqlitedb.SQLiteDB',
    '--SQLiteDB.location=/elsewhere',
    '--SQLiteDB.filename=mine.db',
    '--SQLiteDB.table=',
  )
  assert.match(placed.taskFile, /elsewhere[\\/]mine\.db$/)
  assert.equal(placed.taskTable, '')
  assert.equal((await controller(context, '--nodb')).taskStore, 'none')
})

test('a kind of task records that is not there is refused', async (context) => {
  await assert.rejects(controller(context, '--mongodb'), { code: 'IPAR_UNSUPPORTED' })
})

test('a cluster id cannot have a slash', async (context) => {
  await assert.rejects(
    controller(context, '--cluster-id=a/b'),
    /the cluster id "a\/b" contains "\/"/,
  )
})

test('an engine looks for its file in the security folder, with the cluster id', async (context) => {
  assert.match((await engine(context)).connectionFile, /security[\\/]ipcontroller-engine\.json$/)
  const other = await engine(context, '--cluster-id=a')
  assert.match(other.connectionFile, /security[\\/]ipcontroller-a-engine\.json$/)
  const named = await engine(context, '--IPEngine.url_file_name=e.json')
  assert.match(named.connectionFile, /security[\\/]e\.json$/)
})

test('--file is seen from where the command runs', async (context) => {
  assert.equal(
    (await engine(context, '--file=x/e.json')).connectionFile,
    join(process.cwd(), 'x', 'e.json'),
  )
})

test('seconds of the configuration become milliseconds', async (context) => {
  const settings = await engine(context, '--timeout=2.5', '--wait-for-url-file=10')
  assert.equal(settings.registrationTimeoutMs, 2_500)
  assert.equal(settings.fileTimeoutMs, 10_000)
})

test('--url takes the place of the address in the file', async (context) => {
  const settings = await engine(context, '--url=tcp://10.0.0.1:5555', '--location=there')
  const info = { interface: 'tcp://127.0.0.1', registration: 1, location: 'here' }
  assert.deepEqual(overriddenInfo(info as EngineConnectionInfo, settings), {
    interface: 'tcp://10.0.0.1',
    registration: 5555,
    location: 'there',
  })
})

test('a --url without a port is refused', async (context) => {
  await assert.rejects(
    engine(context, '--url=tcp://10.0.0.1'),
    /--url is 'tcp:\/\/10\.0\.0\.1', expected tcp/,
  )
})

test('a connection in the environment that cannot be read is named', () => {
  assert.equal(inheritedInfo({}), undefined)
  assert.throws(
    () => inheritedInfo({ IPP_CONNECTION_INFO: '{' }),
    /^ConfigError: IPP_CONNECTION_INFO: /,
  )
})
