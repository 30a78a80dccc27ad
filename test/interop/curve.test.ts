import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Client } from 'iparallel'
import { startController } from 'iparallel/controller'
import { curveKeyPair } from 'iparallel/zmq'
import { type PythonPeer, pythonWithIpyparallel7, pythonWithIpyparallel9 } from '../pythons.ts'
import { Command, until } from '../system/command.ts'

const script = fileURLToPath(new URL('../../../test/interop/curve-client.py', import.meta.url))

/** A Python whose libzmq encrypts. */
function encrypting(peer: PythonPeer): PythonPeer {
  if (peer.path === undefined) return peer
  const { status } = spawnSync(peer.path, [
    '-c',
    'import sys, zmq; sys.exit(0 if zmq.has("curve") else 1)',
  ])
  return status === 0 ? peer : { path: undefined, skip: 'the libzmq of this Python has no CURVE' }
}

const peers = [
  ['7', encrypting(pythonWithIpyparallel7)],
  ['9', encrypting(pythonWithIpyparallel9)],
] as const

function folder(context: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-interop-'))
  context.after(() => rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }))
  return dir
}

/** A controller of Python's is nine processes, which outlive the first one. */
async function endGroup(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  try {
    if (process.platform === 'win32') child.kill()
    else process.kill(-child.pid!, 'SIGKILL')
  } catch {
    // All of them are gone already.
    if (child.stdout!.closed) return
  }
  await closed
}

/** A Python process that ends with the test, and all that it has started. */
function python(
  context: TestContext,
  { path }: PythonPeer,
  args: readonly string[],
  env: Record<string, string>,
): ChildProcess & { said: string } {
  const child = spawn(path!, args, {
    env: { ...process.env, ...env },
    stdio: 'pipe',
    detached: process.platform !== 'win32',
  })
  const process_ = Object.assign(child, { said: '' })
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      process_.said += String(data)
    })
  }
  context.after(() => endGroup(child))
  return process_
}

for (const [version, peer] of peers) {
  test(`Python ${version}'s client and engine work with our encrypted controller`, {
    skip: peer.skip,
  }, async (context) => {
    const dir = folder(context)
    const files = { clientFile: join(dir, 'client.json'), engineFile: join(dir, 'engine.json') }
    const controller = await startController({ ...files, enableCurve: true, logLevel: 40 })
    context.after(() => controller.close())
    const env = { IPYTHONDIR: dir }
    python(context, peer, ['-m', 'ipyparallel.engine', `--file=${files.engineFile}`], env)
    const client = python(context, peer, [script, files.clientFile], env)
    await once(client, 'close')
    const line = client.said.split('\n').find((text) => text.startsWith('{'))
    assert.ok(line, client.said)
    assert.deepEqual(JSON.parse(line), {
      key: '',
      apply: [42],
      map: [0, 1, 4, 9, 16],
      pull: 300_000,
      broadcast: [2],
      stdout: 'hello\n',
      queue: 0,
    })
    assert.equal(await controller.ended, 'shutdown-requested')
  })

  test(`our client and engine work with Python ${version}'s encrypted controller`, {
    skip: peer.skip,
  }, async (context) => {
    const dir = folder(context)
    const { publicKey, secretKey } = await curveKeyPair()
    const controller = python(
      context,
      peer,
      ['-m', 'ipyparallel.controller', `--profile-dir=${join(dir, 'profile_default')}`],
      {
        IPYTHONDIR: dir,
        IPP_ENABLE_CURVE: '1',
        IPP_CURVE_PUBLICKEY: publicKey,
        IPP_CURVE_SECRETKEY: secretKey,
      },
    )
    const file = (role: string) =>
      join(dir, 'profile_default', 'security', `ipcontroller-${role}.json`)
    const written = () => existsSync(file('engine')) && existsSync(file('client'))
    await until('the connection files', () => controller.exitCode !== null || written())
    assert.ok(written(), controller.said)
    const info = JSON.parse(readFileSync(file('engine'), 'utf8'))
    assert.deepEqual([info.key, info.curve_serverkey], ['', publicKey])
    new Command(context, dir, 'ipengine', [`--file=${file('engine')}`, '--timeout=20'])
    const rc = await Client.connect(file('client'), { timeoutMs: 20_000 })
    context.after(() => rc.close())
    await rc.waitForEngines(1, { timeoutMs: 20_000 })
    assert.deepEqual(await rc.directView([0]).apply((x: number) => x * 2, 21), [42])
    const squares = await rc.loadBalancedView().map((x: number) => x * x, [1, 2, 3])
    assert.deepEqual(squares, [1, 4, 9])
    await rc.directView(0).push({ large: new Uint8Array(300_000) })
    assert.equal((await rc.directView(0).pull<Uint8Array>('large')).length, 300_000)
  })
}
