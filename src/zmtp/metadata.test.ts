import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { utf8 } from '../base/mod.ts'
import { decodeMetadata, encodeMetadata } from './metadata.ts'

test('properties are found again, whatever the case of their names', () => {
  const bytes = encodeMetadata([
    ['Socket-Type', utf8('DEALER')],
    ['Identity', new Uint8Array(0)],
  ])
  const metadata = decodeMetadata(bytes)
  assert.deepEqual(metadata?.get('socket-type'), utf8('DEALER'))
  assert.deepEqual(metadata?.get('identity'), new Uint8Array(0))
})

test('metadata that is cut anywhere but between properties is refused', () => {
  const bytes = encodeMetadata([['Socket-Type', utf8('DEALER')]])
  for (let end = 1; end < bytes.length; end++) {
    assert.equal(decodeMetadata(bytes.subarray(0, end)), undefined)
  }
})

test('a name that the grammar does not allow is refused', () => {
  assert.equal(decodeMetadata(Uint8Array.of(0, 0, 0, 0, 0)), undefined)
  assert.equal(decodeMetadata(Uint8Array.of(1, 32, 0, 0, 0, 0)), undefined)
})

test('random bytes are read or refused, never thrown about', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void decodeMetadata(bytes)))
})
