import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { text, utf8 } from '../base/mod.ts'
import { makeSigner } from './mod.ts'

for (const algorithm of ['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha3-256']) {
  test(`hmac-${algorithm} is what OpenSSL computes, for short, long and huge input`, () => {
    for (const key of ['k', 'x'.repeat(64), 'y'.repeat(200)]) {
      const signer = makeSigner(`hmac-${algorithm}`, key)
      for (const length of [0, 1, 63, 64, 65, 5000, 100_000, 10]) {
        const part = utf8('z'.repeat(length))
        const expected = createHmac(algorithm, key).update(part).update('tail').digest('hex')
        assert.equal(text(signer.sign([part, utf8('tail')])), expected)
      }
    }
  })
}

test('an unknown signature scheme is refused by name', () => {
  assert.throws(() => makeSigner('hmac-md17', 'k'), /hmac-md17.*hmac-sha256/)
  assert.throws(() => makeSigner('sha256', 'k'), { code: 'IPAR_ARGUMENT' })
})
