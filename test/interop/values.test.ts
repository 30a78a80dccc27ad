import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc, { type Arbitrary } from 'fast-check'
import type * as Pickle from '../../src/pickle/mod.ts'
import type * as Serialize from '../../src/serialize/mod.ts'
import { type PythonPeer, pythonWithIpyparallel7, pythonWithIpyparallel9 } from '../pythons.ts'

// The folder is no door of the package: this reads the compiled one.
const dist = new URL('../../', import.meta.url)
const pickle = (await import(new URL('pickle/mod.js', dist).href)) as typeof Pickle
const { KeywordArguments, py, readPythonValue, writePythonValue } = pickle
const { Complex, NdArray, tuple } = (await import(
  new URL('serialize/mod.js', dist).href
)) as typeof Serialize

const { anyValue, asPythonKeeps } = (await import(
  new URL('pickle/any-value.test.js', dist).href
)) as {
  anyValue: Arbitrary<unknown>
  asPythonKeeps(sent: unknown): unknown
}

const source = new URL('../../../test/', import.meta.url)
const pathOf = (name: string): string => fileURLToPath(new URL(name, source))

const large = Float64Array.from({ length: 1000 }, (_, i) => i / 3)
const shared = [1]
const cyclic: unknown[] = []
cyclic.push(cyclic)

/** What is sent, and the expression in Python that it should equal; `check` has it as `v`. */
const values: readonly (readonly [value: unknown, expression: string])[] = [
  [undefined, 'None'],
  [null, 'None'],
  [true, 'True'],
  [[0, 255, 256, 65535, 65536, -1, -256], '[0, 255, 256, 65535, 65536, -1, -256]'],
  [[2 ** 31, -(2 ** 31), -(2 ** 31) - 1], '[2**31, -2**31, -2**31 - 1]'],
  [Number.MAX_SAFE_INTEGER, '2**53 - 1'],
  [2 ** 53, '2.0**53'],
  [[1n, -1n, 127n, 128n, -128n, -129n], '[1, -1, 127, 128, -128, -129]'],
  [[2n ** 64n, -(2n ** 64n), 10n ** 700n], '[2**64, -2**64, 10**700]'],
  [[0.5, -0, 1e300], '[0.5, -0.0, 1e300]'],
  [Number.POSITIVE_INFINITY, 'float("inf")'],
  [Number.NaN, 'float("nan")'],
  ['', '""'],
  ['h\u00e9\u{1f600}', '"h\\u00e9\\U0001f600"'],
  ['a\ud800b', '"a\\ud800b"'],
  ['x'.repeat(70_000), '"x" * 70000'],
  [Uint8Array.of(0, 255), 'b"\\x00\\xff"'],
  [Buffer.from('abc'), 'b"abc"'],
  [new Uint8Array(5000).fill(1).buffer, 'b"\\x01" * 5000'],
  [[1, [2, [], [3]]], '[1, [2, [], [3]]]'],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what it is about
  [[1, , 3], '[1, None, 3]'],
  [tuple(1, tuple(), [tuple(2)]), '(1, (), [(2,)])'],
  [{ b: 1, a: { '': null } }, '{"b": 1, "a": {"": None}}'],
  [new Map([['b', large]]), '{"b": np.arange(1000) / 3}'],
  [
    new Map<unknown, unknown>([
      [1, 'a'],
      [2, large],
    ]),
    '{1: "a", 2: np.arange(1000) / 3}',
  ],
  [
    new Map<unknown, unknown>([
      [1, 'a'],
      ['b', null],
      [[1, [2]], true],
    ]),
    'collections.OrderedDict([(1, "a"), ("b", None), ((1, (2,)), True)])',
  ],
  [new Set([1, 'a', [2]]), '{1, "a", (2,)}'],
  [[shared, shared], 'check v[0] is v[1]'],
  [[cyclic], 'check v[0][0] is v[0]'],
  [
    new Date('2024-02-29T12:30:15.250Z'),
    'datetime.datetime(2024, 2, 29, 12, 30, 15, 250000, datetime.timezone.utc)',
  ],
  [new Complex(1, -2), '1 - 2j'],
  [new TypeError('no'), 'TypeError("no")'],
  [new RangeError('far'), 'Exception("RangeError: far")'],
  [Int8Array.of(1, -2), 'np.array([1, -2], "i1")'],
  [Uint8ClampedArray.of(1, 255), 'np.array([1, 255], "u1")'],
  [Int16Array.of(1, -2), 'np.array([1, -2], "i2")'],
  [Uint16Array.of(1, 2), 'np.array([1, 2], "u2")'],
  [Int32Array.of(1, -2), 'np.array([1, -2], "i4")'],
  [Uint32Array.of(1, 2), 'np.array([1, 2], "u4")'],
  [BigInt64Array.of(1n, -2n), 'np.array([1, -2], "i8")'],
  [BigUint64Array.of(1n, 2n ** 64n - 1n), 'np.array([1, 2**64 - 1], "u8")'],
  [Float32Array.of(0.5), 'np.array([0.5], "f4")'],
  [large.subarray(1, 4), 'np.arange(1, 4) / 3'],
  [large, 'np.arange(1000) / 3'],
  [new Float64Array(), 'np.array([], "f8")'],
  [new NdArray(new Float32Array(), [0, 3]), 'np.zeros((0, 3), "f4")'],
  [new NdArray(large, [10, 100]), '(np.arange(1000) / 3).reshape(10, 100)'],
  [new NdArray(Float64Array.of(1), []), 'np.array(1.0)'],
  [new NdArray(Uint8Array.of(1, 0), [2], 'bool'), 'np.array([True, False])'],
  [new NdArray(Uint8Array.of(1, 0)), 'np.array([1, 0], "u1")'],
  [new NdArray(Float64Array.of(1, 2, 3, 4), [2], 'complex128'), 'np.array([1 + 2j, 3 + 4j])'],
  [
    new NdArray(Float32Array.of(1, -0.1, 65519, 65520, 6e-8, 1e-9, Number.NaN), [7], 'float16'),
    'np.array([1, -0.1, 65519, 65520, 6e-8, 1e-9, float("nan")], "f4").astype("f2")',
  ],
  [
    new NdArray(BigInt64Array.of(18262n), [1], 'datetime64[D]'),
    'np.array(["2020-01-01"], "M8[D]")',
  ],
  [{ x: [large] }, '{"x": [np.arange(1000) / 3]}'],
  [[[large]], 'check v[0][0].flags.writeable'],
  [Array.from({ length: 64 }, () => large), '[np.arange(1000) / 3] * 64'],
  [
    { '\u{1f600}': large, '\ufb01': new Uint8Array(2000), b: Int8Array.of(1) },
    '{"\\U0001f600": np.arange(1000) / 3, "\\ufb01": b"\\0" * 2000, "b": np.array([1], "i1")}',
  ],
  [py('a + 1'), '21'],
  [[py('a'), { b: 1 }], '[20, {"b": 1}]'],
]

type Calls = readonly (readonly [
  callee: Pickle.PythonCallee,
  args: readonly unknown[],
  expression: string,
])[]

const calls: Calls = [
  [pickle.pythonFunctionOf('len'), ['abc'], 'call 3'],
  [pickle.pythonFunctionOf('math.hypot'), [3, 4], 'call 5.0'],
  [
    pickle.pythonFunctionOf('os.path.join'),
    ['a', 'b'],
    'call __import__("os").path.join("a", "b")',
  ],
  [
    pickle.pythonFunctionOf('datetime.date.fromisoformat'),
    ['2024-01-02'],
    'call datetime.date(2024, 1, 2)',
  ],
  [
    pickle.pythonFunctionOf('numpy.sum'),
    [new NdArray(large, [10, 100]), new KeywordArguments({ axis: 0, keepdims: true })],
    'call (np.arange(1000) / 3).reshape(10, 100).sum(axis=0, keepdims=True)',
  ],
  [py('lambda x, y=1: x * a + y'), [2, new KeywordArguments({ y: py('a') })], 'call 60'],
  ['map', [py('lambda x: x * 2'), [1, 2]], 'call [2, 4]'],
]

const hex = (frame: Uint8Array): string => Buffer.from(frame).toString('hex')

function inPython(
  peer: PythonPeer,
  pairs: readonly (readonly [Uint8Array[], string])[],
): unknown[] {
  const input = JSON.stringify(pairs.map(([frames, text]) => [frames.map(hex), text]))
  const { stdout, stderr } = spawnSync(peer.path!, [pathOf('interop/read-values.py')], {
    input,
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  assert.ok(stdout.startsWith('['), stderr)
  return JSON.parse(stdout) as unknown[]
}

for (const [name, peer] of [
  ['ipyparallel 7', pythonWithIpyparallel7],
  ['ipyparallel 9', pythonWithIpyparallel9],
] as const) {
  const { skip } = peer

  test(`${name} gets the values that were sent`, { skip }, () => {
    const answers = inPython(
      peer,
      values.map(([value, text]) => [writePythonValue(value), text]),
    )
    for (const [i, [, text]] of values.entries()) assert.equal(answers[i], null, text)
  })

  test(`${name} makes the calls that were sent`, { skip }, () => {
    const pairs = calls.map(([callee, args, text]) => {
      const fn = pickle.packPythonFunction(callee)
      return [pickle.packPythonCall(fn, args), text] as const
    })
    const answers = inPython(peer, pairs)
    for (const [i, [, , text]] of calls.entries()) assert.equal(answers[i], null, text)
  })

  test(`${name} gets any value, and gives it back however it is pickled`, { skip }, () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const sent = fc.sample(anyValue, { numRuns: 300, seed })
    const input = JSON.stringify(sent.map((value) => writePythonValue(value).map(hex)))
    const { stdout, stderr } = spawnSync(peer.path!, [pathOf('interop/echo-values.py')], {
      input,
      encoding: 'utf8',
      maxBuffer: 1e9,
    })
    assert.ok(stdout.startsWith('['), stderr)
    for (const [i, forms] of (JSON.parse(stdout) as Record<string, string[]>[]).entries()) {
      const kept = asPythonKeeps(sent[i])
      for (const [form, frames] of Object.entries(forms)) {
        const bytes = frames.map((frame) => Uint8Array.from(Buffer.from(frame, 'hex')))
        assert.deepStrictEqual(readPythonValue(bytes).value, kept, `seed ${seed}: ${i}, ${form}`)
      }
    }
  })

  test(`what ${name} writes today is what was recorded`, { skip }, () => {
    const { stdout } = spawnSync(peer.path!, [pathOf('fixtures/pickles/pickles.py')], {
      encoding: 'utf8',
      maxBuffer: 1e8,
    })
    const file = pathOf(`fixtures/pickles/numpy-${name.endsWith('7') ? 1 : 2}.json`)
    assert.deepEqual(readAll(stdout), readAll(readFileSync(file, 'utf8')))
  })
}

/** The values of a listing by `pickles.py`, as shown; how many bytes they took may change. */
function readAll(listing: string): unknown {
  const records = JSON.parse(listing) as Record<string, Record<string, string[]>>
  return Object.entries(records).map(([name, { ipyparallel: frames }]) => {
    // Of a long double some bytes are whatever was in memory.
    if (frames === undefined || name === 'long double') return [name]
    const bytes = frames.map((frame) => Uint8Array.from(Buffer.from(frame, 'hex')))
    const { value } = readPythonValue(bytes)
    return [name, value instanceof Error ? String(value) : value]
  })
}
