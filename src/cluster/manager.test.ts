import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ClientConnectionInfo, connectionFileText } from '../jupyter/mod.ts'
import { type ClusterRecord, clusterFileText } from './cluster-file.ts'
import { sharedInfo } from './fake-roles.test.ts'
import { cleanLogs, cleanProfile, listClusters, stopCluster } from './manager.ts'
import { chooseProfile, type Profile } from './profile.ts'

const deadPid = 2 ** 30

function profileIn(context: TestContext): Profile {
  const root = mkdtempSync(join(tmpdir(), 'iparallel-'))
  context.after(() => rmSync(root, { recursive: true, force: true }))
  const profile = chooseProfile({ profile: 'x', ipythonDir: root })
  profile.create()
  return profile
}

function writeCluster(
  profile: Profile,
  clusterId: string,
  pid: number,
  more: Partial<ClusterRecord> = {},
): void {
  const record: ClusterRecord = {
    clusterId,
    profileDir: profile.dir,
    n: 1,
    controllerArgs: [],
    controllerIp: '',
    controllerLocation: '',
    controllerLauncher: 'local',
    engineLauncher: 'local',
    controller: { pid, output_file: '' },
    sets: {},
    ...more,
  }
  writeFileSync(profile.clusterFile(clusterId), clusterFileText(record))
}

function clientInfo(registration: number): ClientConnectionInfo {
  return {
    ...sharedInfo(registration),
    task_scheme: 'lru',
    notification: 6,
    broadcast: 7,
  }
}

/** A port on which somebody listens. */
async function openPort(context: TestContext): Promise<number> {
  const server = createServer((socket) => socket.destroy())
  context.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as { port: number }).port
}

test('clusters of several profiles are listed, those that ended and broken files too', (context) => {
  const profile = profileIn(context)
  writeCluster(profile, '', process.pid)
  writeCluster(profile, 'old', deadPid)
  writeFileSync(profile.clusterFile('broken'), '{"clus')
  assert.deepEqual(
    listClusters([profile, profileIn(context)]).map(({ clusterId, running }) => [
      clusterId,
      running,
    ]),
    [
      ['', true],
      ['broken', false],
      ['old', false],
    ],
  )
})

test('stopping a cluster that has ended removes its files', async (context) => {
  const profile = profileIn(context)
  writeCluster(profile, 'old', deadPid)
  writeFileSync(profile.connectionFile('client', 'old'), '{}')
  writeFileSync(profile.enginesFile('old'), '{}')
  const [cluster] = listClusters([profile])
  assert.deepEqual(await stopCluster(cluster!), [])
  assert.deepEqual(readdirSync(profile.securityDir), [])
  assert.deepEqual(readdirSync(profile.logDir), [])
})

test('a broken cluster file is no obstacle to stopping', async (context) => {
  const profile = profileIn(context)
  writeFileSync(profile.clusterFile(''), '')
  const [cluster] = listClusters([profile])
  assert.deepEqual(await stopCluster(cluster!), [])
  assert.ok(!existsSync(profile.clusterFile('')))
})

test('where a launcher ends at once, its processes get the time to end by themselves', async (context) => {
  const profile = profileIn(context)
  const [launcherPid, controller] = [deadPid, deadPid + 1]
  writeCluster(profile, '', controller, { launcherPid })
  const living = new Set([launcherPid, controller])
  const signals: unknown[] = []
  let looks = 0
  // As Windows does: a signal is the end, and nobody hears of it.
  context.mock.method(process, 'kill', (pid: number, signal: string | number) => {
    if (!living.has(pid)) throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' })
    if (signal !== 0) {
      signals.push([pid, signal])
      living.delete(pid)
    } else if (!living.has(launcherPid)) {
      looks += 1
      if (looks > 3) living.delete(controller)
    }
    return true
  })
  const [cluster] = listClusters([profile])
  assert.deepEqual(await stopCluster(cluster!), [])
  assert.deepEqual(signals, [[launcherPid, 'SIGTERM']])
})

test('clean removes what ended clusters left, and nothing else', async (context) => {
  const profile = profileIn(context)
  writeCluster(profile, 'old', deadPid)
  for (const role of ['client', 'engine'] as const) {
    writeFileSync(profile.connectionFile(role, 'old'), '{}')
  }
  writeFileSync(join(profile.logDir, 'ipengine-old-1700000000000-0.log'), '')
  writeFileSync(join(profile.logDir, 'ipcontroller-4711.log'), '')
  writeFileSync(profile.enginesFile('old'), '{}')
  writeFileSync(profile.enginesFile(), '{}')
  writeFileSync(join(profile.logDir, 'mine.log'), '')
  writeFileSync(join(profile.securityDir, 'id_rsa'), '')
  const { running } = await cleanProfile(profile, false)
  assert.deepEqual(running, [])
  assert.deepEqual(readdirSync(profile.securityDir), ['id_rsa'])
  assert.deepEqual(readdirSync(profile.logDir), ['mine.log'])
})

test('clean leaves a cluster that runs alone, unless it is forced', async (context) => {
  const profile = profileIn(context)
  writeCluster(profile, '', process.pid)
  writeFileSync(profile.connectionFile('client'), '{}')
  writeFileSync(join(profile.logDir, 'ipcontroller-4711.log'), '')
  assert.deepEqual(await cleanProfile(profile, false), { removed: [], running: [''] })
  assert.equal((await cleanProfile(profile, true)).removed.length, 3)
})

test('clean leaves the files of a controller that was started by hand alone', async (context) => {
  const profile = profileIn(context)
  const port = await openPort(context)
  writeFileSync(profile.connectionFile('client'), connectionFileText(clientInfo(port)))
  assert.deepEqual(await cleanProfile(profile, false), { removed: [], running: [''] })
})

test('clean removes the connection files of a controller that does not answer', async (context) => {
  const profile = profileIn(context)
  writeFileSync(profile.connectionFile('client'), connectionFileText(clientInfo(1)))
  assert.deepEqual((await cleanProfile(profile, false)).running, [])
  assert.deepEqual(readdirSync(profile.securityDir), [])
})

test("a cluster's old logs go, those of the others and of processes that run stay", (context) => {
  const profile = profileIn(context)
  const names = [
    `ipcontroller-${deadPid}.log`,
    'ipengine--1700000000000-0.log',
    `ipcluster-${process.pid}.log`,
    `ipcontroller-a-${deadPid}.log`,
    'ipengine-a-1700000000000-0.log',
  ]
  for (const name of names) writeFileSync(join(profile.logDir, name), '')
  cleanLogs(profile, '')
  assert.deepEqual(readdirSync(profile.logDir).sort(), names.slice(2).sort())
})
