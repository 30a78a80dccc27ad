import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fakeRoles, gone, until } from '../fake-roles.test.ts'
import { isAlive } from '../process-liveness.ts'
import type { EngineSettings } from '../settings/engine-settings.ts'
import type { LaunchedProcess } from './launcher.ts'
import { LocalLauncher } from './local.ts'
import type { FromRole } from './role-message.ts'

const info = { registration: 1 } as never

async function launch(
  context: TestContext,
  fake = '',
  killAfterMs = 5_000,
): Promise<{ engine: LaunchedProcess; log: string }> {
  context.after(() => engine?.stop())
  const { dir, programs } = fakeRoles(context)
  const log = join(dir, 'log', 'engine.log')
  const [engine] = await new LocalLauncher({ programs, killAfterMs }).launch({
    role: 'engine',
    argv: ['--hello'],
    env: { FAKE: fake },
    settings: { role: 'engine', workDir: dir } as EngineSettings,
    outputs: [log],
  })
  return { engine: engine!, log }
}

function message(process: LaunchedProcess): Promise<FromRole> {
  return new Promise((resolve) => process.onMessage(resolve))
}

test('what an engine tells reaches its launcher', async (context) => {
  const { engine } = await launch(context)
  engine.send({ type: 'connection-info', info })
  const registered = await message(engine)
  assert.deepEqual(registered, { type: 'registered', id: engine.pid, uuid: `u${engine.pid}` })
})

test('what a process writes is in its log file', async (context) => {
  const { engine, log } = await launch(context)
  engine.send({ type: 'connection-info', info })
  await message(engine)
  await engine.stop()
  assert.equal(readFileSync(log, 'utf8'), 'engine says hello\n')
})

test('a process that is asked to stop ends by itself', async (context) => {
  const { engine } = await launch(context)
  engine.send({ type: 'connection-info', info })
  await message(engine)
  assert.deepEqual(await engine.stop(), { exitCode: 0 })
})

test('stopping twice is one stop, and a stopped process takes no messages', async (context) => {
  const { engine } = await launch(context)
  engine.send({ type: 'connection-info', info })
  await message(engine)
  const [first, second] = await Promise.all([engine.stop(), engine.stop()])
  assert.deepEqual(first, second)
  assert.equal(engine.send({ type: 'stop' }), false)
})

test('a process that does not listen is terminated', async (context) => {
  const { engine } = await launch(context, 'engine:blocks', 2_000)
  engine.send({ type: 'connection-info', info })
  await message(engine)
  assert.deepEqual(await engine.stop(), { signal: 'SIGTERM' })
})

test('a process that does not want to end is killed', async (context) => {
  const { engine } = await launch(context, 'engine:ignores-stop engine:ignores-term', 200)
  engine.send({ type: 'connection-info', info })
  await message(engine)
  assert.deepEqual(await engine.stop(), { signal: 'SIGKILL' })
})

test('the exit code of a process that fails is known', async (context) => {
  const { engine } = await launch(context, 'engine:dies-at-once')
  assert.deepEqual(await engine.ended, { exitCode: 3 })
})

test('a process that says why it ends is quoted', async (context) => {
  const { engine } = await launch(context, 'engine:fails')
  assert.deepEqual(await engine.ended, { exitCode: 1, message: 'no port left' })
})

test('a program that cannot be started is an error', async (context) => {
  const { dir, programs } = fakeRoles(context)
  const launcher = new LocalLauncher({ programs })
  await assert.rejects(
    launcher.launch({
      role: 'engine',
      argv: [],
      env: {},
      settings: { role: 'engine', workDir: join(dir, 'nowhere') } as EngineSettings,
      outputs: [join(dir, 'log')],
    }),
    { code: 'IPAR_LAUNCH' },
  )
})

test('a log file that cannot be written is an error, and no process is left', async (context) => {
  const { dir, programs } = fakeRoles(context)
  await assert.rejects(
    new LocalLauncher({ programs }).launch({
      role: 'engine',
      argv: [],
      env: {},
      settings: { role: 'engine', workDir: dir } as EngineSettings,
      outputs: [join(dir, 'first.log'), join(dir, 'ipengine.mjs', 'x.log')],
    }),
    { code: 'IPAR_LAUNCH', message: /cannot write to/ },
  )
  await until(
    'the end of the first',
    () => !process.getActiveResourcesInfo().includes('ProcessWrap'),
  )
})

/** A program that launches one engine, prints its pid, and then does what `ending` says. */
async function programThatEnds(
  context: TestContext,
  ending: string,
): Promise<{ readonly pid: number; readonly log: string }> {
  const { dir, programs } = fakeRoles(context)
  const program = join(dir, 'program.mjs')
  const log = join(dir, 'log')
  writeFileSync(
    program,
    `import { LocalLauncher } from ${JSON.stringify(new URL('./local.js', import.meta.url).href)}
     const [engine] = await new LocalLauncher({ programs: ${JSON.stringify(programs)} }).launch({
       role: 'engine', argv: [], env: {}, settings: { workDir: ${JSON.stringify(dir)} },
       outputs: [${JSON.stringify(log)}],
     })
     engine.onMessage(() => { console.log(engine.pid); ${ending} })
     engine.send({ type: 'connection-info', info: {} })`,
  )
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'ignore'] })
  context.after(() => child.kill('SIGKILL'))
  const [pid] = (await once(child.stdout, 'data')) as [Buffer]
  if (ending === '') child.kill('SIGKILL')
  return { pid: Number(String(pid)), log }
}

test('an engine ends with a program that exits', async (context) => {
  await gone((await programThatEnds(context, 'process.exit(0)')).pid)
})

test('an engine ends with a program that crashes', async (context) => {
  await gone((await programThatEnds(context, 'throw new Error("x")')).pid)
})

test('an engine ends with a program that is killed', async (context) => {
  await gone((await programThatEnds(context, '')).pid)
})

test('an engine that keeps nobody alive ends with a program that has nothing to do', async (context) => {
  await gone((await programThatEnds(context, 'engine.keepAlive(false)')).pid)
})

test('a detached engine goes on without its program', async (context) => {
  const { pid, log } = await programThatEnds(context, 'engine.detach()')
  context.after(() => process.kill(pid, 'SIGKILL'))
  await until('the end of the program', () => /goes on/.test(readFileSync(log, 'utf8')))
  assert.ok(isAlive(pid))
})

test('a detached engine can be stopped', async (context) => {
  const { engine } = await launch(context)
  engine.send({ type: 'connection-info', info })
  await message(engine)
  engine.detach()
  assert.deepEqual(await engine.stop(), { signal: 'SIGTERM' })
})
