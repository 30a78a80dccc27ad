import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseObject } from './message.ts'

test('a frame that is not JSON is refused by its name', () => {
  assert.throws(() => parseObject(Buffer.from('{"a":'), 'header'), {
    code: 'IPAR_BAD_CONTENT',
    message: 'the header is not JSON',
  })
  assert.throws(() => parseObject(Buffer.from('[1]'), 'content'), {
    message: 'the content is not a JSON object',
  })
})

test('a pickle is refused with what its sender has to change', () => {
  for (const protocol of [2, 5]) {
    const pickle = Uint8Array.of(0x80, protocol, 0x7d, 0x2e)
    assert.throws(() => parseObject(pickle, 'header'), {
      message: /is not JSON but a pickle: .* must pack them with 'json' \(Session.packer/,
    })
  }
})
