import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Client } from 'iparallel'
import { Command, ipythonDir, run, runs, until } from './command.ts'

function securityFiles(dir: string, profile = 'default'): string[] {
  const folder = join(dir, `profile_${profile}`, 'security')
  return existsSync(folder) ? readdirSync(folder).sort() : []
}

/** Every process id that a cluster's file names. */
function clusterPids(dir: string, id = ''): number[] {
  const file = join(dir, 'profile_default', 'security', `cluster-${id}.json`)
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/"pid": (\d+)/g)].map((match) => Number(match[1]))
}

async function allGone(pids: readonly number[]): Promise<void> {
  await until(`the end of ${pids.join(', ')}`, () => !pids.some(runs))
}

async function started(context: TestContext, ...args: string[]) {
  const dir = ipythonDir(context)
  const cluster = new Command(context, dir, 'ipcluster', ['start', ...args])
  await cluster.says(/ready after/)
  await until('the pids in the file', () => clusterPids(dir).length >= 2)
  return { dir, cluster }
}

async function clientOf(context: TestContext, dir: string, n: number): Promise<Client> {
  const rc = await Client.connect({ ipythonDir: dir })
  context.after(() => rc.close())
  await rc.waitForEngines(n, { timeoutMs: 20_000 })
  return rc
}

test('ipcluster start says how to connect, and Ctrl-C leaves no process and no file', async (context) => {
  const { dir, cluster } = await started(context, '-n', '2')
  assert.match(cluster.stdout, /2 engines ready after/)
  assert.match(cluster.stdout, /await Client\.connect\(\{ profile: 'default' \}\)/)
  await until('the pids of all three', () => clusterPids(dir).length === 3)
  const pids = clusterPids(dir)
  const { code } = await cluster.interrupt()
  assert.equal(code, 0)
  assert.deepEqual(securityFiles(dir), [])
  const logs = readdirSync(join(dir, 'profile_default', 'log'))
  assert.deepEqual(
    logs.filter((name) => !name.endsWith('.log')),
    [],
  )
  await allGone(pids)
})

for (const end of ['is stopped', 'is killed'] as const) {
  test(`nothing that cells have started outlives a cluster that ${end}`, async (context) => {
    const { dir, cluster } = await started(context, '-n3')
    const rc = await clientOf(context, dir, 3)
    const node = JSON.stringify(process.execPath)
    // It says where it is, and stays.
    const code = (name: string) =>
      JSON.stringify(`fs.writeFileSync('${name}', '' + process.pid); setInterval(Date, 1e6)`)
    const cells = [
      `!cd . && ${node} -e ${code('shell')} && echo done`,
      `(await import('node:child_process')).execFileSync(${node}, ['-e', ${code('waited')}])`,
      `(await import('node:child_process')).spawn(${node}, ['-e', ${code('left')}])`,
    ]
    for (const [id, cell] of cells.entries())
      rc.directView(id)
        .execute(cell)
        .catch(() => {})
    const files = ['shell', 'waited', 'left'].map((name) => join(dir, name))
    const pidIn = (file: string) => Number(existsSync(file) && readFileSync(file, 'utf8'))
    await until('the processes', () => files.every((file) => pidIn(file) > 0))
    const pids = [...files.map(pidIn), ...clusterPids(dir)]
    context.after(() => {
      for (const pid of pids.filter(runs)) process.kill(pid, 'SIGKILL')
    })
    if (end === 'is stopped') await cluster.interrupt()
    else cluster.process.kill('SIGKILL')
    await allGone(pids)
  })
}

test('the connection files are for their owner only', async (context) => {
  const { dir } = await started(context, '-n1')
  const names = ['cluster-.json', 'ipcontroller-client.json', 'ipcontroller-engine.json']
  assert.deepEqual(securityFiles(dir), names)
  if (process.platform === 'win32') return
  for (const name of names) {
    const { mode } = statSync(join(dir, 'profile_default', 'security', name))
    assert.equal(mode & 0o777, 0o600)
  }
})

test('Ctrl-C while the cluster is starting stops everything', async (context) => {
  const dir = ipythonDir(context)
  const cluster = new Command(context, dir, 'ipcluster', ['start', '-n2'])
  await cluster.says(/Starting a controller/)
  const { code, stdout } = await cluster.interrupt()
  assert.equal(code, 130)
  assert.match(stdout, /Interrupted: everything is stopped/)
  assert.deepEqual(securityFiles(dir), [])
})

test('a second start on the same profile ends with code 10, and the first goes on', async (context) => {
  const { dir, cluster } = await started(context, '-n1')
  const second = await run(context, dir, 'ipcluster', 'start', '-n1')
  assert.equal(second.code, 10)
  assert.match(second.stderr, /running already.*ipcluster stop/)
  assert.equal(cluster.process.exitCode, null)
})

test('two clusters with different ids share a profile', async (context) => {
  const { dir } = await started(context, '-n1')
  const second = new Command(context, dir, 'ipcluster', ['start', '-n1', '--cluster-id=b'])
  await second.says(/ready after/)
  const { stdout } = await run(context, dir, 'ipcluster', 'list', '-o', 'json')
  const listed = JSON.parse(stdout) as { cluster_id: string; running: boolean; engines: number }[]
  assert.deepEqual(
    listed.map(({ cluster_id, running }) => [cluster_id, running]),
    [
      ['', true],
      ['b', true],
    ],
  )
})

test('ipcluster start --daemonize returns when the engines are there, and stop ends them', async (context) => {
  const dir = ipythonDir(context)
  const { code, stdout, stderr } = await run(
    context,
    dir,
    'ipcluster',
    'start',
    '-n2',
    '--daemonize',
  )
  assert.equal(code, 0, stderr)
  assert.match(stdout, /2 engines ready in the background/)
  assert.ok(existsSync(/^Log: (.*)$/m.exec(stdout)![1]!), 'the log is where it says')
  await until('the pids', () => clusterPids(dir).length === 3)
  const pids = clusterPids(dir)
  const rc = await clientOf(context, dir, 2)
  assert.deepEqual(await rc.directView().apply(() => 6 * 7), [42, 42])
  const stopped = await run(context, dir, 'ipcluster', 'stop')
  assert.equal(stopped.code, 0, stopped.stderr)
  assert.deepEqual(securityFiles(dir), [])
  await allGone(pids)
})

test('a daemon that cannot start says why, with a code that is not zero', async (context) => {
  const dir = ipythonDir(context)
  const args = ['start', '-n1', '--daemonize', '--EngineLauncher.engine_args=["-c","throw 1"]']
  const { code, stderr } = await run(context, dir, 'ipcluster', ...args)
  assert.equal(code, 1)
  assert.match(stderr, /an engine that was starting .*the start-up code failed/s)
  assert.deepEqual(securityFiles(dir), [])
})

test('ipcluster stop without a cluster ends with code 11', async (context) => {
  const { code, stderr } = await run(context, ipythonDir(context), 'ipcluster', 'stop')
  assert.equal(code, 11)
  assert.match(stderr, /no cluster in .*profile_default/)
})

test('ipcluster clean says so when there is nothing to do', async (context) => {
  const { code, stdout } = await run(context, ipythonDir(context), 'ipcluster', 'clean')
  assert.deepEqual([code, /Nothing to remove in .*profile_default/.test(stdout)], [0, true])
})

test('ipcluster engines without a controller ends with code 12', async (context) => {
  const dir = ipythonDir(context)
  await run(context, dir, 'iparallel', 'profile', 'create')
  const { code, stderr } = await run(context, dir, 'ipcluster', 'engines', '-n1')
  assert.equal(code, 12)
  assert.match(stderr, /no controller to join.*ipcluster start/)
})

test('engines can be added while the cluster runs, and leave again', async (context) => {
  const { dir } = await started(context, '-n1')
  const rc = await clientOf(context, dir, 1)
  const more = new Command(context, dir, 'ipcluster', ['engines', '-n2'])
  await more.says(/The new engines are ready: 1, 2|The new engines are ready: 2, 1/)
  await rc.waitForEngines(3, { timeoutMs: 20_000 })
  assert.deepEqual(rc.ids, [0, 1, 2])
  const { code } = await more.interrupt()
  assert.equal(code, 0)
  await until('their end', () => rc.ids.length === 1)
})

test('ipcluster stop ends the engines that were added, too', async (context) => {
  const { dir } = await started(context, '-n1')
  const more = new Command(context, dir, 'ipcluster', ['engines', '-n1'])
  await more.says(/engines are ready/)
  await run(context, dir, 'ipcluster', 'stop')
  await more.finished
})

test('engines for a controller that runs elsewhere are listed and stopped; its file stays', async (context) => {
  const here = ipythonDir(context)
  const there = ipythonDir(context)
  const controller = new Command(context, here, 'ipcontroller', ['--ip=*'])
  await controller.says(/connection file for clients: /)
  await run(context, there, 'iparallel', 'profile', 'create')
  const name = join('profile_default', 'security', 'ipcontroller-engine.json')
  copyFileSync(join(here, name), join(there, name))
  const added = await run(context, there, 'ipcluster', 'engines', '-n2', '--daemonize')
  assert.equal(added.code, 0, added.stderr)
  const pids = clusterPids(there)
  assert.equal(pids.length, 2)
  assert.match((await run(context, there, 'ipcluster', 'list')).stdout, /default +'' +True +2/)
  const refused = await run(context, there, 'ipcluster', 'start', '-n1')
  assert.deepEqual([refused.code, refused.stderr.includes('undefined')], [10, false])
  const stopped = await run(context, there, 'ipcluster', 'stop')
  assert.deepEqual([stopped.code, stopped.stderr], [0, ''])
  await allGone(pids)
  assert.deepEqual(securityFiles(there), ['ipcontroller-engine.json'])
  const clean = await run(context, there, 'ipcluster', 'clean')
  assert.deepEqual([clean.code, /end its ipcontroller/.test(clean.stderr)], [1, true])
  assert.deepEqual(securityFiles(there), ['ipcontroller-engine.json'])
  assert.equal((await controller.interrupt()).code, 0)
})

test('an engine that is killed in a task fails it at once, naming engine and signal', async (context) => {
  const { dir } = await started(context, '-n2')
  const rc = await clientOf(context, dir, 2)
  const pid = await rc.directView(1).apply(() => process.pid)
  const running = rc.directView(1).apply(() => new Promise(() => {}))
  const settled = assert.rejects(async () => running, /Engine 1 died.*SIGKILL/s)
  process.kill(pid, 'SIGKILL')
  await settled
  assert.equal(await rc.directView(0).apply(() => 'on'), 'on')
})

test('an engine whose code ends the process in a task says with which code', async (context) => {
  const { dir } = await started(context, '-n1')
  const rc = await clientOf(context, dir, 1)
  const leaving = rc.directView(0).apply(() => process.exit(3))
  await assert.rejects(async () => leaving, /Engine 0 died.*exited with code 3/s)
})

test('an engine that runs out of memory says so', async (context) => {
  const { dir } = await started(
    context,
    '-n1',
    '--BaseLauncher.environment={"NODE_OPTIONS": "--max-old-space-size=64"}',
  )
  const rc = await clientOf(context, dir, 1)
  const hungry = rc.directView(0).apply(() => {
    const hoard: number[][] = []
    for (;;) hoard.push(new Array(10_000).fill(1.5))
  })
  await assert.rejects(async () => hungry, /ran out of memory/)
})

test('an engine that dies is started again with its id, when that is asked for', async (context) => {
  const { dir } = await started(context, '-n1', '--IPEngine.restart=on-failure')
  const rc = await clientOf(context, dir, 1)
  const pid = await rc.directView(0).apply(() => process.pid)
  const back = new Promise((resolve) => rc.on('engineRegistered', resolve))
  process.kill(pid, 'SIGKILL')
  await back
  assert.deepEqual(rc.ids, [0])
  assert.notEqual(await rc.directView(0).apply(() => process.pid), pid)
})

test('a killed ipcluster leaves no process, even where user code never returns', async (context) => {
  const { dir, cluster } = await started(context, '-n1')
  const rc = await clientOf(context, dir, 1)
  const begun = join(dir, 'begun')
  const endless = rc.directView(0).apply(async (path: string) => {
    const { writeFileSync } = await import('node:fs')
    writeFileSync(path, '')
    for (;;);
  }, begun)
  const settled = assert.rejects(async () => endless)
  const pids = clusterPids(dir)
  await until('the task', () => existsSync(begun))
  cluster.process.kill('SIGKILL')
  await allGone(pids)
  await rc.close()
  await settled
})

test('a port that is taken is named, and nothing is left', async (context) => {
  const dir = ipythonDir(context)
  const server = createServer()
  context.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const args = ['start', '-n1', '--', `--port=${port}`]
  const { code, stderr } = await run(context, dir, 'ipcluster', ...args)
  assert.equal(code, 1)
  assert.match(stderr, new RegExp(String(port)))
  assert.deepEqual(securityFiles(dir), [])
})

const refused: readonly (readonly [args: string[], code: number, text: RegExp])[] = [
  [['start', '-n', '0'], 2, /^ipcluster: -n is "0", expected a whole number/],
  [['start', '--profile=a/b'], 1, /^ipcluster: the profile name "a\/b" contains "\/"/],
  [['start', '--engines=slurm'], 1, /the launcher 'slurm' is not there yet/],
  [['start', '--', '--mpi'], 2, /there is no option --mpi/],
  [['start', '--profil=x'], 2, /did you mean --profile\?\nTry 'ipcluster start --help'/],
  [['begin'], 2, /there is no command 'begin'; there are: start/],
  [['strat'], 2, /there is no command 'strat'; did you mean 'start'\?/],
  [['-n', '4'], 2, /ipcluster needs a command in front of -n/],
]
for (const [args, code, text] of refused) {
  test(`ipcluster ${args.join(' ')} is refused in one line`, async (context) => {
    const finished = await run(context, ipythonDir(context), 'ipcluster', ...args)
    assert.equal(finished.code, code)
    assert.match(finished.stderr, text)
    assert.doesNotMatch(finished.stderr, /\n {4}at /)
  })
}
