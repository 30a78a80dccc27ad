import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Client, Cluster } from 'iparallel'
import { pythonWithJupyter } from '../pythons.ts'
import { until } from '../system/command.ts'

const { path: python, skip } = pythonWithJupyter
const script = fileURLToPath(new URL('../../../test/interop/attached-console.py', import.meta.url))

/** Runs cells in a kernel, with Jupyter's client; resolves with what they show. */
async function attached(file: string, ...cells: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(python!, [script, file, ...cells])
  return JSON.parse(stdout) as string[]
}

let dir: string
let cluster: Cluster
let rc: Client

before(async () => {
  if (skip !== false) return
  dir = mkdtempSync(join(tmpdir(), 'iparallel-bound-'))
  cluster = await Cluster.start({ n: 1, profileDir: dir })
  rc = await cluster.connect()
  await rc.waitForEngines(1, { timeoutMs: 30_000 })
})

after(async () => {
  if (skip !== false) return
  await rc.close()
  await cluster.stop()
  rmSync(dir, { recursive: true, force: true })
})

test('a console attaches to an engine’s namespace while the engine serves', { skip }, async () => {
  const view = rc.directView(0)
  await view.execute('let shared = [1, 2]')
  const { connectionFile } = await view.bindKernel()
  assert.equal(dirname(connectionFile), join(dir, 'security'))
  const shown = await attached(connectionFile, 'shared.push(3); console.log("here")', 'shared')
  assert.deepEqual(shown, ['here\n', '[ 1, 2, 3 ]'])
  assert.deepEqual(await view.pull('shared'), [1, 2, 3])
})

test('binding again names the same file, from a client and from a cell', { skip }, async () => {
  const view = rc.directView(0)
  const first = await view.bindKernel()
  assert.deepEqual(await view.bindKernel(), first)
  await view.execute('const own = await bindKernel()')
  assert.deepEqual(await view.pull('own'), first)
})

test('a console that shuts its kernel down closes the ports, not the engine', {
  skip,
}, async () => {
  const view = rc.directView(0)
  const { connectionFile } = await view.bindKernel()
  await attached(connectionFile, 'shutdown')
  assert.equal(await view.apply(() => 1 + 1), 2)
  const { connectionFile: again } = await view.bindKernel()
  assert.deepEqual(await attached(again, '1 + 1'), ['2'])
})

test('the connection file goes with the engine', { skip }, async () => {
  const { connectionFile } = await rc.directView(0).bindKernel()
  assert.ok(existsSync(connectionFile))
  await rc.directView(0).shutdown()
  await until('the file is gone', () => !existsSync(connectionFile))
})
