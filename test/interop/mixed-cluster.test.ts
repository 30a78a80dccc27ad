import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Client, Cluster, EngineError, py } from 'iparallel'
import { pythonWithIpyparallel7, pythonWithIpyparallel9 } from '../pythons.ts'
import { Command, ipythonDir, run, runs, until } from '../system/command.ts'

// Clusters whose Python engines were started by us: with ours, watched, and ended with them.

async function gone(pids: readonly number[]): Promise<void> {
  await until(`the end of ${pids.join(', ')}`, () => !pids.some(runs))
}

/** The processes of Python's engines themselves. */
async function pythonPids(rc: Client): Promise<number[]> {
  const engines = await rc.describeEngines({ timeoutMs: 20_000 })
  return engines.flatMap(({ language, pid }) => (language === 'python' ? [pid!] : []))
}

async function startedMixed(context: TestContext, python: string) {
  process.env['PYTHON'] = python
  const dir = ipythonDir(context)
  const cluster = await Cluster.start({ n: 2, python: 2, ipythonDir: dir })
  context.after(() => cluster.stop())
  const rc = await cluster.connect({ showOutput: false })
  context.after(() => rc.close())
  return { cluster, rc }
}

const versions = [
  ['ipyparallel 7', pythonWithIpyparallel7],
  ['ipyparallel 9', pythonWithIpyparallel9],
] as const

for (const [version, { path, skip }] of versions) {
  test(`${version}: a mixed cluster gives each task to engines that can run it`, {
    skip,
  }, async (context) => {
    const { rc } = await startedMixed(context, path!)
    const idsOf = (language: string) =>
      rc.engines.filter((engine) => engine.language === language).map(({ id }) => id)
    assert.deepEqual([idsOf('typescript').length, idsOf('python').length], [2, 2])
    assert.deepEqual(rc.directView({ language: 'python' }).targets, idsOf('python'))

    await pythonPids(rc)
    const pidsOf = (language: string) =>
      new Set(rc.engines.flatMap((one) => (one.language === language ? [one.pid] : [])))
    const pid = '(__import__("time").sleep(0.02), __import__("os").getpid())[1]'
    const view = rc.loadBalancedView()
    const items = [...Array(30).keys()]
    const byPython = view.map(py(`lambda _: ${pid}`), items)
    const byOurs = view.map(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return process.pid
    }, items)
    assert.deepEqual(new Set(await byPython), pidsOf('python'))
    assert.deepEqual(new Set(await byOurs), pidsOf('typescript'))
  })

  test(`${version}: the death of a Python engine is told with its cause`, {
    skip,
  }, async (context) => {
    const { cluster, rc } = await startedMixed(context, path!)
    const [one, other] = rc.directView({ language: 'python' }).targets
    const killed = rc.directView(one!).execute('import os\nos.kill(os.getpid(), 9)')
    const left = rc.directView(other!).execute('import os\nos._exit(7)')
    await assert.rejects(Promise.resolve(killed), (error) => {
      assert.ok(error instanceof EngineError)
      assert.deepEqual(error.death, { signal: 'SIGKILL' })
      return true
    })
    await assert.rejects(Promise.resolve(left), /exited with code 7/)
    await cluster.startEngines(1, { language: 'python' })
    await until('the new engine', () => rc.length === 3)
    assert.equal(await rc.directView({ language: 'python' }).pull('1 + 1').then(String), '2')
  })

  test(`${version}: Python engines end with the command that started them, however it ends`, {
    skip,
  }, async (context) => {
    const dir = ipythonDir(context)
    const start = new Command(context, dir, 'ipcluster', ['start', '-n', '1'])
    await start.says(/ready after/)
    const rc = await Client.connect({ ipythonDir: dir })
    context.after(() => rc.close())
    const word = `--engine-cmd=${path} -m ipyparallel.engine`
    const politely = new Command(context, dir, 'ipcluster', ['engines', '-n', '1', word])
    await politely.says(/ready: 1/)
    const first = await pythonPids(rc)
    assert.equal(first.length, 1)
    assert.equal((await politely.interrupt()).code, 0)
    await gone(first)
    await until('one engine', () => rc.length === 1)
    const killed = new Command(context, dir, 'ipcluster', ['engines', '-n', '1', word])
    await killed.says(/ready/)
    await rc.waitForEngines(2)
    const second = await pythonPids(rc)
    killed.process.kill('SIGKILL')
    await gone(second)
  })
}

test('a Python that is not there is named, and how to name another one', async (context) => {
  const dir = ipythonDir(context)
  const command = '--engine-cmd=/nowhere/python3 -m ipyparallel.engine'
  const { code, stderr } = await run(context, dir, 'ipcluster', 'start', '-n', '1', command)
  assert.equal(code, 1)
  assert.match(stderr, /cannot start the engine's command \/nowhere\/python3: there is no such/)
  assert.match(stderr, /PYTHON names the Python to start/)
})
