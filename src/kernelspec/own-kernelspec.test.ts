import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { test } from 'node:test'
import {
  findKernelspec,
  installKernelspec,
  isOwn,
  kernelspecDirOf,
  removeKernelspec,
} from './mod.ts'

function folder(context: { after(end: () => void): void }): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-install-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('what is installed is a kernelspec with this Node, absolute paths and pictures', (t) => {
  const dir = folder(t)
  const installed = installKernelspec(dir, { env: { A: 'b' } })
  assert.deepEqual(readdirSync(installed).sort(), [
    'kernel.json',
    'logo-32x32.png',
    'logo-64x64.png',
    'logo-svg.svg',
  ])
  const spec = findKernelspec('iparallel', [dir])
  assert.equal(spec.displayName, 'TypeScript (iparallel)')
  assert.equal(spec.language, 'typescript')
  assert.equal(spec.interruptMode, 'message')
  assert.deepEqual(spec.env, { A: 'b' })
  assert.equal(spec.argv[0], process.execPath)
  assert.equal(spec.argv.at(-1), '{connection_file}')
  const program = spec.argv.find((part) => part.endsWith('.js'))!
  assert.ok(isAbsolute(program) && existsSync(program))
  assert.ok(isOwn(spec))
})

test('installing again replaces what this package has written', (t) => {
  const dir = folder(t)
  installKernelspec(dir, { displayName: 'old' })
  installKernelspec(dir, { displayName: 'new' })
  assert.equal(findKernelspec('iparallel', [dir]).displayName, 'new')
})

test('what cannot be installed leaves nothing behind, and what was there as it was', (t) => {
  const dir = folder(t)
  // No file can be put where a folder is: as on a full disk, the writing fails half way.
  const inTheWay = join('iparallel', 'logo-svg.svg')
  mkdirSync(join(dir, inTheWay), { recursive: true })
  writeFileSync(join(dir, inTheWay, 'x'), '')
  assert.throws(() => installKernelspec(dir), /cannot write .*--user installs for you alone/)
  assert.ok(!existsSync(join(dir, 'iparallel', 'kernel.json')))
  writeFileSync(join(dir, 'file'), '')
  assert.throws(() => installKernelspec(join(dir, 'file')), /cannot write/)
  assert.deepEqual(readdirSync(dir).sort(), ['file', 'iparallel'])
})

test('another kernel of the same name is neither replaced nor removed', (t) => {
  const dir = folder(t)
  mkdirSync(join(dir, 'deno'))
  const other = { argv: ['deno'], display_name: 'Deno', language: 'typescript' }
  writeFileSync(join(dir, 'deno', 'kernel.json'), JSON.stringify(other))
  assert.throws(() => installKernelspec(dir, { name: 'deno' }), /another kernel \(Deno\).*--name/)
  assert.throws(() => removeKernelspec([dir], 'deno'), /not a kernel of this package \(Deno\)/)
})

test('what was installed is removed, once', (t) => {
  const dir = folder(t)
  installKernelspec(dir, { name: 'mine' })
  assert.equal(removeKernelspec(['/nowhere', dir], 'mine'), join(dir, 'mine'))
  assert.throws(() => removeKernelspec([dir], 'mine'), /there is no kernel 'mine'/)
})

test('a name that Jupyter would not take is refused', (t) => {
  for (const name of ['a b', '../up', '..', '']) {
    assert.throws(() => installKernelspec(folder(t), { name }), { code: 'IPAR_ARGUMENT' })
  }
})

test('a place is the user’s folder, one below a prefix, or the active environment', () => {
  const host = { platform: 'linux', home: '/home/ann', env: { VIRTUAL_ENV: '/venv' } } as const
  assert.equal(
    kernelspecDirOf({ type: 'user' }, host),
    join('/home/ann', '.local', 'share', 'jupyter', 'kernels'),
  )
  assert.equal(
    kernelspecDirOf({ type: 'prefix', prefix: 'here' }, host),
    join(resolve('here'), 'share', 'jupyter', 'kernels'),
  )
  assert.equal(
    kernelspecDirOf({ type: 'sys-prefix' }, host),
    join('/venv', 'share', 'jupyter', 'kernels'),
  )
})
