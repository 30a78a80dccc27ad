import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { Codec } from './codec.ts'
import { MalformedError } from './errors.ts'
import { fakeFunctions } from './fake-functions.test.ts'
import { Reference } from './reference.ts'

const codec = new Codec(fakeFunctions)

function there<T>(value: T): T {
  return codec.decode(codec.encode(value)).value as T
}

function holes(length: number, elements: Record<number, unknown>): unknown[] {
  return Object.assign(new Array<unknown>(length), elements)
}

const same: Record<string, unknown[]> = {
  'undefined, null and booleans': [undefined, null, true, false],
  'integers of every width': [
    0,
    63,
    64,
    255,
    256,
    32_767,
    32_768,
    2 ** 31 - 1,
    -1,
    -32_769,
    -(2 ** 31),
  ],
  'numbers that are no 32-bit integers': [2 ** 31, 2 ** 53, 2 ** 53 + 2, 1e300, 5e-324, 0.1, -1.5],
  'minus zero, NaN and the infinities': [-0, Number.NaN, Infinity, -Infinity],
  'bigints of any size': [0n, -1n, 2n ** 63n, -(2n ** 64n), 3n ** 5_000n],
  'ASCII text around every length limit': [0, 1, 15, 16, 63, 64, 16_383, 16_384].map((n) =>
    'x'.repeat(n),
  ),
  'text in any script': ['µ', '漢字', '🌊', '\u0000', '\ufeffmark', 'é'.repeat(20_000)],
  'text with lone surrogates': ['\ud800', 'a\udc00b', '\ud800'.repeat(20_000)],
  'registered and well-known symbols': [Symbol.for('iparallel'), Symbol.iterator],
  'small and large arrays': [[], [1, 'a', null], Array.from({ length: 300 }, (_, i) => [i])],
  'arrays of numbers, packed or not': [
    [1, 2, 3],
    Array.from({ length: 40 }, (_, i) => i),
    Array.from({ length: 40 }, (_, i) => i - 300),
    Array.from({ length: 40 }, (_, i) => i * 70_000),
    Array.from({ length: 40 }, (_, i) => i / 3),
    Array.from({ length: 40 }, () => -0),
    Array.from({ length: 2_000 }, (_, i) => i * 1e9),
  ],
  'plain objects, also with odd keys': [
    {},
    { a: 1 },
    { '': 1, 'two words': 2, 10: 3, 漢: 4 },
    { undefined: undefined },
    Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, i])),
  ],
  'objects without a prototype': [Object.assign(Object.create(null), { a: 1 })],
  'maps and sets, with any key': [
    new Map<unknown, unknown>([[{ a: 1 }, new Set([1n])]]),
    new Set(),
  ],
  dates: [new Date(0), new Date(-1), new Date(8.64e15)],
  'regular expressions': [/a+/giu, Object.assign(/x/g, { lastIndex: 3 })],
  URLs: [new URL('https://example.org/a?b#c')],
  'boxed primitives': [Object(1), Object('a'), Object(true), Object(1n)],
  'sparse arrays': [
    holes(3, { 0: 1, 2: 3 }),
    holes(1, {}),
    Object.assign([], { 5000: 1, 4000000000: 2 }),
  ],
}

for (const [what, values] of Object.entries(same)) {
  test(`${what} arrive as they were`, () => {
    for (const value of values) assert.deepStrictEqual(there(value), value)
    assert.deepStrictEqual(there(values), values)
  })
}

test('an invalid date arrives invalid', () => {
  const arrived = there(new Date(Number.NaN))
  assert.ok(arrived instanceof Date)
  assert.ok(Number.isNaN(arrived.getTime()))
})

test('an array keeps its holes and its undefined elements apart', () => {
  const arrived = there(holes(3, { 0: undefined, 2: undefined }))
  assert.deepEqual([0 in arrived, 1 in arrived, 2 in arrived], [true, false, true])
})

test('an array with one element at the far end costs no time for its holes', () => {
  const array: unknown[] = []
  array[2 ** 32 - 2] = 'last'
  const arrived = there(array)
  assert.equal(arrived.length, 2 ** 32 - 1)
  assert.equal(arrived.at(-1), 'last')
})

test('the same object twice is the same object twice', () => {
  const date = new Date(1)
  const point = { x: 1 }
  const arrived = there({ points: [point, point], byKey: new Map([[point, date]]), date })
  const [first, second] = arrived.points
  assert.equal(first, second)
  assert.equal(arrived.byKey.get(first!), arrived.date)
})

test('identity holds among more objects than are compared one by one', () => {
  const objects = Array.from({ length: 100 }, (_, i) => ({ i }))
  const arrived = there([...objects, ...objects])
  for (let i = 0; i < 100; i++) assert.equal(arrived[i], arrived[i + 100])
})

test('cycles through objects, arrays, maps, sets and errors close again', () => {
  const object: Record<string, unknown> = {}
  object['array'] = [object]
  object['map'] = new Map([[object, object]])
  object['set'] = new Set([object])
  object['error'] = new Error('round', { cause: object })
  const arrived = there(object) as typeof object
  assert.equal((arrived['array'] as unknown[])[0], arrived)
  assert.equal((arrived['map'] as Map<unknown, unknown>).get(arrived), arrived)
  assert.ok((arrived['set'] as Set<unknown>).has(arrived))
  assert.equal((arrived['error'] as Error).cause, arrived)
})

test('objects of one shape, of alternating shapes and of too many shapes all arrive', () => {
  const values = Array.from({ length: 500 }, (_, i) =>
    i % 3 === 0 ? { a: i, b: i } : i % 3 === 1 ? { b: i, a: i } : { [`own${i}`]: i },
  )
  assert.deepStrictEqual(there(values), values)
  assert.deepEqual(Object.keys(there(values)[1]!), ['b', 'a'])
})

test('a key __proto__ is a property like any other and pollutes nothing', () => {
  const hostile = JSON.parse(
    '[{"__proto__":{"polluted":1},"a":1},{"__proto__":2,"b":3}]',
  ) as object[]
  const many = JSON.parse('{"__proto__":{"polluted":1},"a":1}') as object
  for (let i = 0; i < 100; i++) Object.assign(many, { [`k${i}`]: i })
  const arrived = there([...hostile, many])
  assert.deepStrictEqual(arrived, [...hostile, many])
  assert.ok(arrived.every((each) => Object.getPrototypeOf(each) === Object.prototype))
  assert.equal(({} as { polluted?: number }).polluted, undefined)
})

test('toJSON is not called', () => {
  const value = { a: 1, toJSON: 'not a function, and no matter' }
  assert.deepStrictEqual(there(value), value)
})

test('accessors arrive as the value that they had', () => {
  const value = {
    get now() {
      return 5
    },
  }
  assert.deepEqual(Object.getOwnPropertyDescriptor(there(value), 'now')?.value, 5)
})

test('a getter may itself use the codec', () => {
  const value = {
    before: [1, 2, 3],
    get nested() {
      return codec.decode(codec.encode({ deep: 'inside' })).value
    },
    after: 'x',
  }
  assert.deepEqual(there(value), { before: [1, 2, 3], nested: { deep: 'inside' }, after: 'x' })
})

test('values of another realm are recognised', () => {
  const foreign: unknown = runInNewContext(
    '({ map: new Map([[1, [2]]]), date: new Date(5), error: new TypeError("t"), view: new Uint8Array([7]), list: [1, , 2], re: /r/g })',
  )
  const arrived = there(foreign) as Record<string, unknown>
  assert.deepStrictEqual(arrived['map'], new Map([[1, [2]]]))
  assert.deepStrictEqual(arrived['date'], new Date(5))
  assert.ok(arrived['error'] instanceof TypeError)
  assert.deepStrictEqual(arrived['view'], Uint8Array.of(7))
  assert.deepStrictEqual(arrived['list'], holes(3, { 0: 1, 2: 2 }))
  assert.deepStrictEqual(arrived['re'], /r/g)
})

test('an object that says it is a Map, and is not, arrives as the object that it is', () => {
  const pretender = { a: 1, [Symbol.toStringTag]: 'Map' }
  assert.deepStrictEqual(there(pretender), { a: 1 })
})

test('a reference arrives as one, or as what the receiver makes of it', () => {
  const frames = codec.encode({ here: new Reference('a + b') })
  const plain = codec.decode(frames).value as { here: Reference }
  assert.ok(plain.here instanceof Reference)
  assert.equal(plain.here.expression, 'a + b')
  const hooks = { reference: (expression: string) => `<${expression}>` }
  assert.deepEqual(codec.decode(frames, 0, hooks).value, { here: '<a + b>' })
})

test('what evaluating a reference throws reaches the caller as it is', () => {
  const failure = new ReferenceError('a is not defined')
  const reference = (): never => {
    throw failure
  }
  assert.throws(() => codec.decode(codec.encode(new Reference('a')), 0, { reference }), failure)
})

test('a value may begin at any frame, and says how many frames it took', () => {
  const first = codec.encode([new Float64Array(1_000), 'x'.repeat(20_000)])
  const second = codec.encode('next')
  assert.equal(first.length, 3)
  const frames = [...first, ...second]
  assert.equal(codec.decode(frames).used, 3)
  assert.deepEqual(codec.decode(frames, 3), { value: 'next', used: 1, isStateless: true })
})

test('the first byte is none that a pickle can begin with', () => {
  const [frame] = codec.encode(1)
  assert.equal(frame![0], 0xa1)
  assert.throws(() => codec.decode([Uint8Array.of(0x80, 4, 0x4e, 0x2e)]), MalformedError)
})

test('each result has memory of its own, so that it can be transferred', () => {
  const [one] = codec.encode('one')
  const [two] = codec.encode('two')
  assert.notEqual(one!.buffer, two!.buffer)
  assert.equal(one!.byteLength, one!.buffer.byteLength)
})
