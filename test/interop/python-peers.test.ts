import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startController } from 'iparallel/controller'
import { pythonWithIpyparallel7 } from '../pythons.ts'

const script = fileURLToPath(new URL('../../../test/interop/python-client.py', import.meta.url))

const { path: python, skip } = pythonWithIpyparallel7

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

test('Python clients and engines work with our controller as with their own', {
  skip,
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-interop-'))
  const files = { clientFile: join(dir, 'client.json'), engineFile: join(dir, 'engine.json') }
  const controller = await startController({ ...files, logLevel: 40 })
  const env = { ...process.env, IPYTHONDIR: dir }
  const children: ChildProcess[] = []
  const start = (args: string[], stdout: 'ignore' | 'pipe'): ChildProcess => {
    const child = spawn(python!, args, { env, stdio: ['ignore', stdout, 'pipe'] })
    children.push(child)
    return child
  }
  try {
    for (let i = 0; i < 2; i++) {
      start(['-m', 'ipyparallel.engine', `--file=${files.engineFile}`], 'ignore').stderr?.resume()
    }
    const client = start([script, files.clientFile], 'pipe')
    let stdout = ''
    let stderr = ''
    client.stdout!.on('data', (data) => (stdout += String(data)))
    client.stderr!.on('data', (data) => (stderr += String(data)))
    await once(client, 'close')
    const line = stdout.split('\n').find((text) => text.startsWith('{'))
    assert.ok(line, stderr)
    assert.deepEqual(JSON.parse(line), {
      ids: [0, 1],
      apply: [42, 42],
      pull: [7, 7],
      gather: [0, 1, 2, 3, 4, 5],
      map: Array.from({ length: 20 }, (_, i) => i * i),
      follow: true,
      'more retries than engines': ['ZeroDivisionError', false],
      'unmet everywhere': ['ImpossibleDependency', false],
      'unknown dependency': ['InvalidDependency', false],
      timeout: ['TaskTimeout', false],
      broadcast: [2, 2],
      'coalesced in order': true,
      'coalesced failure': ['ZeroDivisionError', false],
      stdout: 'hello\n',
      queue: 0,
      history: true,
      status: true,
      'bad query': ['KeyError', false],
      resubmitted: true,
      'of another client': true,
      purged: ['KeyError', false],
      aborted: ['TaskAborted', false],
      'task engine killed': ['EngineError', false],
      'direct engine killed': ['EngineError', false],
    })
    assert.equal(await controller.ended, 'shutdown-requested')
  } finally {
    await Promise.all(children.map(stop))
    await controller.close()
    rmSync(dir, { recursive: true, force: true })
  }
})
