import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Client, ConnectionTimeoutError } from 'iparallel'
import { Command, ipythonDir, until } from './command.ts'

const enabled = '--IPController.enable_curve=True'

function fileOf(dir: string, role: 'client' | 'engine'): string {
  return join(dir, 'profile_default', 'security', `ipcontroller-${role}.json`)
}

async function controller(context: TestContext, dir: string, ...args: string[]): Promise<Command> {
  const command = new Command(context, dir, 'ipcontroller', args)
  await command.says(/connection file for clients: /)
  return command
}

/** A connection file that was changed on its way. */
function changed(dir: string, role: 'client' | 'engine', change: object): string {
  const path = join(dir, `changed-${role}.json`)
  const info = JSON.parse(readFileSync(fileOf(dir, role), 'utf8'))
  writeFileSync(path, JSON.stringify({ ...info, ...change }))
  return path
}

test('an encrypted cluster is used like any other', async (context) => {
  const dir = ipythonDir(context)
  const cluster = new Command(context, dir, 'ipcluster', ['start', '-n', '2', enabled])
  await cluster.says(/2 engines ready/)
  const { key, curve_serverkey: serverKey } = JSON.parse(
    readFileSync(fileOf(dir, 'client'), 'utf8'),
  )
  assert.deepEqual([key, serverKey.length], ['', 40])
  const rc = await Client.connect({ ipythonDir: dir })
  context.after(() => rc.close())
  const numbers = Array.from({ length: 500 }, (_, i) => i)
  const squares = await rc.loadBalancedView().map((x: number) => x * x, numbers)
  assert.deepEqual(
    squares,
    numbers.map((x) => x * x),
  )
  const large = new Float64Array(1_000_000).fill(0.5)
  await rc.directView('all').push({ large })
  assert.deepEqual(await rc.directView(1).pull('large'), large)
})

test('an encrypted controller that was killed comes back with its key, and all goes on', async (context) => {
  const dir = ipythonDir(context)
  const first = await controller(context, dir, '--reuse', enabled)
  const engine = new Command(context, dir, 'ipengine', [])
  await engine.says(/engine 0 is ready/)
  const rc = await Client.connect({ ipythonDir: dir })
  context.after(() => rc.close())
  await rc.waitForEngines(1)
  const trace = join(dir, 'trace')
  const running = rc.directView(0).apply(async (path: string) => {
    const { appendFileSync } = await import('node:fs')
    appendFileSync(path, 'once')
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    return 'done'
  }, trace)
  await until('the task runs', () => existsSync(trace))
  first.process.kill('SIGKILL')
  await first.finished
  await controller(context, dir, '--reuse', enabled)
  assert.equal(await running, 'done')
  assert.equal(readFileSync(trace, 'utf8'), 'once')
  assert.equal(await rc.loadBalancedView().apply(() => 2 + 2), 4)
})

test('who has no key, or another one, hears what is missing', async (context) => {
  const dir = ipythonDir(context)
  const running = await controller(context, dir, enabled)
  const keyless = { curve_serverkey: null, key: '' }
  const engine = new Command(context, dir, 'ipengine', [
    `--file=${changed(dir, 'engine', keyless)}`,
    '--timeout=1',
  ])
  await engine.finished
  assert.match(engine.stderr, /this side has no CURVE key, and needs one; .*IPP_CURVE_SERVERKEY/)
  await running.says(/the peer has no CURVE key, and needs one/)
  await assert.rejects(
    Client.connect(changed(dir, 'client', keyless), { timeoutMs: 1_000 }),
    (error) =>
      error instanceof ConnectionTimeoutError &&
      /this side has no CURVE key.*set IPP_CURVE_SERVERKEY/s.test(error.message),
  )
  const other = { curve_serverkey: 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7' }
  await assert.rejects(
    Client.connect(changed(dir, 'client', other), { timeoutMs: 1_000 }),
    /is the server key the one of this server\?.*has another CURVE key/s,
  )
})

test('who has a key, but the controller none, hears it too', async (context) => {
  const dir = ipythonDir(context)
  await controller(context, dir)
  const other = { curve_serverkey: 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7' }
  await assert.rejects(
    Client.connect(changed(dir, 'client', other), { timeoutMs: 1_000 }),
    /'NULL', ours CURVE.*the controller does not encrypt/s,
  )
})
