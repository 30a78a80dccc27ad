/** Our side of the kernel protocol, against Python's kernel. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type * as Client from '../../src/kernel-client/mod.ts'
import type * as Launcher from '../../src/kernel-launcher/mod.ts'
import type * as Specs from '../../src/kernelspec/mod.ts'
import { pythonWithJupyter } from '../pythons.ts'
import { runs, until } from '../system/command.ts'

// No door of the package leads there; what runs is what was compiled beside this file.
const launcher = new URL('../../kernel-launcher/mod.js', import.meta.url).href
const { AttachedKernel, findKernelFile, kernelClientPorts, StartedKernel } = (await import(
  launcher
)) as typeof Launcher
const silent = () => {}
const ports = kernelClientPorts({ debug: silent, info: silent, warn: silent, error: silent })

const { path: python, skip } = pythonWithJupyter
const windows = process.platform === 'win32'

const spec: Specs.Kernelspec = {
  name: 'python3',
  dir: '',
  argv: [python ?? 'python', '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
  displayName: 'Python 3',
  language: 'python',
  interruptMode: 'signal',
  env: { GREETING: '$' + '{HOME} sweet home' },
  metadata: {},
}

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-kernel-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

async function started(
  t: TestContext,
  change: Partial<Parameters<typeof StartedKernel.start>[0]> = {},
): Promise<Launcher.StartedKernel> {
  const kernel = await StartedKernel.start({
    spec,
    ports,
    runtimeDir: folder(t),
    env: { IPYTHONDIR: folder(t) },
    ...change,
  })
  t.after(() => kernel.close())
  return kernel
}

async function run(
  kernel: Launcher.KernelHandle,
  code: string,
  onInput?: () => Promise<string>,
): Promise<Client.ExecuteOutcome & { readonly outputs: Client.KernelOutput[] }> {
  const outputs: Client.KernelOutput[] = []
  const outcome = await kernel.client.execute(code, {
    onOutput: (output) => void outputs.push(output),
    ...(onInput === undefined ? {} : { onInput }),
  })
  return { ...outcome, outputs }
}

const textOf = (outputs: readonly Client.KernelOutput[]): string =>
  outputs.map((output) => (output.type === 'stream' ? output.text : '')).join('')

for (const transport of ['tcp', ...(windows ? [] : ['ipc' as const])] as ('tcp' | 'ipc')[]) {
  test(`${transport}: a kernel starts, runs cells, and leaves nothing`, { skip }, async (t) => {
    const runtimeDir = folder(t)
    const kernel = await started(t, { transport, runtimeDir })
    const { pid, connectionFile } = kernel
    assert.equal(kernel.info.language.name, 'python')
    if (!windows) assert.equal(statSync(connectionFile).mode & 0o777, 0o600)
    const { outputs, executionCount } = await run(kernel, 'print("hi")\n6 * 7')
    assert.equal(executionCount, 1)
    assert.deepEqual(
      outputs.map(({ type }) => type),
      ['input', 'stream', 'result'],
    )
    await kernel.close()
    assert.ok(!runs(pid!))
    assert.deepEqual(readdirSync(runtimeDir), [])
  })
}

test('the first cell can ask for a line, and stdin is there when the kernel is', {
  skip,
}, async (t) => {
  const kernel = await started(t)
  const { outputs } = await run(kernel, 'print(input("name? "))', async () => 'Ann')
  assert.equal(textOf(outputs), 'Ann\n')
})

test('a cell that may not ask is told so', { skip }, async (t) => {
  const { failure } = await run(await started(t), 'input()')
  assert.equal(failure?.ename, 'StdinNotImplementedError')
})

test('completion, inspection, completeness and history are answered', { skip }, async (t) => {
  const { client } = await started(t)
  const code = 's = "🙂"; impor'
  const { matches, start, end } = await client.complete(code)
  assert.deepEqual([matches[0], code.slice(start, end)], ['import', 'impor'])
  assert.match(String((await client.inspect('print'))?.['text/plain']), /Signature/)
  assert.deepEqual(await client.isComplete('def f():'), { status: 'incomplete', indent: '    ' })
  assert.equal((await client.isComplete('1')).status, 'complete')
  assert.equal((await client.isComplete('1 +* 2')).status, 'invalid')
  await client.execute('unusual = 1')
  const history = await client.history({ accessType: 'tail', n: 1, output: false, raw: true })
  assert.equal(history[0]?.[2], 'unusual = 1')
})

test('an interrupt stops a cell, and what it has declared stays', { skip }, async (t) => {
  const kernel = await started(t)
  await run(kernel, 'kept = 1')
  const running = kernel.client.execute('import time\nprint("on")\ntime.sleep(600)', {
    onOutput: (output) => {
      if (output.type === 'stream') void kernel.interrupt()
    },
  })
  assert.equal((await running).failure?.ename, 'KeyboardInterrupt')
  assert.equal((await run(kernel, 'kept')).status, 'ok')
})

test('a restarted kernel has no names, and the same client', { skip }, async (t) => {
  const kernel = await started(t)
  const before = kernel.pid
  await run(kernel, 'kept = 1')
  await kernel.restart()
  assert.notEqual(kernel.pid, before)
  assert.equal((await run(kernel, 'kept')).failure?.ename, 'NameError')
})

test('a kernel that dies fails its cell, says how, and can be started again', {
  skip,
}, async (t) => {
  const kernel = await started(t)
  const deaths: Launcher.KernelDeath[] = []
  kernel.onDeath = (death) => void deaths.push(death)
  await assert.rejects(run(kernel, 'import os; os._exit(3)'), { code: 'IPAR_KERNEL_GONE' })
  assert.deepEqual(deaths[0]?.cause, { exitCode: 3 })
  await kernel.restart()
  assert.equal((await run(kernel, '1')).status, 'ok')
})

test('what the spec and the starter add to the environment is there', { skip }, async (t) => {
  const kernel = await started(t, { env: { IPP_CLUSTER_ID: 'x', IPYTHONDIR: folder(t) } })
  const { outputs } = await run(
    kernel,
    'import os; print(os.environ["IPP_CLUSTER_ID"], os.environ["GREETING"])',
  )
  assert.equal(textOf(outputs), `x ${process.env['HOME']} sweet home\n`)
})

test('a kernel is attached to by a part of its file’s name, and outlives that', {
  skip,
}, async (t) => {
  const runtimeDir = folder(t)
  const kernel = await started(t, { runtimeDir })
  await run(kernel, 'shared = 5')
  const name = kernel.connectionFile.slice(-15, -5)
  const file = findKernelFile(name, runtimeDir)
  assert.equal(file, kernel.connectionFile)
  assert.equal(findKernelFile('', runtimeDir), file)
  const attached = await AttachedKernel.attach(file, ports)
  const { outputs } = await run(attached, 'print(shared)')
  assert.equal(textOf(outputs), '5\n')
  const gone = new Promise<void>((resolve) => {
    attached.onDeath = () => resolve()
  })
  await kernel.close()
  await gone
  await attached.close()
})

test('everything is encrypted when the connection file has keys', { skip }, async (t) => {
  const kernel = await started(t, { encrypted: true })
  const { outputs } = await run(kernel, 'print(input("name? "))', async () => 'Ann')
  assert.equal(textOf(outputs), 'Ann\n')
  const { curve_secretkey: key } = JSON.parse(readFileSync(kernel.connectionFile, 'utf8'))
  assert.equal(key.length, 40)
  const attached = await AttachedKernel.attach(kernel.connectionFile, ports)
  assert.equal((await run(attached, '1')).status, 'ok')
  await attached.close()
})

test('leaving a kernel that was attached to does not end it', { skip }, async (t) => {
  const kernel = await started(t)
  const attached = await AttachedKernel.attach(kernel.connectionFile, ports)
  await attached.close()
  assert.equal((await run(kernel, '1')).status, 'ok')
})

test('output of another front end comes as that', { skip }, async (t) => {
  const kernel = await started(t)
  const heard: string[] = []
  const attached = await AttachedKernel.attach(kernel.connectionFile, ports, {
    onOutput: (output, { own }) => {
      if (output.type === 'stream') heard.push(`${output.text.trim()} ${own}`)
    },
  })
  t.after(() => attached.close())
  await run(kernel, 'print("mine")')
  await until('the output of the other', () => heard.length > 0)
  assert.deepEqual(heard, ['mine false'])
})

test('a kernel that fails to start says why, and leaves no file', async (t) => {
  const runtimeDir = folder(t)
  const start = (argv: string[]) =>
    StartedKernel.start({
      spec: { ...spec, argv },
      ports,
      runtimeDir,
    })
  await assert.rejects(start(['no-such-program']), {
    code: 'IPAR_KERNEL_LAUNCH',
    message: /no-such-program/,
  })
  const failing = [process.execPath, '-e', 'console.error("no module"); process.exit(4)']
  await assert.rejects(start(failing), /did not start: it exited with code 4\nno module/)
  assert.deepEqual(readdirSync(runtimeDir), [])
  assert.ok(existsSync(runtimeDir))
})

test('a name that no connection file has is an error that says where it was looked for', (t) => {
  const runtimeDir = folder(t)
  assert.throws(() => findKernelFile('nothing', runtimeDir), {
    code: 'IPAR_NO_KERNEL_FILE',
    message: /'nothing' in .*iparallel-kernel-/,
  })
})
