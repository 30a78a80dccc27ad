import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  binaryKey,
  concat,
  equal,
  equalConstantTime,
  fromBinaryKey,
  hex,
  text,
  utf8,
} from './mod.ts'

test('a binary key gives its bytes back', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
  assert.deepEqual(fromBinaryKey(binaryKey(bytes)), bytes)
})

test('two keys that differ in one byte differ', () => {
  assert.notEqual(binaryKey(Uint8Array.of(0, 1)), binaryKey(Uint8Array.of(0, 2)))
})

test('text survives its bytes', () => {
  assert.equal(text(utf8('µs, 漢字, 🌊')), 'µs, 漢字, 🌊')
})

test('parts are concatenated in order', () => {
  assert.deepEqual(
    concat([Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)]),
    Uint8Array.of(1, 2, 3),
  )
})

for (const same of [equal, equalConstantTime]) {
  test(`${same.name} looks at every byte and at the length`, () => {
    assert.ok(same(Uint8Array.of(1, 2), Uint8Array.of(1, 2)))
    assert.ok(!same(Uint8Array.of(1, 2), Uint8Array.of(1, 3)))
    assert.ok(!same(Uint8Array.of(1, 2), Uint8Array.of(3, 2)))
    assert.ok(!same(Uint8Array.of(1, 2), Uint8Array.of(1)))
  })
}

test('bytes are written in lowercase hexadecimal', () => {
  assert.equal(hex(Uint8Array.of(0, 15, 16, 255)), '000f10ff')
})
