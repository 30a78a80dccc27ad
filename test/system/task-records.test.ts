import assert from 'node:assert/strict'
import { existsSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Client } from 'iparallel'
import { Command, ipythonDir, run } from './command.ts'

async function controller(context: TestContext, dir: string, ...args: string[]) {
  const command = new Command(context, dir, 'ipcontroller', args)
  await command.says(/connection file for clients: /)
  return command
}

async function killed(command: Command): Promise<void> {
  command.process.kill('SIGKILL')
  await command.finished
}

async function connect(context: TestContext, dir: string, engines = 0): Promise<Client> {
  const rc = await Client.connect({ ipythonDir: dir })
  context.after(() => rc.close())
  if (engines > 0) await rc.waitForEngines(engines, { timeoutMs: 20_000 })
  return rc
}

const records = (dir: string) => join(dir, 'profile_default', 'tasks.db')

test('what a client has seen the end of outlives a controller that is killed', async (context) => {
  const dir = ipythonDir(context)
  const first = await controller(context, dir, '--sqlitedb')
  const engine = new Command(context, dir, 'ipengine', [])
  await engine.says(/engine 0 is ready/)
  const rc = await connect(context, dir, 1)
  const view = rc.loadBalancedView()
  const seen: string[] = []
  const tasks = Array.from({ length: 400 }, (_, i) => view.apply((x: number) => x + 1, i))
  for (const task of tasks) {
    task.then(
      () => seen.push(task.msgIds[0]!),
      () => {},
    )
  }
  await tasks[150]
  await killed(first)
  const ended = new Set(seen)
  assert.ok(ended.size > 150 && ended.size < tasks.length, `${ended.size} had ended`)
  assert.ok(existsSync(`${records(dir)}.owner`), 'it has left the sign of its ownership')

  await controller(context, dir, '--sqlitedb', '--reuse')
  const other = await connect(context, dir)
  assert.deepEqual((await recorded(other, ended)).missing, [])
  assert.deepEqual(
    await Promise.all(tasks),
    Array.from(tasks, (_, i) => i + 1),
  )
  const { missing, records: all } = await recorded(other, seen)
  assert.deepEqual(missing, [], 'what ended since is there, too')
  assert.equal(all, tasks.length)
})

/** Which of these tasks have no result in the records, and how many have one. */
async function recorded(rc: Client, ids: Iterable<string>) {
  const found = await rc.dbQuery({ completed: { $ne: null } }, { keys: ['result_buffers'] })
  const kept = new Map(found.map((record) => [record.msg_id, record.result_buffers?.length ?? 0]))
  return { missing: [...ids].filter((id) => !kept.get(id)), records: kept.size }
}

test('records are in one plain file after the end, for whoever looks', async (context) => {
  const dir = ipythonDir(context)
  const config = ['--SQLiteDB.location=kept', '--SQLiteDB.filename=mine.db', '--SQLiteDB.table=t']
  const first = await controller(context, dir, '--sqlitedb', ...config)
  const engine = new Command(context, dir, 'ipengine', [])
  await engine.says(/engine 0 is ready/)
  const rc = await connect(context, dir, 1)
  await rc.directView(0).apply(() => 'done')
  await rc.close()
  assert.equal((await first.interrupt()).code, 0)
  const file = join(dir, 'kept', 'mine.db')
  assert.ok(statSync(file).size > 0)
  for (const rest of ['-wal', '.lock', '.owner']) assert.ok(!existsSync(file + rest), rest)

  await controller(context, dir, '--sqlitedb', ...config)
  const other = await connect(context, dir)
  assert.equal((await other.hubHistory()).length, 1)
})

test('a controller starts with damaged records, and says where they are', async (context) => {
  const dir = ipythonDir(context)
  const first = await controller(context, dir, '--sqlitedb')
  await first.interrupt()
  truncateSync(records(dir), 6_000)
  const next = await controller(context, dir, '--sqlitedb')
  await next.says(/records of tasks in .* are damaged .*: they are kept as .*damaged-1/)
  const rc = await connect(context, dir)
  assert.deepEqual(await rc.hubHistory(), [])
})

test('MongoDB is refused with what there is instead', async (context) => {
  const { code, stderr } = await run(context, ipythonDir(context), 'ipcontroller', '--mongodb')
  assert.notEqual(code, 0)
  assert.match(stderr, /mongodb.*in memory \(dictdb\), in a file \(sqlitedb\) or nowhere \(nodb\)/s)
})
