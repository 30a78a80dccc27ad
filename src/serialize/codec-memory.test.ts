import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Codec } from './codec.ts'
import { fakeFunctions } from './fake-functions.test.ts'
import { outOfBandBytesMin } from './format.ts'

const codec = new Codec(fakeFunctions)

function there<T>(value: T): T {
  return codec.decode(codec.encode(value)).value as T
}

/** The frames as a socket would hand them over: views into one chunk, at `shift` bytes. */
function received(frames: readonly Uint8Array[], shift: number): Uint8Array[] {
  return frames.map((frame) => {
    const chunk = new Uint8Array(frame.length + shift + 8)
    chunk.set(frame, shift)
    return chunk.subarray(shift, shift + frame.length)
  })
}

const views = [
  Int8Array.of(-1, 2),
  Uint8Array.of(1, 255),
  Uint8ClampedArray.of(255),
  Int16Array.of(-2),
  Uint16Array.of(65_535),
  Int32Array.of(-3),
  Uint32Array.of(2 ** 32 - 1),
  Float32Array.of(0.5, Number.NaN),
  Float64Array.of(-0, 0.1),
  BigInt64Array.of(-1n),
  BigUint64Array.of(2n ** 64n - 1n),
  new DataView(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2),
  Buffer.from('text'),
  ...newerViews(),
]

/** Typed arrays that not every version of Node has. */
function newerViews(): ArrayBufferView[] {
  const { Float16Array } = globalThis as unknown as Record<
    string,
    Uint8ArrayConstructor | undefined
  >
  return Float16Array === undefined ? [] : [Float16Array.of(1.5, -0)]
}

for (const view of views) {
  test(`a ${view.constructor.name} arrives as one, small or large`, () => {
    assert.deepStrictEqual(there(view), view)
    const View = view.constructor as new (buffer: ArrayBuffer) => ArrayBufferView
    const bytes = new ArrayBuffer(4_096)
    const large = Buffer.isBuffer(view) ? Buffer.from(bytes) : new View(bytes)
    const frames = codec.encode(large)
    assert.equal(frames.length, 2)
    assert.deepStrictEqual(codec.decode(frames).value, large)
  })
}

test('a large typed array is neither copied when sent nor when received', () => {
  const array = Float64Array.from({ length: 1_000 }, (_, i) => i)
  const frames = codec.encode({ array })
  assert.equal(frames[1]!.buffer, array.buffer)
  const arrived = codec.decode(received(frames, 16)).value as { array: Float64Array }
  assert.deepEqual(arrived.array, array)
  const [, second] = received(frames, 16)
  const inPlace = codec.decode([frames[0]!, second!]).value as { array: Float64Array }
  assert.equal(inPlace.array.buffer, second!.buffer)
})

test('a frame at an address that does not fit is copied, once', () => {
  const array = Float64Array.from({ length: 1_000 }, (_, i) => i)
  const frames = received(codec.encode(array), 3)
  const arrived = codec.decode(frames).value as Float64Array
  assert.deepEqual(arrived, array)
  assert.notEqual(arrived.buffer, frames[1]!.buffer)
})

test('the threshold decides which frame carries the bytes', () => {
  assert.equal(codec.encode(new Uint8Array(outOfBandBytesMin - 1)).length, 1)
  assert.equal(codec.encode(new Uint8Array(outOfBandBytesMin)).length, 2)
})

test('a part of an array is sent without the rest of its memory', () => {
  const pool = new Uint8Array(100_000).fill(1)
  const frames = codec.encode(pool.subarray(10, 5_000))
  assert.equal(frames[1]!.length, 4_990)
  const small = codec.encode(pool.subarray(10, 20))
  assert.ok(small[0]!.length < 40)
})

test('a small array does not keep the message in memory', () => {
  const [frame] = codec.encode({ text: 'x'.repeat(10_000), small: Uint8Array.of(1, 2) })
  const arrived = codec.decode([frame!]).value as { small: Uint8Array }
  assert.equal(arrived.small.buffer.byteLength, 2)
})

for (const size of [16, 4_096]) {
  test(`views that share ${size} bytes of memory share them on arrival`, () => {
    const bytes = new Uint8Array(size)
    const floats = new Float32Array(bytes.buffer, 4, 2)
    for (const shift of [0, 1, 8]) {
      const frames = received(codec.encode({ bytes, floats, buffer: bytes.buffer }), shift)
      const arrived = codec.decode(frames).value as typeof sent
      arrived.floats[0] = 1
      assert.equal(arrived.bytes[7], 0x3f)
      assert.equal(arrived.buffer, arrived.bytes.buffer)
      assert.equal(arrived.buffer.byteLength, size)
    }
    const sent = { bytes, floats, buffer: bytes.buffer }
  })
}

test('views of one buffer that do not overlap are sent apart', () => {
  const { buffer } = new Float64Array(10_000)
  const frames = codec.encode([
    new Float64Array(buffer, 0, 200),
    new Float64Array(buffer, 40_000, 200),
  ])
  assert.deepEqual(
    frames.slice(1).map((frame) => frame.length),
    [1_600, 1_600],
  )
})

test('overlapping views that start at odd places keep their alignment', () => {
  const bytes = new Uint8Array(8_192).map((_, i) => i)
  const odd = bytes.subarray(3, 5_000)
  const doubles = new Float64Array(bytes.buffer, 8, 600)
  for (const shift of [0, 1, 3, 8]) {
    const frames = received(codec.encode([odd, doubles]), shift)
    assert.deepEqual(codec.decode(frames).value, [odd, doubles])
  }
})

test('an ArrayBuffer arrives with exactly its length, wherever its frame lay', () => {
  const { buffer } = Uint8Array.from({ length: 2_000 }, (_, i) => i)
  for (const shift of [0, 16]) {
    const arrived = codec.decode(received(codec.encode(buffer), shift)).value
    assert.deepEqual(arrived, buffer)
  }
  assert.deepEqual(there(new ArrayBuffer(0)), new ArrayBuffer(0))
})

test('views of shared memory arrive with memory of their own, as it was when sent', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(2_000)).fill(7)
  const frames = codec.encode(shared)
  shared.fill(8)
  const arrived = codec.decode(frames).value as Uint8Array
  assert.ok(arrived.buffer instanceof ArrayBuffer)
  assert.equal(arrived[0], 7)
})

test('empty views, also of detached memory, arrive empty', () => {
  const detached = new Uint8Array(8)
  structuredClone(detached.buffer, { transfer: [detached.buffer] })
  assert.deepEqual(there([detached, new Float64Array(0)]), [new Uint8Array(0), new Float64Array(0)])
})

test('long text travels out of band and arrives as text', () => {
  const text = 'naïve '.repeat(10_000)
  const frames = codec.encode({ text, again: text })
  assert.equal(frames.length, 3)
  assert.deepEqual(codec.decode(frames).value, { text, again: text })
})

test('64 MB of doubles take no longer than a few bytes', () => {
  const array = new Float64Array(8_388_608)
  const frames = codec.encode(array)
  const arrived = codec.decode(frames).value as Float64Array
  assert.equal(arrived.buffer, array.buffer)
  assert.equal(frames[0]!.length < 64, true)
})
