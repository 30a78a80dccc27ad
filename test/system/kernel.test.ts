import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readKernelInfo } from 'iparallel/jupyter'
import { Command, ipythonDir, until } from './command.ts'

/** A command of `iparallel`, in a folder whose Jupyter has nothing else. */
function iparallel(context: TestContext, dir: string, ...args: string[]): Command {
  const env = { JUPYTER_PATH: dir, JUPYTER_DATA_DIR: dir, JUPYTER_RUNTIME_DIR: join(dir, 'run') }
  return new Command(context, dir, 'iparallel', args, env)
}

/** Whether somebody listens on a port of this machine. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const settle = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}

/** Resolves when nobody listens there any more. */
async function falls(port: number): Promise<void> {
  let open = true
  await until(`port ${port} is closed`, () => {
    void answers(port).then((now) => {
      open = now
    })
    return !open
  })
}

/** A kernel that was started by hand, and its connection file. */
async function startKernel(context: TestContext, dir: string, ...args: string[]) {
  const command = iparallel(context, dir, 'kernel', 'start', ...args)
  const [, file] = await command.says(/--existing (.*)\n/)
  await command.says(/twice/)
  return { command, file: file!, info: readKernelInfo(readFileSync(file!, 'utf8')) }
}

test('a kernel is installed, listed and removed', async (context) => {
  const dir = ipythonDir(context)
  const env = ['--env=A=b=c', '--profile=lab', '--display-name=Mine']
  const installed = await iparallel(context, dir, 'kernel', 'install', ...env).finished
  const target = join(dir, 'kernels', 'iparallel')
  assert.deepEqual([installed.code, installed.stdout], [0, `Installed the kernel: ${target}\n`])
  const spec = JSON.parse(readFileSync(join(target, 'kernel.json'), 'utf8'))
  assert.equal(spec.env['A'], 'b=c')
  assert.equal(spec.env['IPP_PROFILE_DIR'], join(dir, 'profile_lab'))
  const listed = await iparallel(context, dir, 'kernel', 'list').finished
  assert.match(listed.stdout, /^iparallel\s+Mine\t.*iparallel$/m)
  const removed = await iparallel(context, dir, 'kernel', 'remove').finished
  assert.deepEqual([removed.code, removed.stdout], [0, `Removed the kernel: ${target}\n`])
  assert.deepEqual(readdirSync(join(dir, 'kernels')), [])
  const again = await iparallel(context, dir, 'kernel', 'remove').finished
  assert.equal(again.code, 1)
  assert.match(again.stderr, /there is no kernel 'iparallel' in /)
})

test('a kernel that is started by hand says how to attach, and cleans up', async (context) => {
  const dir = ipythonDir(context)
  const { command, file, info } = await startKernel(context, dir)
  assert.equal(file, join(dir, 'run', `kernel-${command.pid}.json`))
  assert.equal(statSync(file).mode & 0o077, process.platform === 'win32' ? 0o066 : 0)
  assert.ok(info.key.length >= 32)
  assert.ok(await answers(info.shell_port))
  command.process.kill('SIGINT')
  await command.says(/Interrupted/)
  assert.equal((await command.interrupt()).code, 0)
  assert.ok(!existsSync(file))
})

test('a connection file that is there is kept, with the ports that were free', async (context) => {
  const dir = ipythonDir(context)
  const path = join(dir, 'mine.json')
  writeFileSync(path, JSON.stringify({ key: 'secret', ip: '127.0.0.1', transport: 'tcp' }))
  const { command, info } = await startKernel(context, dir, '-f', 'mine.json')
  assert.equal(info.key, 'secret')
  assert.ok(info.hb_port > 0)
  command.process.kill('SIGTERM')
  assert.equal((await command.finished).code, 0)
  assert.ok(existsSync(path))
})

test('a kernel ends with the process that started it', async (context) => {
  const { command, info } = await startKernel(context, ipythonDir(context))
  command.process.kill('SIGKILL')
  await falls(info.control_port)
})

test('a port that is taken is named, and the command ends', async (context) => {
  const dir = ipythonDir(context)
  const server = createServer().listen({ host: '127.0.0.1', port: 0 })
  context.after(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const path = join(dir, 'taken.json')
  writeFileSync(path, JSON.stringify({ shell_port: port }))
  const { code, stderr } = await iparallel(context, dir, 'kernel', 'start', '-f', path).finished
  assert.equal(code, 1)
  assert.match(stderr, new RegExp(`cannot listen on tcp://127.0.0.1:${port}`))
})

test('QtConsole that is not installed is asked for, with the way to get it', async (context) => {
  const dir = ipythonDir(context)
  const args = ['qtconsole', `--python=${process.execPath}`]
  const { code, stderr } = await iparallel(context, dir, ...args).finished
  assert.equal(code, 1)
  assert.match(stderr, /QtConsole is not installed.*pip install qtconsole/)
})
