import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MalformedError } from '../serialize/mod.ts'
import { PythonObject, readPythonValue } from './mod.ts'
import { opcodes } from './opcodes.ts'

type Part = number | string | readonly Part[]

/** Opcodes, and text as it is. */
function pickle(...parts: readonly Part[]): Uint8Array {
  const bytes = (part: Part): number[] =>
    typeof part === 'number'
      ? [part]
      : typeof part === 'string'
        ? [...Buffer.from(part)]
        : part.flatMap(bytes)
  return Uint8Array.from([...parts.flatMap(bytes), opcodes.stop])
}

function read(...parts: readonly Part[]): unknown {
  return readPythonValue([pickle(...parts)]).value
}

function uint32(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24]
}

const op = opcodes
const global = (module: string, name: string): Part => [op.global, `${module}\n${name}\n`]
const repeated = (count: number, ...parts: Part[]): Part =>
  Array.from({ length: count }, () => parts)

test('what would run a command in Python only says what it would be', () => {
  const value = read(global('os', 'system'), [op.shortBinUnicode, 4], 'ls /', op.tuple1, op.reduce)
  assert.ok(value instanceof PythonObject)
  assert.equal(value.type, 'os.system')
  assert.deepEqual(value.args, ['ls /'])
  assert.equal(String(value), '<os.system "ls /">')
})

test('names of objects of JavaScript are names like any other', () => {
  for (const name of ['constructor', '__proto__', 'toString']) {
    const value = read(global('builtins', name), op.emptyTuple, op.reduce)
    assert.ok(value instanceof PythonObject, name)
    assert.equal(value.type, `builtins.${name}`)
  }
})

test('a length that the bytes do not have is refused before memory is reserved', () => {
  const lie = [0xff, 0xff, 0xff, 0x7f]
  for (const opcode of [op.binBytes, op.binUnicode, op.binString, op.long4]) {
    assert.throws(() => read(opcode, lie), MalformedError)
  }
  for (const opcode of [op.binBytes8, op.binUnicode8, op.byteArray8, op.frame]) {
    assert.throws(() => read(opcode, lie, lie), MalformedError)
  }
})

test('what nests deeper than the stack is read without recursion, and refused', () => {
  const deep = 100_000
  assert.throws(
    () => read(repeated(deep, op.emptyList), repeated(deep - 1, op.append)),
    /nested more than 750 deep/,
  )
  const calls = [repeated(deep, global('a', 'b')), op.none, repeated(deep, op.tuple1, op.reduce)]
  assert.throws(() => read(...calls), /nested more than 750 deep/)
})

test('copies of a copy of a copy are refused before they fill the memory', () => {
  const list = [op.emptyList, op.mark, repeated(50_000, op.none), op.appends, op.binPut, 0, op.pop]
  const deque = [global('collections', 'deque'), op.binGet, 0, op.tuple1, op.reduce]
  assert.throws(
    () => read(list, op.emptyList, op.mark, repeated(5_000, deque), op.appends),
    /far larger than its bytes/,
  )
})

test('elements whose order is changed again and again are refused, too', () => {
  const bytes = [op.binBytes, uint32(1_000_000), repeated(1_000_000, 7), op.binPut, 0, op.pop]
  const swapped = [
    global('numpy', 'ndarray'),
    op.mark,
    [op.binInt, uint32(500_000), op.tuple1],
    [op.shortBinUnicode, 3, '>i2'],
    [op.binGet, 0],
    op.tuple,
    op.reduce,
  ]
  assert.throws(() => read(bytes, op.mark, repeated(200, swapped), op.list), /far larger/)
  const text = [op.binUnicode, uint32(1_000_000), repeated(1_000_000, 7), op.binPut, 0, op.pop]
  const encoded = [
    global('_codecs', 'encode'),
    [op.binGet, 0],
    [op.shortBinUnicode, 6, 'latin1'],
    op.tuple2,
    op.reduce,
  ]
  assert.throws(() => read(text, op.mark, repeated(200, encoded), op.list), /far larger/)
  const raised = [global('builtins', 'KeyError'), op.binGet, 0, op.tuple1, op.reduce]
  assert.throws(() => read(text, op.mark, repeated(200, raised), op.list), /far larger/)
})

test('a few bytes that stand for many large ranges are refused', () => {
  const range = [
    global('builtins', 'range'),
    op.binInt1,
    0,
    op.binInt,
    uint32(1_000_000),
    op.binInt1,
    1,
    op.tuple3,
    op.reduce,
  ]
  assert.throws(() => read(op.mark, repeated(20, range), op.list), /far larger than its bytes/)
  assert.ok(
    read(
      global('builtins', 'range'),
      op.binInt1,
      0,
      op.binInt,
      uint32(1_000_001),
      op.binInt1,
      1,
      op.tuple3,
      op.reduce,
    ) instanceof PythonObject,
  )
})

test('a pickle within the pickle is read once, however often it is referred to', () => {
  const inner = [op.mark, repeated(1_000, op.emptyList), op.list, op.stop]
  const array = [
    global('ipyparallel.serialize.canning', 'CannedArray'),
    [op.emptyTuple, op.newObj, op.emptyDict, op.mark],
    [op.shortBinUnicode, 7, 'pickled', op.newTrue],
    [op.shortBinUnicode, 7, 'buffers', op.emptyList, op.binGet, 0, op.append],
    [op.setItems, op.build],
  ]
  const bytes = [op.binBytes, uint32(1_003), inner, op.binPut, 0, op.pop]
  const value = read(bytes, op.mark, array, array, op.list) as unknown[][]
  assert.equal(value[0]!.length, 1_000)
  assert.equal(value[0], value[1])
})

test('shared parts are made once, however often they are referred to', () => {
  // Thirty lists, each with the one before twice: a billion leaves, were they copied.
  const levels = repeated(
    29,
    op.binPut,
    0,
    op.pop,
    op.emptyList,
    op.mark,
    op.binGet,
    0,
    op.binGet,
    0,
    op.appends,
  )
  let value = read(op.emptyList, levels)
  for (let depth = 0; depth < 29; depth++) {
    const [left, right] = value as [unknown, unknown]
    assert.equal(left, right)
    value = left
  }
})

test('a wild index of the memo reserves nothing', () => {
  assert.throws(() => read(op.none, op.longBinPut, uint32(0xffff_ffff)), /wild memo index/)
  assert.throws(() => read(op.none, op.put, '-1\n'), /wild memo index/)
  assert.throws(() => read(op.binGet, 7), /did not keep/)
})

test('an integer whose arithmetic would take minutes is refused', () => {
  assert.throws(() => read(op.long, `${'9'.repeat(5_000)}L\n`), /bad integer/)
  assert.throws(() => read(op.long4, uint32(70_000), repeated(70_000, 1)), /too long/)
})

test('a huge integer in an exception is not written out', () => {
  const large = [op.long4, uint32(60_000), repeated(60_000, 7)]
  const error = read(global('builtins', 'ValueError'), large, op.tuple1, op.reduce)
  assert.equal(`${error}`, 'ValueError: …')
})

test('escapes in old text take no more time for what stands before them', () => {
  const text = read(op.unicode, repeated(200_000, '\\'), '\\u00e9\n')
  assert.equal(text, `${'\\'.repeat(200_000)}é`)
  assert.equal(read(op.unicode, 'a\\\\u00e9\\\\\\U0001f600\n'), 'a\\\\u00e9\\\\😀')
})

test('every exception of Python itself is an error of that name', () => {
  for (const name of ['Exception', 'BaseException', 'ExceptionGroup', 'OSError', 'Warning']) {
    const error = read(global('builtins', name), op.shortBinUnicode, 1, 'x', op.tuple1, op.reduce)
    assert.equal(`${error}`, `${name}: x`)
  }
})

test('a stack that is taken too much from is an error, not a value', () => {
  for (const parts of [
    [op.pop],
    [op.append],
    [op.none, op.tuple2],
    [op.none, op.mark, op.tuple1],
    [op.tuple],
    [op.none, op.none],
    [op.mark, op.none],
    [op.none, op.none, op.setItem],
    [op.none, op.none, op.append],
    [op.none, op.none, op.reduce],
    [op.none, op.none, op.stackGlobal],
    [op.mark, op.obj],
  ]) {
    assert.throws(() => read(...parts), MalformedError)
  }
})

test('what refers to tables of its writer is refused', () => {
  for (const parts of [
    [op.persId, 'a\n'],
    [op.none, op.binPersId],
    [op.ext1, 1],
  ]) {
    assert.throws(() => read(...parts), /table that only its writer has/)
  }
})

test('a protocol that came later is refused by its number', () => {
  assert.throws(() => read(op.proto, 6, op.none), /protocol 6/)
})

test('bytes that are none of a pickle say so', () => {
  assert.throws(() => readPythonValue([Uint8Array.of(0xff)]), /0xff is no opcode/)
  assert.throws(() => readPythonValue([new Uint8Array()]), /cut off/)
  assert.throws(() => readPythonValue([]), /frame is missing/)
})

test('arrays that do not have the bytes of their shape stay opaque', () => {
  const array = (shape: Part, code: string, bytes: number): Part => [
    global('numpy', 'ndarray'),
    op.mark,
    shape,
    [op.shortBinUnicode, code.length, code],
    [op.shortBinBytes, bytes, repeated(bytes, 1)],
    op.tuple,
    op.reduce,
  ]
  const huge = [op.binInt, uint32(0x7fff_ffff)]
  for (const parts of [
    array([op.binInt1, 3, op.tuple1], '<f8', 23),
    array([huge, huge, huge, op.tuple3], '<f8', 8),
    array([op.binInt1, 0, huge, op.tuple2], '<f8', 8),
    array([op.none, op.tuple1], '<f8', 8),
    array([op.binInt1, 1, op.tuple1], '<q9', 8),
    array([op.binInt1, 1, op.tuple1], '<U0', 0),
    array([op.binInt1, 1, op.tuple1], '<U1', 4),
  ]) {
    assert.ok(read(parts) instanceof PythonObject)
  }
})

test('an exception of anything is read', () => {
  const dict = [op.emptyDict, [op.shortBinUnicode, 8, 'toString'], op.binInt1, 1, op.setItem]
  const error = read(global('builtins', 'KeyError'), dict, op.tuple1, op.reduce)
  assert.ok(error instanceof Error)
  assert.equal(`${error}`, 'KeyError: …')
})
