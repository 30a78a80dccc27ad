import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SlabMemory } from './slab-memory.ts'

test('no byte is handed out twice, and every one is zero', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 80 }), (lengths) => {
      const memory = new SlabMemory()
      const pieces = lengths.map((length) => memory.take(length))
      pieces.forEach((piece, i) => {
        assert.equal(piece.length, lengths[i])
        assert.ok(piece.every((byte) => byte === 0))
        piece.fill(255)
      })
    }),
  )
})

test('small pieces share memory, tiny and large ones have their own', () => {
  const memory = new SlabMemory()
  assert.equal(memory.take(100).buffer, memory.take(100).buffer)
  for (const length of [0, 64, 4_096, 100_000]) {
    assert.equal(memory.take(length).buffer.byteLength, length)
  }
})
