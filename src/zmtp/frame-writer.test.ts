import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat } from '../base/mod.ts'
import { FrameWriter } from './frame-writer.ts'

test('small frames leave in one piece', () => {
  const writer = new FrameWriter()
  writer.frame(1, Uint8Array.of(65))
  writer.frame(0, new Uint8Array(0))
  const chunks = writer.take()
  assert.equal(chunks.length, 1)
  assert.deepEqual(chunks[0], Uint8Array.of(1, 1, 65, 0, 0))
})

test('a large frame is passed on as it is, between the pieces around it', () => {
  const large = new Uint8Array(100_000)
  const writer = new FrameWriter()
  writer.frame(1, Uint8Array.of(65))
  writer.frame(1, large)
  writer.frame(0, Uint8Array.of(66))
  const [before, body, after] = writer.take()
  assert.equal(body, large)
  assert.deepEqual(before, Uint8Array.of(1, 1, 65, 3, 0, 0, 0, 0, 0, 1, 0x86, 0xa0))
  assert.deepEqual(after, Uint8Array.of(0, 1, 66))
})

test('a frame of 256 bytes has a long header, one of 255 a short one', () => {
  const writer = new FrameWriter()
  writer.frame(0, new Uint8Array(255))
  writer.frame(0, new Uint8Array(256))
  const bytes = concat(writer.take())
  assert.deepEqual(bytes.subarray(0, 2), Uint8Array.of(0, 255))
  assert.deepEqual(bytes.subarray(257, 266), Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 1, 0))
})

test('it knows how many bytes wait, and that none do after they were taken', () => {
  const writer = new FrameWriter()
  writer.raw(new Uint8Array(64))
  writer.frame(4, new Uint8Array(300))
  assert.equal(writer.bytes, 64 + 9 + 300)
  assert.equal(concat(writer.take()).length, 64 + 9 + 300)
  assert.equal(writer.bytes, 0)
  assert.deepEqual(writer.take(), [])
})
