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

async function connect(context: TestContext, dir: string): Promise<Client> {
  const rc = await Client.connect({ ipythonDir: dir })
  context.after(() => rc.close())
  return rc
}

const records = (dir: string) => join(dir, 'profile_default', 'tasks.db')

test('what a client has seen the end of outlives a controller that is killed', async (context) => {
  const dir = ipythonDir(context)
  const first = await controller(context, dir, '--sqlitedb')
  const engine = new Command(context, dir, 'ipengine', [])
  await engine.says(/engine 0 is ready/)
  const rc = await connect(context, dir)
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
  await rc.close()
  await Promise.allSettled(tasks)
  assert.ok(ended.size > 150 && ended.size < 400, `${ended.size} had ended`)
  assert.ok(existsSync(`${records(dir)}.lock`), 'SQLite has left its lock, which has to go')

  await controller(context, dir, '--sqlitedb', '--reuse')
  const other = await connect(context, dir)
  const found = await other.dbQuery({ completed: { $ne: null } }, { keys: ['result_buffers'] })
  const kept = new Map(found.map((record) => [record.msg_id, record.result_buffers?.length]))
  for (const id of ended) assert.ok((kept.get(id) ?? 0) > 0, `${id} is lost`)
  const history = await other.hubHistory()
  assert.deepEqual(
    history,
    [...history].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)),
  )
})

test('records are in one plain file after the end, for whoever looks', async (context) => {
  const dir = ipythonDir(context)
  const config = ['--SQLiteDB.location=kept', '--SQLiteDB.filename=mine.db', '--SQLiteDB.table=t']
  const first = await controller(context, dir, '--sqlitedb', ...config)
  const engine = new Command(context, dir, 'ipengine', [])
  await engine.says(/engine 0 is ready/)
  const rc = await connect(context, dir)
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
