import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Deferred } from '../base/mod.ts'
import { type ClientConnectionInfo, connectionFileText } from '../jupyter/mod.ts'
import { writePrivateFile } from '../node/mod.ts'
import { Cluster, type ClusterOptions, type EngineStatus, type OnClusterEnd } from './cluster.ts'
import { readClusterFile } from './cluster-file.ts'
import { fakeRoles, gone, until } from './fake-roles.test.ts'
import { LocalLauncher } from './launcher/local.ts'
import { listClusters } from './manager.ts'
import { isAlive } from './process-liveness.ts'
import { chooseProfile } from './profile.ts'

/** Stands for a client: it tells what it was connected with. */
interface Connected {
  readonly info: ClientConnectionInfo
  readonly options: unknown
  readonly ended: Promise<string>
}

const connect = async (
  info: ClientConnectionInfo,
  options: unknown,
  onEnd: OnClusterEnd,
): Promise<Connected> => ({
  info,
  options,
  ended: new Promise((resolve) => onEnd(resolve)),
})

interface World {
  readonly dir: string
  readonly programs: ReturnType<typeof fakeRoles>['programs']
  start(options?: ClusterOptions): Promise<Cluster<Connected>>
}

function world(context: TestContext): World {
  const clusters: Cluster<Connected>[] = []
  context.after(() => Promise.all(clusters.map((cluster) => cluster.stop())))
  const { dir, programs } = fakeRoles(context)
  return {
    dir,
    programs,
    async start(options = {}) {
      const launcher = new LocalLauncher({ programs, killAfterMs: 300 })
      const cluster = await Cluster.start({ n: 1, ipythonDir: dir, launcher, ...options }, connect)
      clusters.push(cluster)
      return cluster
    },
  }
}

/** As a controller does, other than those that play its part here. */
async function writeClientFile(cluster: Cluster<Connected>): Promise<void> {
  const path = cluster.profile.connectionFile('client', cluster.clusterId)
  writePrivateFile(path, connectionFileText(await cluster.connectionInfo()))
}

test('a cluster of a program has an id of its own, so several share a profile', async (context) => {
  const { start } = world(context)
  const [first, second] = await Promise.all([start(), start()])
  assert.match(first.clusterId, /^\d+-[a-z0-9]{4}$/)
  assert.notEqual(first.clusterId, second.clusterId)
  assert.equal(first.profile.dir, second.profile.dir)
})

test('connect gives the client what the controller told, and the options', async (context) => {
  const cluster = await world(context).start()
  const { info, options } = await cluster.connect({ timeoutMs: 5 })
  assert.equal(info.task_scheme, 'lru')
  assert.deepEqual(options, { timeoutMs: 5 })
})

test('clients hear that the controller is gone for good, and why', async (context) => {
  const cluster = await world(context).start()
  const { ended } = await cluster.connect()
  // As a client does; the processes of a cluster do not.
  const keepsRunning = setInterval(() => {}, 1_000)
  context.after(() => clearInterval(keepsRunning))
  process.kill(cluster.controllerPid!, 'SIGKILL')
  assert.match(await ended, /^the controller ended: /)
})

test('clients are closed before the controller stops, so that they do not look for it', async (context) => {
  const cluster = await world(context).start()
  const { ended } = await cluster.connect()
  const stopped = cluster.stop()
  assert.ok(isAlive(cluster.controllerPid!))
  assert.equal(await ended, 'the cluster was stopped')
  await stopped
})

test('a client that is connecting while the cluster is stopped hears of it, too', async (context) => {
  const { dir, start } = world(context)
  await writeClientFile(await start({ clusterId: 'a' }))
  const goOn = new Deferred<void>()
  const connecting = new Deferred<void>()
  const found = await Cluster.fromFile({ ipythonDir: dir, clusterId: 'a' }, async (...given) => {
    connecting.resolve()
    await goOn.promise
    return connect(...given)
  })
  // As a client does; the processes of a cluster do not.
  const keepsRunning = setInterval(() => {}, 1_000)
  context.after(() => clearInterval(keepsRunning))
  const connected = found.connect()
  await connecting.promise
  const stopped = found.stop()
  goOn.resolve()
  assert.equal(await (await connected).ended, 'the cluster was stopped')
  await stopped
})

test('the engines are known with their ids, processes and logs', async (context) => {
  const cluster = await world(context).start({ n: 2 })
  for (const { id, pid, state, outputFile } of cluster.engines) {
    assert.equal(id, pid)
    assert.equal(state, 'ready')
    assert.ok(existsSync(outputFile!))
  }
  assert.equal(cluster.engines.length, 2)
})

test('at the end of its block a cluster is stopped', async (context) => {
  const { start } = world(context)
  let pids: number[] = []
  {
    await using cluster = await start()
    pids = cluster.engines.map(({ pid }) => pid)
  }
  for (const pid of pids) await gone(pid)
})

test('engines can be added', async (context) => {
  const cluster = await world(context).start()
  await cluster.startEngines(2)
  assert.equal(cluster.engines.length, 3)
})

for (const n of [0, -1, 1.5, Number.NaN]) {
  test(`a cluster of ${n} engines is refused`, async (context) => {
    const { start } = world(context)
    await assert.rejects(start({ n }), /Cluster\.n is .*, expected a whole number from 1/)
    const cluster = await start()
    await assert.rejects(cluster.startEngines(n), /whole number of at least 1/)
  })
}

test('arguments for the controller are checked before anything starts', async (context) => {
  const { start } = world(context)
  await assert.rejects(
    start({ controllerArgs: ['--hwn=3'] }),
    /no option --hwn; did you mean --hwm/,
  )
})

test('a cluster that runs can be found by its file, used, and stopped', async (context) => {
  const { start, dir } = world(context)
  const cluster = await start({ clusterId: 'a' })
  const file = cluster.profile.clusterFile('a')
  await until('the pids', () => Object.keys(readClusterFile(file)?.sets ?? {}).length === 1)
  const [engine] = cluster.engines
  const found = await Cluster.fromFile({ ipythonDir: dir, clusterId: 'a' }, connect)
  await until('the engine', () => found.engines.length === 1)
  assert.equal(found.engines[0]?.pid, engine?.pid)
  await writeClientFile(cluster)
  const { ended } = await found.connect()
  // As a client does; the processes of a cluster do not.
  const keepsRunning = setInterval(() => {}, 1_000)
  context.after(() => clearInterval(keepsRunning))
  await found.stop()
  assert.equal(await ended, 'the cluster was stopped')
  await gone(engine!.pid)
})

test('a cluster that has ended cannot be found', async (context) => {
  const { start, dir } = world(context)
  const cluster = await start({ clusterId: 'a' })
  await cluster.stop()
  await assert.rejects(Cluster.fromFile({ ipythonDir: dir, clusterId: 'a' }, connect), {
    code: 'IPAR_NOT_RUNNING',
  })
})

/** A program that starts a cluster, prints the pids, and then does what `ending` says. */
async function program(
  context: TestContext,
  ending: string,
): Promise<{ engines: number[]; controller: number | undefined }> {
  const { dir, programs } = fakeRoles(context)
  const file = join(dir, 'program.mjs')
  const from = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
  writeFileSync(
    file,
    `import { Cluster } from ${from('./cluster.js')}
     import { LocalLauncher } from ${from('./launcher/local.js')}
     const launcher = new LocalLauncher({ programs: ${JSON.stringify(programs)} })
     const cluster = await Cluster.start(
       { n: 2, ipythonDir: ${JSON.stringify(dir)}, launcher }, () => {})
     console.log(JSON.stringify(cluster.engines.map(({ pid }) => pid)))
     ${ending}`,
  )
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'ignore'] })
  context.after(() => child.kill('SIGKILL'))
  const [pids] = (await once(child.stdout, 'data')) as [Buffer]
  await once(child, 'exit')
  const [listed] = listClusters([chooseProfile({ ipythonDir: dir })])
  return {
    engines: JSON.parse(String(pids)) as number[],
    controller: listed?.record?.controller?.pid,
  }
}

test('a program that forgets its cluster ends nevertheless, and the cluster with it', async (context) => {
  const { engines } = await program(context, '')
  for (const pid of engines) await gone(pid)
})

test('a detached cluster goes on without its program', async (context) => {
  const { engines, controller } = await program(context, 'cluster.detach()')
  const all = [...engines, controller!]
  context.after(() => {
    for (const pid of all) process.kill(pid, 'SIGKILL')
  })
  assert.deepEqual(all.map(isAlive), [true, true, true])
})

test('a detached cluster outlives its block, and can be stopped', async (context) => {
  const { start } = world(context)
  let cluster: Cluster<Connected>
  {
    await using detached = await start()
    detached.detach()
    cluster = detached
  }
  const [{ pid }] = cluster.engines as [EngineStatus]
  assert.ok(isAlive(pid))
  await cluster.stop()
  await gone(pid)
  assert.equal(existsSync(cluster.profile.clusterFile(cluster.clusterId)), false)
})

test('a cluster that was stopped takes neither clients nor engines, and says so at once', async (context) => {
  const cluster = await world(context).start()
  await cluster.stop()
  await assert.rejects(cluster.connect(), { code: 'IPAR_CLOSED' })
  await assert.rejects(cluster.startEngines(1), { code: 'IPAR_CLOSED' })
})

for (const when of ['at once', 'when they run']) {
  test(`engines that are being added are stopped with their cluster, ${when}`, async (context) => {
    const cluster = await world(context).start({ env: { FAKE: 'engine:python-silent' } })
    const adding = assert.rejects(cluster.startEngines(1, { language: 'python' }), {
      code: 'IPAR_CLOSED',
    })
    if (when !== 'at once') await until('the process', () => cluster.engines.length === 2)
    const pids = cluster.engines.map(({ pid }) => pid)
    await cluster.stop()
    await adding
    for (const pid of pids) await gone(pid)
  })
}
