import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  findKernelspec,
  jupyterDirs,
  jupyterRuntimeDir,
  kernelspecDirs,
  listKernelspecs,
} from './mod.ts'

const linux = { platform: 'linux', home: '/home/ann' } as const

test('on Linux the user, then the system is looked at', () => {
  assert.deepEqual(kernelspecDirs({ ...linux, env: {} }), [
    '/home/ann/.local/share/jupyter/kernels',
    '/usr/local/share/jupyter/kernels',
    '/usr/share/jupyter/kernels',
  ])
})

test('JUPYTER_PATH comes first, then the environment that is active', () => {
  const env = { JUPYTER_PATH: '/a:/b', VIRTUAL_ENV: '/venv', XDG_DATA_HOME: '/data' }
  assert.deepEqual(jupyterDirs({ ...linux, env }).slice(0, 4), [
    '/a',
    '/b',
    '/venv/share/jupyter',
    '/data/jupyter',
  ])
  const user = jupyterDirs({ ...linux, env: { ...env, JUPYTER_PREFER_ENV_PATH: '0' } })
  assert.deepEqual(user.slice(2, 4), ['/data/jupyter', '/venv/share/jupyter'])
})

test('macOS and Windows have their own folders', () => {
  const mac = { platform: 'darwin', home: '/Users/ann', env: {} } as const
  assert.equal(jupyterDirs(mac)[0], '/Users/ann/Library/Jupyter')
  const env = { APPDATA: 'C:\\Ann', PROGRAMDATA: 'C:\\All', JUPYTER_PATH: 'D:\\a;E:\\b' }
  const windows = { platform: 'win32', home: 'C:\\Users\\Ann', env } as const
  assert.deepEqual(kernelspecDirs(windows), [
    'D:\\a\\kernels',
    'E:\\b\\kernels',
    'C:\\Ann\\jupyter\\kernels',
  ])
  const trusting = { ...windows, env: { ...env, JUPYTER_USE_PROGRAMDATA: '1' } }
  assert.equal(kernelspecDirs(trusting).at(-1), 'C:\\All\\jupyter\\kernels')
})

test('connection files of kernels lie in the runtime folder', () => {
  const runtime = '/home/ann/.local/share/jupyter/runtime'
  assert.equal(jupyterRuntimeDir({ ...linux, env: {} }), runtime)
  assert.equal(jupyterRuntimeDir({ ...linux, env: { JUPYTER_RUNTIME_DIR: '/run/x' } }), '/run/x')
})

/** A folder of kernelspecs. */
function folder(context: { after(end: () => void): void }, specs: Record<string, unknown>): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-kernelspec-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  for (const [name, spec] of Object.entries(specs)) {
    mkdirSync(join(dir, name))
    const text = typeof spec === 'string' ? spec : JSON.stringify(spec)
    writeFileSync(join(dir, name, 'kernel.json'), text)
  }
  return dir
}

const julia = { argv: ['julia', '{connection_file}'], display_name: 'Julia', language: 'julia' }

test('a kernelspec is found by its name, and what it leaves out has the default', (t) => {
  const dir = folder(t, { julia: { ...julia, env: { A: '1' } } })
  assert.deepEqual(findKernelspec('Julia', ['/nowhere', dir]), {
    name: 'julia',
    dir: join(dir, 'julia'),
    argv: ['julia', '{connection_file}'],
    displayName: 'Julia',
    language: 'julia',
    interruptMode: 'signal',
    env: { A: '1' },
    metadata: {},
  })
})

test('of two kernels with one name, the one of the earlier folder is taken', (t) => {
  const first = folder(t, { julia: { ...julia, interrupt_mode: 'message' } })
  const second = folder(t, { julia, r: julia })
  const names = listKernelspecs([first, second]).map((spec) => `${spec.name} ${spec.interruptMode}`)
  assert.deepEqual(names, ['julia message', 'r signal'])
})

test('a kernel that is not there is an error that names those that are', (t) => {
  const dir = folder(t, { julia, r: julia })
  assert.throws(() => findKernelspec('python3', [dir]), {
    code: 'IPAR_NO_KERNELSPEC',
    message: /'python3'.*julia, r.*JUPYTER_PATH/,
  })
})

test('a broken kernelspec says what is wrong when it is asked for, and hides no other', (t) => {
  const dir = folder(t, { broken: '{', empty: { argv: [] }, julia })
  mkdirSync(join(dir, 'no-spec'))
  assert.throws(() => findKernelspec('broken', [dir]), /broken.kernel\.json: .*JSON/)
  assert.throws(() => findKernelspec('empty', [dir]), /empty.kernel\.json: 'argv' is empty/)
  assert.deepEqual(
    listKernelspecs([dir]).map(({ name }) => name),
    ['julia'],
  )
})
