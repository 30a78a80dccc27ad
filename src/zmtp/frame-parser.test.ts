import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concat } from '../base/mod.ts'
import { FrameParser } from './frame-parser.ts'
import { FrameWriter } from './frame-writer.ts'

interface Frame {
  readonly flags: number
  readonly body: Uint8Array
}

const bounds = { messageBytesMax: 1_000_000_000, commandBytesMax: 65_536 }

function encode(frames: readonly Frame[]): Uint8Array {
  const writer = new FrameWriter()
  for (const { flags, body } of frames) writer.frame(flags, body)
  return concat(writer.take())
}

function parse(chunks: readonly Uint8Array[], parser = new FrameParser(bounds)): Frame[] {
  const frames: Frame[] = []
  for (const chunk of chunks) {
    parser.push(chunk)
    while (parser.next()) frames.push({ flags: parser.flags, body: parser.body })
  }
  return frames
}

/** `bytes` in pieces that end at the given places. */
function split(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length]
  ends.sort((a, b) => a - b)
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end))
}

const frame = fc.record(
  {
    flags: fc.constantFrom(0, 1, 4),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ minLength: 200, maxLength: 300 }),
    ),
  },
  { noNullPrototype: true },
)

test('frames come out as they were written, wherever the bytes are split', () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.nat()), (frames, places) => {
      assert.deepEqual(parse(split(encode(frames), places)), frames)
    }),
  )
})

test('frames come out as they were written when bytes come one at a time', () => {
  const frames = [0, 1, 64, 65, 255, 256, 4_095, 4_096, 70_000].map((length, i) => ({
    flags: i % 2,
    body: new Uint8Array(length).fill(i + 1),
  }))
  const bytes = encode(frames)
  const single = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
  assert.deepEqual(parse(single), frames)
})

test('random bytes never make the parser throw, and after a fault it says nothing more', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
      const parser = new FrameParser({ messageBytesMax: 1_000, commandBytesMax: 100 })
      for (const chunk of chunks) {
        parser.push(chunk)
        const faulty = parser.fault !== undefined
        while (parser.next()) assert.ok(!faulty)
      }
    }),
    { numRuns: 1_000 },
  )
})

for (const [what, header] of [
  ['reserved bits', [8, 0]],
  ['a command with more frames to follow', [5, 0]],
  ['a command above its bound', [6, 0, 0, 0, 0, 0, 1, 0, 1]],
  ['a message frame above its bound', [2, 0, 0, 0, 0, 0x80, 0, 0, 0]],
  ['a size of 64 bits', [2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
] as const) {
  test(`a header with ${what} is a fault, before any of its body came`, () => {
    const parser = new FrameParser(bounds)
    assert.deepEqual(parse([Uint8Array.from(header)], parser), [])
    assert.notEqual(parser.fault, undefined)
  })
}

test('a large body begins at a multiple of eight, so that numbers can be seen in it', () => {
  const body = new Uint8Array(new Float64Array(1_000).fill(Math.PI).buffer)
  const bytes = encode([
    { flags: 1, body: Uint8Array.of(1, 2, 3) },
    { flags: 0, body },
  ])
  for (const chunks of [[bytes], split(bytes, [100])]) {
    const large = parse(chunks)[1]!.body
    assert.equal(new Float64Array(large.buffer, large.byteOffset, 1_000)[999], Math.PI)
    assert.equal(large.buffer.byteLength, large.byteLength)
  }
})

test('the middle of a large body that is read to where it belongs is not copied', () => {
  const body = new Uint8Array(3_000_000).map((_, i) => i % 251)
  const bytes = encode([{ flags: 0, body }])
  const parser = new FrameParser(bounds)
  let at = 1_000
  const seen = parse([bytes.subarray(0, at)], parser)
  let offered = 0
  for (let space = parser.space(); space !== undefined; space = parser.space()) {
    const part = bytes.subarray(at, at + Math.min(space.length, 70_001))
    space.set(part)
    at += part.length
    offered += part.length
    seen.push(...parse([space.subarray(0, part.length)], parser))
  }
  seen.push(...parse([bytes.subarray(at)], parser))
  assert.ok(offered > 2_900_000)
  assert.deepEqual(seen, [{ flags: 0, body }])
})

test('a claimed size costs memory only as its bytes arrive', () => {
  const parser = new FrameParser({ messageBytesMax: 2 ** 40, commandBytesMax: 10 })
  // 512 GB: more than there is, and than a typed array may hold.
  assert.deepEqual(parse([Uint8Array.of(2, 0, 0, 0, 0x80, 0, 0, 0, 0, 1, 2, 3)], parser), [])
  assert.equal(parser.fault, undefined)
  assert.ok(parser.space()!.buffer.byteLength <= 262_144)
})

test('what has arrived is at least a two hundred and fifty-sixth of the memory it got', () => {
  const parser = new FrameParser({ messageBytesMax: 2 ** 40, commandBytesMax: 10 })
  parse([Uint8Array.of(2, 0, 0, 0, 0, 4, 0, 0, 0)], parser)
  let arrived = 0
  for (let i = 0; i < 8; i++) {
    parse([new Uint8Array(100_000)], parser)
    arrived += 100_000
    assert.ok(parser.space()!.buffer.byteLength <= Math.max(262_144, arrived * 256))
  }
})

test('a body that grows beyond the first space it got is still whole', () => {
  const length = 67_108_864 + 1_000
  const body = new Uint8Array(length)
  body[0] = 1
  body[length - 1] = 2
  const [seen] = parse(split(encode([{ flags: 0, body }]), [5, 50_000_000]))
  assert.equal(seen!.body.length, length)
  assert.deepEqual([seen!.body[0], seen!.body[length - 1]], [1, 2])
})

test('a Buffer goes in, plain bytes that nobody else writes to come out', () => {
  const buffer = Buffer.from(encode([{ flags: 0, body: Uint8Array.of(7, 8) }]))
  const [seen] = parse([buffer])
  assert.equal(seen!.body.constructor, Uint8Array)
})
