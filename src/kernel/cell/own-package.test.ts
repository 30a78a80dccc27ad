import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { reachableSpecifier } from './own-package.ts'

/** Runs `body` in a folder of its own. */
function inFolder(body: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-own-'))
  const before = process.cwd()
  process.chdir(dir)
  try {
    body(dir)
  } finally {
    process.chdir(before)
    rmSync(dir, { recursive: true, force: true })
  }
}

test('where the working folder does not have this package, cells import the one that runs', () => {
  inFolder(() => {
    assert.match(reachableSpecifier('iparallel'), /^file:.*main\/mod\.js$/)
    assert.match(reachableSpecifier('iparallel/zmq'), /^file:.*main\/zmq\.js$/)
  })
})

test('a package that the working folder has is taken', () => {
  inFolder((dir) => {
    const folder = join(dir, 'node_modules', 'iparallel')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "exports": { ".": "./own.js" } }')
    writeFileSync(join(folder, 'own.js'), '')
    assert.equal(reachableSpecifier('iparallel'), 'iparallel')
  })
})

test('other packages, and doors that do not exist, are left to Node', () => {
  inFolder(() => {
    for (const name of ['iparallel-other', './iparallel', 'node:fs', 'iparallel/nowhere']) {
      assert.equal(reachableSpecifier(name), name)
    }
  })
})
