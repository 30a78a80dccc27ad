import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type PythonPeer, pythonWithIpyparallel7, pythonWithIpyparallel9 } from '../pythons.ts'
import { ipcontroller, PythonPeers } from './python-cluster.ts'

const script = fileURLToPath(new URL('../../../test/interop/python_launcher.py', import.meta.url))
const ipcluster = join(ipcontroller, '..', 'ipcluster.js')

interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function finished(peers: PythonPeers, args: string[], program?: string): Promise<Finished> {
  const child = peers.spawn(args, program)
  let stdout = ''
  let stderr = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve({ code, stdout, stderr }))
  })
}

function peersOf(context: TestContext, { path }: PythonPeer): PythonPeers {
  const peers = new PythonPeers(path!)
  context.after(() => peers.close())
  return peers
}

function checkLaunchers(python: PythonPeer, name: string): void {
  const skip = process.platform === 'linux' ? python.skip : 'it looks into /proc'

  test(`${name}: Python's Cluster starts a controller of ours, and stops it`, {
    skip,
  }, async (context) => {
    const peers = peersOf(context, python)
    const { stdout, stderr } = await finished(peers, [script, process.execPath, ipcontroller])
    const line = stdout.split('\n').find((text) => text.startsWith('{'))
    assert.ok(line, stdout + stderr)
    assert.deepEqual(JSON.parse(line), {
      ids: [0, 1],
      works: [2, 2],
      controller: true,
      'from file': [1, 'running'],
      'encrypted as asked': true,
      records: 2,
      log: true,
      'left behind': [],
      runs: false,
    })
  })

  test(`${name}: Python's ipcluster starts, lists and stops a controller of ours`, {
    skip,
  }, async (context) => {
    const peers = peersOf(context, python)
    mkdirSync(peers.profileDir)
    const command = [process.execPath, ipcontroller].map((part) => `'${part}'`).join()
    writeFileSync(
      join(peers.profileDir, 'ipcluster_config.py'),
      `c = get_config()\nc.ControllerLauncher.controller_cmd = [${command}]\nc.Cluster.delay = 0.1\n`,
    )
    const cluster = (...args: string[]) => finished(peers, ['-m', 'ipyparallel.cluster', ...args])
    const start = ['start', '-n', '1', '--daemonize', '--', '--ping=500']
    try {
      const started = await cluster(...start)
      assert.equal(started.code, 0, started.stderr)
      assert.equal((await cluster(...start)).code, 10, 'it runs already')
      const client = await peers.connect(1)
      assert.deepEqual(await client.does('works'), [2])
      const ours = await finished(peers, [ipcluster, 'list', '-o', 'json'], process.execPath)
      assert.equal(JSON.parse(ours.stdout).length, 1, 'our ipcluster reads its file, too')
      assert.match((await cluster('list')).stdout, /^default +'' +True +1 Local/m)
    } finally {
      const stopped = await cluster('stop')
      assert.equal(stopped.code, 0, stopped.stderr)
    }
    assert.equal((await cluster('stop')).code, 11, 'there is none any more')
  })
}

checkLaunchers(pythonWithIpyparallel7, 'ipyparallel 7')
checkLaunchers(pythonWithIpyparallel9, 'ipyparallel 9')
