import assert from 'node:assert/strict'
import process from 'node:process'
import { after, before, beforeEach, test } from 'node:test'
import { KernelProcess } from './kernel-process.test.ts'

/** Children are Node itself, so that the tests need no shell. */
const prelude = `
  import { execFileSync, execSync, exec, spawn, spawnSync } from 'node:child_process'
  import { promisify } from 'node:util'
  import fs from 'node:fs'
  const node = process.execPath
  const run = (code) => [node, ['-e', code]]
  const ready = () => process.stderr.write('ready')`

let kernel: KernelProcess
before(async () => {
  kernel = await KernelProcess.start()
  await kernel.execute(prelude)
})
after(() => kernel[Symbol.asyncDispose]())
beforeEach(() => {
  kernel.shown.length = 0
})

/** What the value of a cell is, as the cell shows it. */
async function resultOf(code: string): Promise<string> {
  const outcome = await kernel.execute(code)
  if (outcome.status === 'error') assert.fail(outcome.traceback.join('\n'))
  const [, data] = kernel.shown.findLast(([kind]) => kind === 'result') ?? []
  return String((data as Record<string, unknown> | undefined)?.['text/plain'])
}

test('spawnSync gives what the child did', async () => {
  const code = 'console.log(process.argv[1]); console.error(2); process.exit(3)'
  const value = await resultOf(`
    const { status, signal, stdout, stderr, output } = spawnSync(
      node, ['-e', ${JSON.stringify(code)}, '--', 'arg'], { encoding: 'utf8' })
    ;[status, signal, stdout, stderr, output[0]]`)
  assert.equal(value, "[ 3, null, 'arg\\n', '2\\n', null ]")
})

test('execFileSync gives the output as bytes, or as text', async () => {
  const code = 'process.stdin.pipe(process.stdout)'
  const value = await resultOf(`[
    execFileSync(...run('${code}'), { input: 'ab' }),
    execFileSync(...run('${code}'), { input: Buffer.from('cd'), encoding: 'utf8' }),
  ]`)
  assert.equal(value, "[ <Buffer 61 62>, 'cd' ]")
})

test('a child has the environment and the folder that it is given, or those of the cell', async () => {
  const value = await resultOf(`
    process.env.OWN = 'own'
    const print = 'console.log(process.env.OWN, process.cwd() === process.argv[1])'
    ;[
      execFileSync(node, ['-e', print, process.cwd()], { encoding: 'utf8' }),
      execFileSync(node, ['-e', print, process.cwd()], {
        encoding: 'utf8', env: { ...process.env, OWN: 'other' }, cwd: require('node:os').tmpdir() }),
    ]`)
  assert.equal(value, "[ 'own true\\n', 'other false\\n' ]")
})

test('a command that fails is an error with what it said', async () => {
  const outcome = await kernel.execute(
    `execFileSync(...run('console.error("why"); process.exit(4)'))`,
  )
  assert.ok(outcome.status === 'error')
  assert.match(outcome.evalue, /^Command failed: .*\nwhy\n$/)
  assert.equal(kernel.text('stderr'), 'why\n')
})

test('a program that is not there is an error by its code', async () => {
  assert.equal(await resultOf("spawnSync('iparallel-no-such-program').error.code"), "'ENOENT'")
})

test('what Node would not even start fails as it does there', async () => {
  for (const [code, ename] of [
    ["spawnSync('')", 'TypeError'],
    ["execFileSync(node, ['a\\0b'])", 'TypeError'],
    ["execSync('x', { cwd: new URL('http://host/') })", 'TypeError'],
  ] as const) {
    const outcome = await kernel.execute(code)
    assert.equal(outcome.status === 'error' && outcome.ename, ename, code)
  }
})

test('a child that takes too long, or says too much, is ended', async () => {
  const value = await resultOf(`[
    spawnSync(...run('setTimeout(() => {}, 1e6)'), { timeout: 50 }).error.code,
    spawnSync(...run('console.log("x".repeat(1e5))'), { maxBuffer: 100 }).error.code,
  ]`)
  assert.equal(value, "[ 'ETIMEDOUT', 'ENOBUFS' ]")
})

test('what a child prints on inherited streams is output of the cell, while it runs', async () => {
  const running = kernel.execute(`
    const code = 'console.log("out"); console.error("err"); process.stdin.resume()'
    spawnSync(node, ['-e', code], { stdio: ['pipe', 'inherit', 'inherit'], input: '' })
    const late = 'console.log("live"); setTimeout(() => {}, 1e6)'
    spawnSync(node, ['-e', late], { stdio: 'inherit' })`)
  await kernel.until(() => kernel.text('stdout').includes('live'))
  assert.match(kernel.text('stdout'), /^out\nlive\n$/)
  assert.equal(kernel.text('stderr'), 'err\n')
  kernel.interrupt()
  assert.equal((await running).status, 'error')
})

test('so is what a child prints that nobody waits for', async () => {
  const value = await resultOf(`
    const child = spawn(...run('console.log("beside"); console.error("it")'), { stdio: 'inherit' })
    await new Promise((done) => child.once('close', done))
    ;[child.exitCode, child.stdout, child.stdio]`)
  assert.equal(value, '[ 0, null, [ null, null, null ] ]')
  assert.equal(kernel.text('stdout') + kernel.text('stderr'), 'beside\nit\n')
})

test('pipes of a child stay those of whoever asked for them', async () => {
  const command = `"${process.execPath}" -e "console.log(1)"`
  const value = await resultOf(`(await promisify(exec)(${JSON.stringify(command)})).stdout`)
  assert.equal(value, "'1\\n'")
  assert.equal(kernel.text('stdout'), '')
})

test('what is written on the descriptors of the process is output of the cell', async () => {
  await kernel.execute(`
    fs.writeSync(1, 'a')
    fs.writeSync(2, Buffer.from('xby'), 1, 1)
    await new Promise((done) => fs.write(1, 'c', done))
    await promisify(fs.write)(1, Buffer.from('d'))`)
  await kernel.until(() => kernel.text('stdout') === 'acd')
  assert.equal(kernel.text('stderr'), 'b')
})

for (const [what, code] of [
  ['execFileSync', "execFileSync(...run('console.error(`ready`); setTimeout(() => {}, 1e6)'))"],
  [
    'spawnSync of a child that ignores SIGINT',
    `spawnSync(...run('process.on("SIGINT", () => {}); console.log("ready"); setTimeout(() => {}, 1e6)'),
      { stdio: 'inherit' })`,
  ],
] as const) {
  test(`an interrupt ends ${what}`, async () => {
    const running = kernel.execute(code)
    await kernel.until(() => (kernel.text('stderr') + kernel.text('stdout')).includes('ready'))
    kernel.interrupt()
    const outcome = await running
    assert.ok(outcome.status === 'error')
    assert.equal(outcome.ename, 'KeyboardInterrupt')
    assert.equal(await resultOf('typeof run'), "'function'")
  })
}

test('finally blocks run when a child is interrupted', async () => {
  const running = kernel.execute(`try {
    execFileSync(...run('console.error("ready"); setTimeout(() => {}, 1e6)'))
  } finally { console.log('tidied') }`)
  await kernel.until(() => kernel.text('stderr').includes('ready'))
  kernel.interrupt()
  await running
  assert.equal(kernel.text('stdout'), 'tidied\n')
})

test('an interrupt reaches a child that the cell has started and left running', async () => {
  const running = kernel.execute(`
    const left = spawn(...run('console.log("ready"); setTimeout(() => {}, 1e6)'), { stdio: 'inherit' })
    const ended = new Promise((done) => left.once('exit', done))
    await ended`)
  await kernel.until(() => kernel.text('stdout').includes('ready'))
  kernel.interrupt()
  await running
  await kernel.execute('await ended')
  assert.equal(await resultOf('left.signalCode'), "'SIGINT'")
})
