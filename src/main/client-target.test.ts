import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { ArgumentError } from '../base/mod.ts'
import { clientInfoOf, NoConnectionFileError } from './client-target.ts'

test('a folder is no connection file', async () => {
  await assert.rejects(clientInfoOf(tmpdir()), (error) => {
    assert.ok(error instanceof ArgumentError)
    assert.match(error.message, /is a folder; .*profileDir/)
    return true
  })
})

test('a word that is no path may be the name of a profile', async () => {
  await assert.rejects(clientInfoOf('parallel'), (error) => {
    assert.ok(error instanceof NoConnectionFileError)
    assert.match(error.message, /\{ profile: 'parallel' \}/)
    return true
  })
})
