import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  type ClusterRecord,
  claimClusterFile,
  clusterFileText,
  isRunning,
  livingRoles,
  parseClusterFile,
  readClusterFile,
  updateClusterFile,
} from './cluster-file.ts'

const deadPid = 2 ** 30

const record: ClusterRecord = {
  clusterId: 'a',
  profileDir: '/p/profile_x',
  n: 2,
  controllerArgs: ['--hwm=2'],
  controllerIp: '*',
  controllerLocation: 'here',
  controller: { pid: 11, output_file: '/p/c.log' },
  controllerLauncher: 'local',
  engineLauncher: 'local',
  sets: { 17: { launcherPid: 10, engines: [{ pid: 12, output_file: '/p/e.log' }] } },
  launcherPid: 10,
}

/** Written by ipyparallel 7.1, with other paths and process ids. */
const pythonFile = `{
 "cluster": {
  "cluster_id": "", "controller_args": [], "controller_ip": "", "controller_location": "",
  "delay": 1.0, "n": 2, "profile_dir": "/p/profile_default",
  "class": "ipyparallel.cluster.cluster.Cluster"
 },
 "controller": {
  "class": "local",
  "state": {
   "cluster_id": "", "output_file": "/p/log/ipcontroller-15202.log", "pid": 15736,
   "profile_dir": "/p/profile_default", "state": "running"
  }
 },
 "engines": {
  "class": "local",
  "sets": {
   "1795330939": {
    "cluster_id": "", "n": 2, "pid": -1, "profile_dir": "/p/profile_default", "state": "running",
    "engines": {
     "0": { "cluster_id": "", "n": 1, "output_file": "/p/log/0.log", "pid": 15779, "state": "running" },
     "1": { "cluster_id": "", "n": 1, "output_file": "/p/log/1.log", "pid": 15785, "state": "running" }
    }
   }
  }
 }
}`

function place(context: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  return join(dir, 'cluster-.json')
}

test('what was written is read back', () => {
  assert.deepEqual(parseClusterFile(clusterFileText(record)), record)
})

test('a file of Python is understood', () => {
  const read = parseClusterFile(pythonFile)
  assert.equal(read?.controller?.pid, 15736)
  assert.deepEqual(
    read?.sets['1795330939']?.engines.map(({ pid }) => pid),
    [15779, 15785],
  )
})

test('every key of Python is in our file, too', () => {
  const keys = (value: unknown, path = ''): string[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => {
          const name = `${path}.${/^\d+$/.test(key) ? 'N' : key}`
          return [name, ...keys(inner, name)]
        })
      : []
  const ours = new Set(keys(JSON.parse(clusterFileText(record))))
  const missing = keys(JSON.parse(pythonFile)).filter((key) => !ours.has(key))
  assert.deepEqual(missing, [])
})

for (const text of ['', '{', '[]', 'null', '{"engines": {}}', '"x"']) {
  test(`${JSON.stringify(text)} is no cluster file`, () => {
    assert.equal(parseClusterFile(text), undefined)
  })
}

test('a cluster file with nonsense in it has nothing that runs', () => {
  const text =
    '{"cluster": 5, "controller": {"state": {"pid": "x"}}, "engines": {"sets": [1, null]}}'
  const read = parseClusterFile(text)
  assert.ok(read !== undefined)
  assert.equal(isRunning(read), false)
  assert.deepEqual(livingRoles(read), [])
})

test('a cluster whose controller has ended does not run', () => {
  assert.equal(isRunning({ ...record, controller: { pid: deadPid, output_file: '' } }), false)
})

test('a cluster that is just being started runs, and so do engines without a controller here', () => {
  const { controller: _, ...begun } = { ...record, launcherPid: deadPid, sets: {} }
  assert.equal(isRunning(begun), false)
  assert.equal(isRunning({ ...begun, launcherPid: process.pid }), true)
  const engines = (pid: number) => ({ 17: { engines: [{ pid, output_file: '' }] } })
  assert.equal(isRunning({ ...begun, sets: engines(process.pid) }), true)
  assert.equal(isRunning({ ...begun, sets: engines(deadPid) }), false)
})

test('of many that claim a place at the same time, one gets it', async (context) => {
  const path = place(context)
  const mine = { ...record, controller: { pid: process.pid, output_file: '' } }
  const results = await Promise.all(Array.from({ length: 8 }, () => claimClusterFile(path, mine)))
  assert.equal(results.filter((running) => running === undefined).length, 1)
  assert.deepEqual(readdirSync(join(path, '..')), ['cluster-.json'])
})

test('changes at the same time are all made', async (context) => {
  const path = place(context)
  await claimClusterFile(path, { ...record, sets: {} })
  const ids = ['1', '2', '3', '4', '5']
  await Promise.all(
    ids.map((id) =>
      updateClusterFile(path, (there) => ({
        ...there,
        sets: { ...there.sets, [id]: { engines: [] } },
      })),
    ),
  )
  assert.deepEqual(Object.keys(readClusterFile(path)!.sets), ids)
})

test('a lock that a killed process left is broken', async (context) => {
  const path = place(context)
  writeFileSync(`${path}.lock`, '1 0.5')
  const { utimesSync } = await import('node:fs')
  utimesSync(`${path}.lock`, new Date(0), new Date(0))
  assert.equal(await claimClusterFile(path, record), undefined)
})

test('a file that is gone is not written again', async (context) => {
  const path = place(context)
  await updateClusterFile(path, (there) => there)
  assert.deepEqual(readdirSync(join(path, '..')), [])
})
