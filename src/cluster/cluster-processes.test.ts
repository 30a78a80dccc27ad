import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Logger } from '../base/mod.ts'
import { connectionFileText } from '../jupyter/mod.ts'
import { readClusterFile } from './cluster-file.ts'
import { planCluster } from './cluster-plan.ts'
import type { ClusterPorts, ClusterProgress } from './cluster-ports.ts'
import { ClusterProcesses } from './cluster-processes.ts'
import { fakeRoles, gone, until } from './fake-roles.test.ts'
import { LocalLauncher } from './launcher/local.ts'
import { listClusters, stopCluster } from './manager.ts'

interface Told {
  readonly engine: unknown
  readonly cause: unknown
}

interface World {
  readonly cluster: Promise<ClusterProcesses>
  readonly dir: string
  readonly file: string
  readonly progress: ClusterProgress[]
  readonly announced: Told[]
  readonly log: string[]
}

interface WorldOptions {
  readonly n?: number
  readonly fake?: string
  readonly restart?: boolean
  readonly signal?: AbortSignal
  readonly timeout?: number
  /** Another world's folder. */
  readonly dir?: string
}

function start(context: TestContext, options: WorldOptions = {}): World {
  context.after(() => world.cluster.then((cluster) => cluster.stop()).catch(() => {}))
  const roles = fakeRoles(context)
  const dir = options.dir ?? roles.dir
  const profileDir = join(dir, 'profile_x')
  const progress: ClusterProgress[] = []
  const announced: Told[] = []
  const log: string[] = []
  const say = (line: string) => log.push(line)
  const logger: Logger = { debug() {}, info: say, warn: say, error: say }
  const place = { source: 'test' }
  const run = async (): Promise<ClusterProcesses> => {
    const plan = await planCluster({
      command: 'start',
      options: [
        { key: 'ProfileDir.location', value: profileDir, place },
        { key: 'Cluster.n', value: options.n ?? 2, place },
        { key: 'Cluster.engine_timeout', value: options.timeout ?? 20, place },
        { key: 'BaseLauncher.environment', value: { FAKE: options.fake ?? '' }, place },
        { key: 'IPEngine.restart', value: options.restart ? 'on-failure' : 'never', place },
      ],
      env: {},
    })
    const ports: ClusterPorts = {
      launcher: () => new LocalLauncher({ programs: roles.programs, killAfterMs: 300 }),
      announce: async (_, engine, cause) => {
        announced.push({ engine, cause })
      },
      logger,
      onProgress: (step) => progress.push(step),
      signal: options.signal,
      inProgram: true,
    }
    return ClusterProcesses.start(plan, ports)
  }
  const file = join(profileDir, 'security', 'cluster-.json')
  const world: World = { cluster: run(), dir, file, progress, announced, log }
  return world
}

function pids(cluster: ClusterProcesses): number[] {
  return [
    cluster.controllerPid,
    ...cluster.sets.flatMap((set) => set.slots.map((slot) => slot.process.pid)),
  ]
}

test('a started cluster has all its engines, and says so on the way', async (context) => {
  const { cluster, progress } = start(context, { n: 3 })
  assert.equal((await cluster).sets[0]?.readyCount, 3)
  assert.deepEqual(
    progress.map(({ stage }) => stage),
    ['launched', 'controller-ready', 'engines', 'engines', 'engines'],
  )
})

test('the cluster file has the keys of Python and the pids of what runs', async (context) => {
  const { cluster, file } = start(context)
  const processes = await cluster
  await until('the pids', () => readClusterFile(file)?.controller !== undefined)
  const raw = JSON.parse(readFileSync(file, 'utf8'))
  assert.deepEqual(Object.keys(raw), ['cluster', 'controller', 'engines'])
  assert.equal(raw.cluster.n, 2)
  assert.equal(raw.controller.state.pid, processes.controllerPid)
  const [set] = Object.values(raw.engines.sets) as { engines: Record<string, { pid: number }> }[]
  assert.deepEqual(
    Object.values(set!.engines).map(({ pid }) => pid),
    pids(processes).slice(1),
  )
})

test('a stopped cluster leaves no process and no file', async (context) => {
  const { cluster, file } = start(context)
  const processes = await cluster
  await processes.stop()
  for (const pid of pids(processes)) await gone(pid)
  assert.deepEqual(readdirSync(join(file, '..')), [])
  assert.deepEqual(await processes.ended, { reason: 'stopped' })
})

test('stopping twice is one stop', async (context) => {
  const processes = await start(context).cluster
  assert.equal(processes.stop(), processes.stop())
  await processes.stop()
})

test('a second cluster in the same place is refused, and the first goes on', async (context) => {
  const first = start(context)
  const processes = await first.cluster
  await assert.rejects(start(context, { dir: first.dir }).cluster, {
    code: 'IPAR_ALREADY_RUNNING',
    message: /profile x.*ipcluster stop/,
  })
  assert.ok(existsSync(first.file))
  assert.equal(processes.sets[0]?.readyCount, 2)
})

for (const left of ['', '{"cluster": {}, "controller": {"state": {"pid": 99999999}}}', '{"clus']) {
  test(`a file that a dead cluster left (${left || 'empty'}) is replaced`, async (context) => {
    const { dir } = fakeRoles(context)
    const world = start(context, { dir })
    await (await world.cluster).stop()
    writeFileSync(world.file, left)
    const again = await start(context, { dir }).cluster
    assert.equal(again.sets[0]?.readyCount, 2)
  })
}

test('a controller started by hand whose files are replaced is told of', async (context) => {
  const first = start(context)
  const running = await first.cluster
  const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  context.after(() => listener.close())
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const info = { ...running.clientInfo, interface: 'tcp://127.0.0.1', registration: port }
  await running.stop()
  assert.deepEqual(first.log.filter(seemsToRun), [])
  const file = join(first.dir, 'profile_x', 'security', 'ipcontroller-client.json')
  writeFileSync(file, connectionFileText(info))
  const second = start(context, { dir: first.dir })
  await second.cluster
  assert.equal(second.log.filter(seemsToRun).length, 1)
})

function seemsToRun(line: string): boolean {
  return /a controller seems to run with profile x already/.test(line)
}

test('a controller that cannot start is reported with its own words, and nothing is left', async (context) => {
  const { cluster, file } = start(context, { fake: 'controller:fails' })
  await assert.rejects(cluster, {
    code: 'IPAR_LAUNCH',
    message: 'the controller ended while starting: no port left',
  })
  assert.ok(!existsSync(file))
})

test('a controller that dies without a word is reported with the end of its log', async (context) => {
  const { cluster } = start(context, { fake: 'controller:dies-at-once' })
  await assert.rejects(
    cluster,
    /exited with code 3\nThe last lines of .*ipcontroller-\d+\.log:\n.*\nfirst line\nlast words$/,
  )
})

test('an engine that cannot start stops the start, with the end of its log', async (context) => {
  const { cluster, file } = start(context, { fake: 'engine:dies-at-once' })
  await assert.rejects(
    cluster,
    /an engine that was starting \(pid \d+\) ended: exited with code 3\n.*last words$/s,
  )
  assert.ok(!existsSync(file))
})

test('engines that never register are given up in time', async (context) => {
  const { cluster } = start(context, { fake: 'engine:silent', timeout: 1 })
  await assert.rejects(cluster, /^LaunchError: 0 of 2 engines were ready within 1 s/)
})

test('a start can be given up', async (context) => {
  const controller = new AbortController()
  const { cluster, file, progress } = start(context, {
    fake: 'engine:silent',
    signal: controller.signal,
  })
  await until('the controller', () => progress.some(({ stage }) => stage === 'controller-ready'))
  controller.abort(new Error('enough'))
  await assert.rejects(cluster, /enough/)
  assert.ok(!existsSync(file))
})

test('the death of an engine is announced at once, with its cause', async (context) => {
  const { cluster, announced, log } = start(context)
  const processes = await cluster
  const [slot] = processes.sets[0]!.slots
  process.kill(slot!.process.pid, 'SIGKILL')
  await until('the announcement', () => announced.length > 0)
  assert.deepEqual(announced, [
    { engine: { id: slot!.id, uuid: slot!.uuid }, cause: { signal: 'SIGKILL' } },
  ])
  assert.match(log[0]!, /engine \d+ \(pid \d+\) ended: killed by SIGKILL/)
})

test('an engine that ends leaves the cluster file', async (context) => {
  const { cluster, file } = start(context)
  const [slot, other] = (await cluster).sets[0]!.slots
  process.kill(slot!.process.pid, 'SIGKILL')
  await until('the new file', () => {
    const [set] = Object.values(readClusterFile(file)?.sets ?? {})
    return set?.engines.length === 1 && set.engines[0]?.pid === other!.process.pid
  })
})

test('an engine that crashes is started again with its id, when that is asked for', async (context) => {
  const { cluster, announced } = start(context, {
    n: 1,
    fake: 'engine:crashes-once',
    restart: true,
  })
  const [slot] = (await cluster).sets[0]!.slots
  const { pid } = slot!.process
  await until('the restart', () => slot!.process.pid !== pid && slot!.state === 'ready')
  assert.equal(slot!.id, pid)
  assert.equal(announced.length, 1)
})

test('an engine that crashes again and again is given up', async (context) => {
  const { cluster, log } = start(context, { n: 1, fake: 'engine:crashes-always', restart: true })
  const [set] = (await cluster).sets
  // Five restarts wait 0 + 0.5 + 1 + 2 + 4 seconds: the third is enough to see that they wait.
  await until('two restarts', () => set!.slots[0]!.restartsMs.length >= 3)
  assert.ok(log.some((line) => /exited with code 9/.test(line)))
})

test('engines can be added', async (context) => {
  const { cluster, file } = start(context)
  const processes = await cluster
  const set = await processes.startEngines(1)
  assert.equal(set.readyCount, 1)
  await until('the file', () => Object.keys(readClusterFile(file)?.sets ?? {}).length === 2)
})

test('when the controller ends, its engines are stopped and the file goes', async (context) => {
  const { cluster, file, log } = start(context)
  const processes = await cluster
  process.kill(processes.controllerPid, 'SIGKILL')
  assert.deepEqual(await processes.ended, {
    reason: 'controller-ended',
    end: { signal: 'SIGKILL' },
  })
  for (const pid of pids(processes)) await gone(pid)
  assert.ok(!existsSync(file))
  assert.match(log.at(-1)!, /the controller ended \(killed by SIGKILL\); stopping its engines/)
})

test('another process can list and stop the cluster', async (context) => {
  const { cluster, file } = start(context)
  const processes = await cluster
  const { profile } = processes.plan
  await until('the pids', () => listClusters([profile])[0]?.engines === 2)
  const [listed] = listClusters([profile])
  assert.equal(listed?.running, true)
  assert.deepEqual(await stopCluster(listed!, 300), [])
  for (const pid of pids(processes)) await gone(pid)
  assert.ok(!existsSync(file))
})
