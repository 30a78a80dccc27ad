import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MalformedError, Reference, UnserializableError } from '../serialize/mod.ts'
import {
  kwargs,
  packPythonCall,
  packPythonFunction,
  py,
  pythonFunctionOf,
  readPythonCallee,
  unpackPythonCall,
  writePythonValue,
} from './mod.ts'

const push = packPythonFunction('push')

test('a call arrives with its arguments, those with names too', () => {
  const large = new Float64Array(1_000).fill(3)
  const frames = packPythonCall(push, [1, large, 'a', kwargs({ b: large, a: [Uint8Array.of(1)] })])
  assert.deepEqual(unpackPythonCall(frames), {
    callee: { kind: 'helper', helper: 'push' },
    args: [1, large, 'a'],
    keywords: { a: [Uint8Array.of(1)], b: large },
  })
})

test('large arrays are not copied on their way out', () => {
  const large = new Float64Array(1_000)
  const frames = packPythonCall(push, [large, { large }])
  assert.equal(frames.filter((frame) => frame.buffer === large.buffer).length, 2)
})

test('large arrays that came in aligned frames are views of them', () => {
  const frames = writePythonValue(new Float64Array(1_000)).map((frame) => frame.slice())
  const call = packPythonCall(push, [])
  const { args } = unpackPythonCall([...call.slice(0, 1), ...infoOf(1, 2), ...frames])
  assert.equal((args[0] as Float64Array).buffer, frames[1]!.buffer)
})

function infoOf(nargs: unknown, bufs: unknown, names: unknown = []): Uint8Array[] {
  return writePythonValue({ nargs, narg_bufs: bufs, kw_keys: names })
}

test('each helper is known again', () => {
  for (const helper of ['push', 'pull', 'execute', 'map'] as const) {
    const callee = readPythonCallee(packPythonFunction(helper))
    assert.deepEqual(callee, { kind: 'helper', helper })
  }
})

test('an expression is what is to be called, or evaluated where it is an argument', () => {
  const frames = packPythonCall(packPythonFunction(new Reference('f')), [py('a'), [py('b')]])
  const asked: string[] = []
  const call = unpackPythonCall(frames, {
    reference: (expression) => {
      asked.push(expression)
      return undefined
    },
  })
  assert.deepEqual(call.callee, { kind: 'reference', expression: 'f' })
  assert.deepEqual(call.args, [undefined, [undefined]])
  assert.deepEqual(asked, ['a', 'b'])
})

test('what a hook throws is the error of the call', () => {
  const frames = packPythonCall(push, [py('a')])
  const reference = (): never => {
    throw new RangeError('mine')
  }
  assert.throws(() => unpackPythonCall(frames, { reference }), /RangeError: mine/)
})

test('names with dots are imported, others are looked up where the call arrives', () => {
  const { name } = pythonFunctionOf('numpy.linalg.norm') as { name?: string }
  assert.equal(name, 'numpy.linalg.norm')
  assert.ok(pythonFunctionOf('f') instanceof Reference)
  for (const wrong of ['', 'a.', 'a b', 'lambda: 1', '.a', '1.a']) {
    assert.throws(() => pythonFunctionOf(wrong), /py\('lambda x: x \* 2'\)/, wrong)
  }
  assert.throws(() => py(' '), /an expression of Python/)
})

test('kwargs come last', () => {
  assert.throws(() => packPythonCall(push, [kwargs({}), 1]), /last argument/)
})

test('a description that does not fit the frames is refused', () => {
  const arg = writePythonValue(1)
  for (const rest of [
    [],
    infoOf(1, 1),
    infoOf(0, 1),
    [...infoOf(0, 0), ...arg],
    [...infoOf(1, 2), ...arg],
    [...infoOf(2, 1), ...arg],
    [...infoOf(-1, 0)],
    [...infoOf(1e9, 1e9), ...arg],
    [...infoOf('1', 1), ...arg],
    [...infoOf(0, 0, ['a'])],
    [...infoOf(0, 0, [1])],
    writePythonValue(null),
    writePythonValue(3),
  ]) {
    assert.throws(() => unpackPythonCall([...push, ...rest]), MalformedError)
  }
})

test('what cannot travel is refused with the way to it', () => {
  const circular: unknown[] = []
  for (let i = 0, list = circular; i < 800; i++) {
    const next: unknown[] = []
    list.push(next)
    list = next
  }
  class Point {}
  const failing = Object.defineProperty({}, 'b', {
    enumerable: true,
    get: () => {
      throw new RangeError('not now')
    },
  })
  const refused: [unknown, RegExp][] = [
    [
      { a: [{ 'b c': () => 1 }] },
      /^args\[0\]\.a\[0\]\["b c"\] cannot travel: a JavaScript function/,
    ],
    [Symbol('s'), /^args\[0\] cannot travel: Python has no symbol/],
    [new Point(), /instance of Point; send what it holds as a plain object/],
    [new Map([[new Map(), 1]]), /dict or set as a key/],
    [new Map([[Float64Array.of(1), 1]]), /array as a key/],
    [new Set([{}]), /dict or set as a key/],
    [[[[py('a')]]], /only found as an argument/],
    [new Date(Number.NaN), /years 1 to 9999/],
    [Promise.resolve(1), /a Promise; await it first/],
    [/a/, /instance of RegExp/],
    [circular, /nested more than 750 deep/],
    [{ a: failing }, /^args\[0\]\.a cannot travel: reading it failed: not now/],
  ]
  for (const [value, message] of refused) {
    assert.throws(
      () => packPythonCall(push, [value]),
      (error) => error instanceof UnserializableError && message.test(error.message),
      String(message),
    )
  }
})
