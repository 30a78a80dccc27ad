import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { packFrames, unpackFrames } from './frame-parcel.ts'

function posted(frames: readonly Uint8Array[], mayTake: boolean): Uint8Array[] {
  const { parcel, transfer } = packFrames(frames, mayTake)
  return unpackFrames(structuredClone(parcel, { transfer }))
}

const frame = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.nat(20_000).map((length) => new Uint8Array(length).fill(length)),
  fc.nat(20_000).map((length) => new Uint8Array(32_768).fill(7).subarray(8, 8 + length)),
)

test('frames arrive as they were', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.boolean(), (frames, mayTake) => {
      const before = frames.map((bytes) => bytes.slice())
      assert.deepEqual(posted(frames, mayTake), before)
    }),
  )
})

test('a large frame with memory of its own is taken, not copied', () => {
  const large = new Uint8Array(1_000_000)
  posted([large], true)
  assert.equal(large.length, 0)
})

test('memory that others may be using is never taken', () => {
  const chunk = new Uint8Array(65_536)
  const view = chunk.subarray(8, 60_000)
  posted([view, chunk], false)
  posted([view], true)
  assert.equal(view.length, 59_992)
  assert.equal(chunk.length, 65_536)
})

test('a frame may come twice', () => {
  const large = new Uint8Array(100_000).fill(3)
  const [first, second] = posted([large, large], true)
  assert.deepEqual(first, second)
})

test('a small view does not take along what it is part of', () => {
  const { parcel } = packFrames([new Uint8Array(1_000_000).subarray(5, 8)], true)
  assert.equal(parcel.packed?.buffer.byteLength, 8)
})

test('numbers can be read in place from every frame', () => {
  const frames = posted([new Uint8Array(3), new Uint8Array(16), new Uint8Array(9_000)], false)
  for (const { byteOffset } of frames) assert.equal(byteOffset % 8, 0)
})

test('shared and resizable memory is copied', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(10_000)).fill(1)
  const Resizable = ArrayBuffer as new (length: number, options: object) => ArrayBuffer
  const resizable = new Uint8Array(new Resizable(10_000, { maxByteLength: 20_000 })).fill(2)
  const [a, b] = posted([shared, resizable], true)
  assert.ok(a?.buffer instanceof ArrayBuffer)
  assert.equal(b?.[9_999], 2)
  assert.equal(resizable.length, 10_000)
})
