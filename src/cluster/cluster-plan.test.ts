import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ClusterPlan, planCluster } from './cluster-plan.ts'
import { parseCommandLine } from './config/arguments.ts'

async function plan(
  context: TestContext,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<ClusterPlan> {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  const { options } = parseCommandLine('start', args)
  return planCluster({ command: 'start', options, env: { IPYTHONDIR: dir, ...env } })
}

test('without a command, engines are those of this package', async (context) => {
  const { engine, python } = await plan(context, ['-n', '2'])
  assert.equal(engine.command, undefined)
  assert.equal(python, 0)
})

test('a command is the engine, and gets the profile, the cluster id and the arguments', async (context) => {
  const word = '--engine-cmd=python3 -m ipyparallel.engine'
  const args = ['--cluster-id=a', '--EngineLauncher.engine_args=--IPEngine.timeout=9 --debug']
  const { engine, profile } = await plan(context, [word, ...args])
  assert.deepEqual(engine.command, [
    ...['python3', '-m', 'ipyparallel.engine'],
    `--profile-dir=${profile.dir}`,
    '--cluster-id=a',
    ...['--IPEngine.timeout=9', '--debug'],
  ])
})

test('arguments of another program are not checked, those of ours are', async (context) => {
  const args = '--EngineLauncher.engine_args=--no-such-option=1'
  const { engine } = await plan(context, ['--engine-cmd=other', args])
  assert.equal(engine.command?.at(-1), '--no-such-option=1')
  await assert.rejects(plan(context, [args]), /no option --no-such-option/)
})

test("words with spaces are written as a list, and Python's name of the key works", async (context) => {
  const word = "--LocalEngineLauncher.engine_cmd=['/my python/bin/python', '-m', 'x']"
  const { engine } = await plan(context, [word])
  assert.deepEqual(engine.command?.slice(0, 3), ['/my python/bin/python', '-m', 'x'])
})

test('Python engines are started with what PYTHON names, or the usual one', async (context) => {
  const named = await plan(context, ['--python', '2'], { PYTHON: '/opt/py' })
  assert.equal(named.python, 2)
  assert.deepEqual(named.pythonCommand.slice(0, 3), ['/opt/py', '-m', 'ipyparallel.engine'])
  assert.equal(named.engine.command, undefined)
  const usual = process.platform === 'win32' ? 'python' : 'python3'
  assert.equal((await plan(context, [])).pythonCommand[0], usual)
})
