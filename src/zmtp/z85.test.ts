import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeZ85, encodeZ85 } from './z85.ts'

test('the example of RFC 32', () => {
  const bytes = Uint8Array.of(0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b)
  assert.equal(encodeZ85(bytes), 'HelloWorld')
  assert.deepEqual(decodeZ85('HelloWorld'), bytes)
})

test('bytes come back as they were', () => {
  const fourfold = fc.uint8Array({ maxLength: 20 }).map((some) => some.subarray(some.length % 4))
  fc.assert(
    fc.property(fourfold, (bytes) =>
      assert.deepEqual(decodeZ85(encodeZ85(bytes)), new Uint8Array(bytes)),
    ),
  )
})

for (const [what, text] of [
  ['of a wrong length', 'Hello1'],
  ['with a character that is none of the 85', 'Hell~'],
  ['with a character of two units', 'Hel😀'],
  ['above the largest number', '#####'],
] as const) {
  test(`a text ${what} is no Z85`, () => assert.equal(decodeZ85(text), undefined))
}
