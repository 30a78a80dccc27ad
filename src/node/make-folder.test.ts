import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { isFolder, makeFolder } from './make-folder.ts'

function place(context: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('a folder is made with those above it, with the mode that is asked for', (context) => {
  const dir = place(context)
  makeFolder(join(dir, 'a', 'b', 'c'), 0o700)
  assert.ok(isFolder(join(dir, 'a', 'b', 'c')))
  if (process.platform !== 'win32') assert.equal(statSync(join(dir, 'a')).mode & 0o777, 0o700)
})

test('a folder that is there stays as it is', (context) => {
  const dir = place(context)
  writeFileSync(join(dir, 'x'), '')
  makeFolder(dir)
  assert.ok(!isFolder(join(dir, 'x')))
})

test('a file in the way is named', (context) => {
  const file = join(place(context), 'x')
  writeFileSync(file, '')
  assert.throws(() => makeFolder(join(file, 'y', 'z')), { code: 'EEXIST', path: file })
})

test('where nobody can make folders, it says so and returns', {
  skip: process.platform === 'linux' ? false : 'there is no /proc',
}, () => {
  assert.throws(() => makeFolder('/proc/iparallel/x/y'), { code: 'ENOENT' })
})
