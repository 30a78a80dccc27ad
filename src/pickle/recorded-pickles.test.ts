import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Complex, NdArray, Reference } from '../serialize/mod.ts'
import { PythonGlobal, PythonObject, readPythonValue } from './mod.ts'
import { runPickle } from './pickle-program.ts'
import { ValueMaker } from './value-maker.ts'

/** Value → how it was written → frames in hexadecimal; see `pickles.py` there. */
type Records = Record<string, Record<string, readonly string[]>>

const shared = [1]
const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic
const deepCycle: unknown[] = []
deepCycle.push([deepCycle])
const exception = Object.assign(new Error('bad, 2'), { name: 'ValueError' })

function opaque(type: string, args: unknown[], state?: unknown): PythonObject {
  return new PythonObject(type, args, state)
}

/** What each value of `pickles.py` is here. A function judges by itself. */
const expected: Record<string, unknown> = {
  none: null,
  booleans: [true, false],
  integers: [
    0,
    255,
    256,
    65535,
    65536,
    -1,
    2 ** 31,
    -(2 ** 31),
    Number.MAX_SAFE_INTEGER,
    2n ** 53n,
    -(2n ** 64n),
    10n ** 40n,
  ],
  floats: [0.5, -0, 1e300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  nan: Number.NaN,
  text: ['', 'abc', 'h\u00e9llo', '\u{1f600}', 'a\\b\nc', 'x'.repeat(300), '\\u0041'],
  surrogate: 'a\ud800b',
  bytes: [new Uint8Array(), Uint8Array.of(0, 255), new Uint8Array(300).fill(0x79)],
  bytearray: Uint8Array.of(0x61, 0x62, 0x63),
  list: [1, [2, [3]]],
  tuples: [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]],
  dict: JSON.parse('{"a":1,"__proto__":2,"c":{"d":null}}'),
  'dict of numbers': new Map<unknown, unknown>([
    [1, 'a'],
    [[2, 3], 'b'],
  ]),
  set: new Set([1, 2]),
  frozenset: new Set(['x']),
  shared: [shared, shared],
  cyclic,
  'deep cycle': deepCycle,
  complex: new Complex(1, -2),
  range: [2, 5, 8, 11],
  'long range': (value: unknown) => value instanceof PythonObject && /range$/.test(value.type),
  'ordered dict': { b: 1, a: 2 },
  'default dict': { k: [1] },
  deque: [1, 2],
  datetime: new Date('2024-02-29T12:30:15.250Z'),
  'datetime in a zone': new Date('2024-02-29T17:00:00Z'),
  date: (value: unknown) => isOpaque(value, 'datetime.date'),
  decimal: opaque('decimal.Decimal', ['1.50']),
  fraction: (value: unknown) => isOpaque(value, 'fractions.Fraction'),
  exception,
  'function by name': new PythonGlobal('builtins', 'len'),
  'class by name': new PythonGlobal('decimal', 'Decimal'),
  'float array': Float64Array.of(1.5, -2.5, Number.NaN),
  'int64 array': BigInt64Array.of(1n, -(2n ** 62n)),
  'uint64 array': BigUint64Array.of(2n ** 64n - 1n),
  'int32 array': Int32Array.of(1, -2),
  'uint8 array': Uint8Array.of(1, 255),
  'bool array': new NdArray(Uint8Array.of(1, 0), [2], 'bool'),
  'half array': new NdArray(
    Float32Array.of(1, -0.5, 65504, 2 ** -24, Number.POSITIVE_INFINITY),
    [5],
    'float16',
  ),
  'complex array': new NdArray(Float64Array.of(1, 2, -0, -3), [2], 'complex128'),
  'complex64 array': new NdArray(Float32Array.of(1, 2), [1], 'complex64'),
  matrix: new NdArray(Float64Array.of(0, 1, 2, 3, 4, 5), [2, 3]),
  'fortran matrix': new NdArray(Float64Array.of(0, 1, 2, 3, 4, 5), [2, 3]),
  'fortran cube': new NdArray(
    Int16Array.from({ length: 24 }, (_, i) => i),
    [2, 3, 4],
  ),
  'strided matrix': new NdArray(Float64Array.of(0, 2, 4, 6, 8, 10), [3, 2]),
  'big-endian array': Int32Array.of(1, 256),
  'big-endian matrix': new NdArray(Float64Array.of(0, 1, 2, 3), [2, 2]),
  'array without dimensions': new NdArray(Float64Array.of(3.5), []),
  'empty array': new Float64Array(),
  'empty matrix': new NdArray(new Float32Array(), [0, 3]),
  texts: [
    ['a', 'bcd'],
    ['\u00e9', ''],
  ],
  objects: [
    ['a', null],
    [1, 2.5],
  ],
  datetimes: new NdArray(BigInt64Array.of(18262n, 18263n), [2], 'datetime64[D]'),
  'long double': (value: unknown) => value === null || value instanceof PythonObject,
  structured: (value: unknown) => isOpaque(value, 'numpy.ndarray'),
  'large array': Float64Array.from({ length: 140 }, (_, i) => i),
  scalars: [1.5, 7, 2n ** 62n, true, 0.5],
  'complex scalar': new Complex(1, 2),
  'text scalar': 'abc',
  'half scalar': 0.5,
  'big-endian scalar': 258,
  'array in a list in a list': [[Float64Array.of(1, 2)]],
  'canned bytes': new Uint8Array(1100).fill(0x7a),
  'canned memory': Uint8Array.of(0x61, 0x62, 0x63),
  'canned list': [
    new Uint8Array(1100).fill(0x71),
    Float64Array.from({ length: 130 }, (_, i) => i),
    Uint8Array.from(Buffer.from('small')),
    Float64Array.of(0, 1),
  ],
  'canned dict': {
    b: Int32Array.from({ length: 300 }, (_, i) => i),
    a: new Uint8Array(1100).fill(0x77),
    '\ufb01': 1,
    '\u{1f600}': new Uint8Array(1200).fill(0x76),
  },
  'canned tuple': [new NdArray(new Float64Array(150), [3, 50]), 1],
  'canned objects': [null, { a: Float64Array.of(0, 1) }],
  'canned reference': new Reference('a.b'),
  'canned function': opaque('function', ['<lambda>']),
  'long list': Array.from({ length: 64 }, () => Float64Array.of(0, 1)),
  instance: (value: unknown) =>
    isOpaque(value, 'geometry.Point') && (value as { state: { x: unknown } }).state.x === 1,
}

/** ipyparallel copies the container that it is given, so a cycle begins one step later. */
const copied: Record<string, unknown> = { cyclic: { self: cyclic }, 'deep cycle': [deepCycle[0]] }

function isOpaque(value: unknown, type: string): boolean {
  return value instanceof PythonObject && value.type === type
}

/** An error's stack is not the same twice. */
function plain(value: unknown): unknown {
  return value instanceof Error ? [value.name, value.message] : value
}

function readOutOfBand([first, ...buffers]: Uint8Array[]): unknown {
  return new ValueMaker(0).make(runPickle(first!, buffers))
}

for (const numpy of ['numpy-1', 'numpy-2']) {
  const text = readFileSync(new URL(`../../test/fixtures/pickles/${numpy}.json`, import.meta.url))
  const records = JSON.parse(text.toString()) as Records
  for (const [name, forms] of Object.entries(records)) {
    test(`${numpy}: ${name} is read as what it is, however it was pickled`, () => {
      assert.ok(name in expected, 'nobody said what it should be')
      for (const [form, frames] of Object.entries(forms)) {
        const wanted = (form === 'ipyparallel' && copied[name]) || expected[name]
        const bytes = frames.map((frame) => Uint8Array.from(Buffer.from(frame, 'hex')))
        const value = form === 'out of band' ? readOutOfBand(bytes) : readPythonValue(bytes).value
        if (typeof wanted === 'function')
          assert.ok((wanted as (v: unknown) => boolean)(value), form)
        else assert.deepStrictEqual(plain(value), plain(wanted), form)
      }
    })
  }
}

for (const [title, hex, wanted] of [
  [
    // [e.args, e] of e = ValueError({'a': 1})
    'arguments of an exception that were also sent by themselves',
    '8004952e000000000000005d94287d948c0161944b017385948c086275696c74696e73948c0a56616c75654572726f7294939468035294652e',
    [[{ a: 1 }], ['ValueError', '…']],
  ],
  [
    // [t, d] of t = ([{'k': [1]}],) and a d that is pickled as deque(*t)
    'what an object was made of and what was sent beside it',
    '80049532000000000000005d94285d947d948c016b945d944b0161736185948c0b636f6c6c656374696f6e73948c05646571756594939468055294652e',
    [[[{ k: [1] }]], [{ k: [1] }]],
  ],
] as const) {
  test(`${title}: both are read`, () => {
    const { value } = readPythonValue([Uint8Array.from(Buffer.from(hex, 'hex'))])
    assert.deepStrictEqual((value as unknown[]).map(plain), wanted)
  })
}
