import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Logger, silentLogger } from '../base/mod.ts'
import { systemRandom } from '../node/mod.ts'
import { curvePublicKey, makeCurveKeyPair } from '../sockets/mod.ts'
import {
  type RunningController,
  type StartControllerOptions,
  startController,
} from './controller.ts'

const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
const noIpv6 = addresses.some(({ address }) => address === '::1') ? false : 'there is no ::1'
const windows = process.platform === 'win32'

/** A folder for the files of one test, and the controllers that it starts there. */
async function inFolder(
  work: (
    files: { clientFile: string; engineFile: string; enginesFile: string; curveFile: string },
    start: (options?: StartControllerOptions) => Promise<RunningController>,
  ) => Promise<void>,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-'))
  const files = {
    clientFile: join(dir, 'ipcontroller-client.json'),
    engineFile: join(dir, 'ipcontroller-engine.json'),
    enginesFile: join(dir, 'engines.json'),
    curveFile: join(dir, 'ipcontroller-curve.key'),
  }
  const running: RunningController[] = []
  try {
    await work(files, async (options = {}) => {
      const controller = await startController({ ...files, logger: silentLogger, ...options })
      running.push(controller)
      return controller
    })
  } finally {
    await Promise.all(running.map((controller) => controller.close()))
    rmSync(dir, { recursive: true, force: true })
  }
}

test('a controller writes both files, for its owner only, and removes them when it ends', () =>
  inFolder(async ({ clientFile, engineFile }, start) => {
    const controller = await start()
    const client = JSON.parse(readFileSync(clientFile, 'utf8'))
    const engine = JSON.parse(readFileSync(engineFile, 'utf8'))
    assert.equal(client.key, engine.key)
    assert.match(client.key, /^[0-9a-f]{8}-[0-9a-f]{24}$/)
    assert.equal(client.registration, engine.registration)
    assert.notEqual(client.mux, engine.mux)
    if (!windows) assert.equal(statSync(clientFile).mode & 0o777, 0o600)
    if (!windows) assert.equal(statSync(engineFile).mode & 0o777, 0o600)
    assert.equal(await controller.close(), 'closed')
    assert.ok(!existsSync(clientFile) && !existsSync(engineFile))
  }))

test('two controllers do not share a key', () =>
  inFolder(async (_files, start) => {
    const [one, two] = [await start(), await start()]
    assert.notEqual(one.clientInfo.key, two.clientInfo.key)
  }))

test('with reuse the files stay, and the next controller has the same ports and key', () =>
  inFolder(async ({ clientFile, engineFile }, start) => {
    const first = await start({ reuseFiles: true })
    await first.close()
    assert.ok(existsSync(clientFile) && existsSync(engineFile))
    const second = await start({ reuseFiles: true })
    assert.deepEqual(second.clientInfo, first.clientInfo)
    assert.deepEqual(second.engineInfo, first.engineInfo)
  }))

test('with reuse, the log says what the files overrule, and only that', () =>
  inFolder(async (_files, start) => {
    const { clientInfo, close } = await start({ reuseFiles: true, clientIp: '0.0.0.0' })
    await close()
    const lines: string[] = []
    const logger = { ...silentLogger, warn: (line: string) => lines.push(line) }
    const same = await start({ reuseFiles: true, ports: [clientInfo.registration], logger })
    await same.close()
    assert.deepEqual(lines, [])
    const other = { clientIp: '*', location: 'elsewhere', ports: [1], key: 'k' }
    await (await start({ reuseFiles: true, ...other, logger })).close()
    assert.equal(lines.length, 1)
    assert.match(lines[0]!, /what they say of ip, location, ports, key holds/)
  }))

test('with reuse and a damaged file, new files are made and the log says why', () =>
  inFolder(async ({ clientFile }, start) => {
    const first = await start({ reuseFiles: true })
    await first.close()
    writeFileSync(clientFile, readFileSync(clientFile, 'utf8').slice(0, 50))
    const lines: string[] = []
    const logger = { ...silentLogger, error: (line: string) => lines.push(line) }
    const second = await start({ reuseFiles: true, logger })
    assert.notEqual(second.clientInfo.key, first.clientInfo.key)
    assert.match(lines.join('\n'), /ipcontroller-client\.json.*cut short/)
    assert.equal(JSON.parse(readFileSync(clientFile, 'utf8')).key, second.clientInfo.key)
  }))

test('files that a newer controller has replaced are left to it', () =>
  inFolder(async ({ clientFile }, start) => {
    const older = await start()
    const newer = await start()
    await older.close()
    assert.equal(JSON.parse(readFileSync(clientFile, 'utf8')).key, newer.clientInfo.key)
  }))

test('a port that is taken is named in the error, and nothing is left bound', () =>
  inFolder(async (_files, start) => {
    const first = await start()
    const taken = first.clientInfo.mux
    await assert.rejects(start({ ports: [taken] }), new RegExp(`${taken}`))
  }))

test('a pool that is too small is warned of; one port alone is where to register', () =>
  inFolder(async (_files, start) => {
    const probe = await start()
    const free = [probe.clientInfo.registration, probe.clientInfo.mux]
    await probe.close()
    const lines: string[] = []
    const logger = { ...silentLogger, warn: (line: string) => lines.push(line) }
    await (await start({ ports: free.slice(1), logger })).close()
    assert.deepEqual(lines, [])
    await start({ ports: free, logger })
    assert.match(lines.join(), /2 ports are given, and 14 are needed/)
  }))

test('an address that is not of this machine is refused with what could be used', () =>
  inFolder(async (_files, start) => {
    await assert.rejects(
      start({ clientIp: '198.51.100.1' }),
      /no such address; '\*' stands for all/,
    )
  }))

test('an address of IPv6 may come in brackets', { skip: noIpv6 }, () =>
  inFolder(async (_files, start) => {
    const { clientInfo } = await start({ clientIp: '[::1]', engineIp: '::1' })
    assert.equal(clientInfo.interface, 'tcp://[::1]')
  }),
)

test('the ports of a pool are used in order, registration first', () =>
  inFolder(async (_files, start) => {
    const probe = await start()
    const free = [probe.clientInfo.registration, probe.clientInfo.mux]
    await probe.close()
    const controller = await start({ ports: free })
    assert.equal(controller.engineInfo.registration, free[0])
    assert.equal(controller.engineInfo.control, free[1])
  }))

test('files that cannot be written stop the start, and say which', () =>
  inFolder(async ({ engineFile }, start) => {
    writeFileSync(engineFile, '')
    const clientFile = join(engineFile, 'below-a-file.json')
    await assert.rejects(start({ clientFile }), /below-a-file\.json/)
  }))

/** A logger, and the errors and warnings that it was given. */
function listening(): { logger: Logger; lines: string[] } {
  const lines: string[] = []
  const note = (line: string): void => void lines.push(line)
  return { logger: { ...silentLogger, error: note, warn: note }, lines }
}

test('with CURVE the files have the public key, and no other key; nobody is warned', () =>
  inFolder(async ({ clientFile, engineFile, curveFile }, start) => {
    const { logger, lines } = listening()
    const controller = await start({ enableCurve: true, logger })
    for (const file of [clientFile, engineFile]) {
      const { key, curve_serverkey: serverKey } = JSON.parse(readFileSync(file, 'utf8'))
      assert.equal(key, '')
      assert.equal(serverKey, await curvePublicKey(readFileSync(curveFile, 'utf8').trim()))
    }
    if (!windows) assert.equal(statSync(curveFile).mode & 0o777, 0o600)
    assert.deepEqual(lines, [])
    await controller.close()
    assert.ok(!existsSync(curveFile))
  }))

test('with CURVE and a key, messages are signed besides', () =>
  inFolder(async (_files, start) => {
    const { clientInfo } = await start({ enableCurve: true, key: 'k' })
    assert.equal(clientInfo.key, 'k')
    assert.equal(clientInfo.curve_serverkey?.length, 40)
  }))

test('given CURVE keys are used and not written down; only a pair is taken', () =>
  inFolder(async ({ curveFile }, start) => {
    const curve = await makeCurveKeyPair(systemRandom)
    const { clientInfo } = await start({ enableCurve: true, curve })
    assert.equal(clientInfo.curve_serverkey, curve.publicKey)
    assert.ok(!existsSync(curveFile))
    const { publicKey } = await makeCurveKeyPair(systemRandom)
    const wrong = start({ enableCurve: true, curve: { ...curve, publicKey } })
    await assert.rejects(wrong, /the CURVE keys do not belong together/)
  }))

for (const [how, again] of [
  ['', { enableCurve: true }],
  [', also when nobody asks for it again', {}],
] as const) {
  test(`with reuse the next controller has the same CURVE key${how}`, () =>
    inFolder(async (_files, start) => {
      const first = await start({ reuseFiles: true, enableCurve: true })
      await first.close()
      const second = await start({ reuseFiles: true, ...again })
      assert.deepEqual(second.clientInfo, first.clientInfo)
      assert.deepEqual(second.engineInfo, first.engineInfo)
    }))
}

test('without its secret key, files that promise CURVE are replaced by others that do', () =>
  inFolder(async ({ curveFile, clientFile }, start) => {
    const first = await start({ reuseFiles: true, enableCurve: true })
    await first.close()
    rmSync(curveFile)
    const { logger, lines } = listening()
    const second = await start({ reuseFiles: true, logger })
    assert.match(
      lines.join(),
      /cannot be used again, new ones are made: to their CURVE key belongs/,
    )
    assert.notEqual(second.clientInfo.curve_serverkey, first.clientInfo.curve_serverkey)
    assert.equal(second.clientInfo.curve_serverkey?.length, 40)
    assert.deepEqual(JSON.parse(readFileSync(clientFile, 'utf8')), { ...second.clientInfo })
  }))

test('files of a controller that did not encrypt are not used for one that does', () =>
  inFolder(async (_files, start) => {
    const first = await start({ reuseFiles: true })
    await first.close()
    const { logger, lines } = listening()
    const second = await start({ reuseFiles: true, enableCurve: true, logger })
    assert.match(lines.join(), /they are of a controller without CURVE/)
    assert.equal(second.clientInfo.key, '')
    assert.equal(second.clientInfo.curve_serverkey?.length, 40)
  }))
