import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Codec } from './codec.ts'
import { MalformedError } from './errors.ts'
import { fakeFunctions } from './fake-functions.test.ts'

const codec = new Codec({
  ...fakeFunctions,
  // Text that was changed at random must not be run.
  build: () => ({ value: () => undefined, bind() {} }),
})

const scalar = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(undefined),
  fc.constant(null),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
)

const value = fc.anything({
  values: [
    scalar,
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 3_000 }),
    fc.float64Array(),
  ],
  key: fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', 'constructor', 'toString', '0', 'a', 'b'),
  ),
  withMap: true,
  withSet: true,
  withSparseArray: true,
  withNullPrototype: true,
  maxDepth: 4,
})

/** Garbage may be a value by chance; what it must not do is throw anything else. */
function survives(frames: Uint8Array[]): void {
  try {
    codec.decode(frames)
  } catch (thrown) {
    assert.ok(thrown instanceof MalformedError, `threw ${String(thrown)}`)
  }
}

test('whatever can be made of plain values arrives as it was', () => {
  fc.assert(
    fc.property(value, (sent) => {
      assert.deepStrictEqual(codec.decode(codec.encode(sent)).value, sent)
    }),
    { numRuns: 2_000 },
  )
})

test('random bytes are refused, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isTable) => {
      survives([Uint8Array.of(0xa1, isTable ? 1 : 0, ...bytes), new Uint8Array(1_024)])
      survives([bytes])
    }),
    { numRuns: 20_000 },
  )
})

test('an encoding that was cut short is refused, wherever it was cut', () => {
  fc.assert(
    fc.property(value, fc.double({ min: 0, max: 1, noNaN: true }), (sent, where) => {
      const [first, ...rest] = codec.encode(sent)
      const cut = first!.subarray(0, Math.floor(where * first!.length))
      if (cut.length === first!.length) return
      assert.throws(() => codec.decode([cut, ...rest]), MalformedError)
    }),
    { numRuns: 3_000 },
  )
})

test('an encoding with changed bytes is refused or is another value', () => {
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(value, fc.array(change, { minLength: 1, maxLength: 4 }), (sent, changes) => {
      const [first, ...rest] = codec.encode(sent)
      for (const [at, byte] of changes) first![2 + (at % (first!.length - 2))] = byte
      survives([first!, ...rest])
    }),
    { numRuns: 20_000 },
  )
})

test('frames that are missing, of another length or in another order are refused', () => {
  const frames = codec.encode([new Uint8Array(2_000), new Uint8Array(3_000)])
  const [first, a, b] = frames as [Uint8Array, Uint8Array, Uint8Array]
  for (const wrong of [[first], [first, a], [first, b, a], [first, a, b.subarray(1)], []]) {
    assert.throws(() => codec.decode(wrong), MalformedError)
  }
})

test('a length that the bytes cannot hold reserves no memory', () => {
  const lie = Uint8Array.of(0xa1, 0, 0xbe, 0xff, 0xff, 0xff, 0xff, 0x0f)
  const before = process.memoryUsage().rss
  for (let i = 0; i < 1_000; i++) survives([lie])
  assert.ok(process.memoryUsage().rss - before < 200_000_000)
})
