import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../base/mod.ts'
import { replaceFile } from './replace-file.ts'

/** A file system that refuses some times. */
function refusing(platform: NodeJS.Platform, code: string, times: number) {
  let attempts = 0
  const rename = (): void => {
    attempts++
    if (attempts <= times) throw Object.assign(new Error(`${code}: refused`), { code })
  }
  return { platform, rename, attempts: () => attempts }
}

test('on Windows a file that is open just now is replaced a little later', () => {
  const system = refusing('win32', 'EPERM', 2)
  replaceFile('a', 'b', system)
  assert.equal(system.attempts(), 3)
})

test('one that stays open is an error in the end', () => {
  const system = refusing('win32', 'EBUSY', Number.POSITIVE_INFINITY)
  assert.throws(() => replaceFile('a', 'b', system), { code: 'EBUSY' })
  assert.equal(system.attempts(), limits.replaceAttemptsMax)
})

test('what does not pass is an error at once', () => {
  for (const system of [refusing('win32', 'ENOENT', 9), refusing('linux', 'EPERM', 9)]) {
    assert.throws(() => replaceFile('a', 'b', system), /refused/)
    assert.equal(system.attempts(), 1)
  }
})
