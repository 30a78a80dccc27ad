import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Kernelspec } from '../kernelspec/mod.ts'
import { commandOf, kernelEnvironment } from './kernel-command.ts'

const julia: Kernelspec = {
  name: 'julia',
  dir: join('specs', 'julia'),
  argv: ['julia', '-i', '{resource_dir}/start.jl', '{connection_file}'],
  displayName: 'Julia',
  language: 'julia',
  interruptMode: 'signal',
  env: {},
  metadata: {},
}
const ours: Kernelspec = { ...julia, metadata: { iparallel: {} } }

test('a command has the connection file and the folder of its kernelspec filled in', () => {
  assert.deepEqual(commandOf(julia, 'k.json'), ['julia', '-i', `${julia.dir}/start.jl`, 'k.json'])
})

test('python is the one of the environment that the kernelspec is in', (t) => {
  const prefix = mkdtempSync(join(tmpdir(), 'iparallel-prefix-'))
  t.after(() => rmSync(prefix, { recursive: true, force: true }))
  const bin = process.platform === 'win32' ? 'Scripts' : 'bin'
  const name = process.platform === 'win32' ? 'python.exe' : 'python3'
  const dir = join(prefix, 'share', 'jupyter', 'kernels', 'python3')
  const spec = { ...julia, dir, argv: ['python3', '-m', 'ipykernel'] }
  assert.equal(commandOf(spec, '')[0], 'python3')
  mkdirSync(join(prefix, bin))
  writeFileSync(join(prefix, bin, name), '')
  assert.equal(commandOf(spec, '')[0], join(prefix, bin, name))
})

test('a kernelspec adds to the environment, in words of it', () => {
  const other = `\${NOWHERE}`
  const spec = { ...julia, env: { PATH: `/julia:\${PATH}`, OTHER: other } }
  const env = kernelEnvironment(spec, { EXTRA: '1' }, { PATH: '/bin', HOME: '/home/ann' })
  assert.equal(env['PATH'], '/julia:/bin')
  assert.equal(env['OTHER'], other)
  assert.equal(env['HOME'], '/home/ann')
  assert.equal(env['EXTRA'], '1')
})

test('a kernel is told who started it, except where it would take that for a handle', () => {
  const inherited = { JPY_PARENT_PID: '12' }
  const told = (spec: Kernelspec, platform: NodeJS.Platform) =>
    kernelEnvironment(spec, {}, inherited, platform)['JPY_PARENT_PID']
  assert.equal(told(julia, 'linux'), String(process.pid))
  assert.equal(told(ours, 'win32'), String(process.pid))
  assert.equal(told(julia, 'win32'), undefined)
})
