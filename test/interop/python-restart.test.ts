import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { after, before, test } from 'node:test'
import { type PythonPeer, pythonWithIpyparallel7, pythonWithIpyparallel9 } from '../pythons.ts'
import { kill, type PythonClient, PythonPeers } from './python-cluster.ts'

/** A controller of ours is killed and started again under the feet of Python's engines and client. */
function checkRestarts({ path, skip }: PythonPeer, name: string): void {
  let peers: PythonPeers
  let controller: ChildProcess
  let client: PythonClient
  let remembered: unknown

  before(async () => {
    if (path === undefined) return
    peers = new PythonPeers(path)
    controller = await peers.startController('--sqlitedb', '--reuse', '--ping=500')
    peers.startEngines(2)
    client = await peers.connect(2)
    remembered = await client.does('remember')
  })
  after(() => peers?.close())

  async function restart(...args: string[]): Promise<void> {
    await kill(controller)
    controller = await peers.startController('--ping=500', ...args)
  }

  test(`${name}: engines and client of a killed controller go on with --restore`, {
    skip,
  }, async () => {
    const names = await client.does('names')
    const ids = (await client.does('start_long', 2)) as string[]
    await restart('--restore', '--sqlitedb')
    assert.deepEqual(await client.does('names'), names)
    assert.deepEqual(
      await client.does('fetch', ids),
      ['direct', 'balanced'],
      'they ended meanwhile',
    )
    assert.deepEqual(await client.does('works'), [2, 2])
  })

  test(`${name}: records in SQLite outlive the controller (T11)`, { skip }, async () => {
    const expected = { result: 42, stdout: 'printed\n', again: 42 }
    assert.deepEqual(await client.does('recall', remembered), expected)
  })

  test(`${name}: with --reuse new engines and clients come by the old files`, {
    skip,
  }, async () => {
    await restart('--reuse', '--nodb')
    peers.startEngines(1)
    const fresh = await peers.connect(1)
    assert.deepEqual(await fresh.does('works'), [2])
    assert.equal(await fresh.does('no_records'), 'NoData')
  })
}

checkRestarts(pythonWithIpyparallel7, 'ipyparallel 7')
checkRestarts(pythonWithIpyparallel9, 'ipyparallel 9')
