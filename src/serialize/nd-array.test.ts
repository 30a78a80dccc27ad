import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Codec } from './codec.ts'
import { Complex } from './complex.ts'
import { halfToNumber, numberToHalf } from './dtype.ts'
import { fakeFunctions } from './fake-functions.test.ts'
import { NdArray } from './nd-array.ts'
import { tuple } from './python-tuple.ts'

const matrix = new NdArray(Float64Array.of(0, 1, 2, 3, 4, 5), [3, 2])

test('an array knows its shape, its type and its elements', () => {
  assert.equal(matrix.length, 3)
  assert.equal(matrix.size, 6)
  assert.equal(matrix.dtype, 'float64')
  assert.equal(matrix.get(2, 1), 5)
  assert.equal(String(matrix), 'NdArray(float64, 3 x 2)')
  assert.deepEqual(matrix.toNested(), [
    [0, 1],
    [2, 3],
    [4, 5],
  ])
})

test('without a shape it is a vector, with an empty one a single element', () => {
  assert.deepEqual(new NdArray(Int8Array.of(1, 2)).shape, [2])
  const single = new NdArray(Int8Array.of(7), [])
  assert.equal(single.get(), 7)
  assert.equal(single.toNested(), 7)
  assert.equal(single.length, 0)
})

test('elements that are no numbers of JavaScript are shown as what they are', () => {
  const complex = new NdArray(Float64Array.of(1, 2, 3, -4), [2], 'complex128')
  assert.deepEqual(complex.get(1), new Complex(3, -4))
  assert.equal(String(complex.get(1)), '3-4i')
  assert.deepEqual(new NdArray(Uint8Array.of(1, 0), [2], 'bool').toNested(), [true, false])
})

test('rows are views, and rows that are plain vectors are typed arrays', () => {
  const rows = [...matrix] as Float64Array[]
  assert.deepEqual(rows[1], Float64Array.of(2, 3))
  assert.equal(rows[1]!.buffer, matrix.data.buffer)
  const cube = new NdArray(
    Float64Array.from({ length: 8 }, (_, i) => i),
    [2, 2, 2],
  )
  assert.deepEqual([...cube][1], new NdArray(Float64Array.of(4, 5, 6, 7), [2, 2]))
  assert.deepEqual([...new NdArray(Int8Array.of(1, 2))], [1, 2])
})

test('a slice shares memory, what is taken does not', () => {
  assert.deepEqual(matrix.slice(1, 9), new NdArray(Float64Array.of(2, 3, 4, 5), [2, 2]))
  assert.equal(matrix.slice(1, 2).data.buffer, matrix.data.buffer)
  const taken = matrix.take([2, 0])
  assert.deepEqual(taken, new NdArray(Float64Array.of(4, 5, 0, 1), [2, 2]))
  assert.notEqual(taken.data.buffer, matrix.data.buffer)
})

test('nested arrays of something else make none', () => {
  for (const other of [[['1', '2']], [[undefined]], [null]]) {
    assert.throws(() => NdArray.from(other as unknown as number[]), /made of numbers/)
  }
})

test('nested arrays make one, when their rows are equally long', () => {
  const made = NdArray.from([
    [1, 2],
    [3, 4],
  ])
  assert.deepEqual(made, new NdArray(Float64Array.of(1, 2, 3, 4), [2, 2]))
  assert.deepEqual(NdArray.from([]).shape, [0])
  for (const uneven of [
    [[1, 2], [3]],
    [1, [2]],
    [[1], 2],
  ]) {
    assert.throws(() => NdArray.from(uneven as number[][]), /equally long/)
  }
})

test('data, shape and type that do not fit each other are refused', () => {
  const data = Float64Array.of(1, 2, 3)
  assert.throws(() => new NdArray(data, [2, 2]), /3 elements do not have the shape \[2, 2\]/)
  assert.throws(() => new NdArray(data, [-3]), /do not have the shape/)
  assert.throws(() => new NdArray(data, [1.5, 2]), /do not have the shape/)
  assert.throws(() => new NdArray(data, [3], 'int8'), /int8 are kept in a Int8Array/)
  assert.throws(() => new NdArray(data, [3], 'float7'), /'float7' is no type/)
  assert.throws(() => new NdArray(data, [3], 'complex128'), /1.5 elements/)
  assert.throws(() => new NdArray([1] as never, [1]), /made of a typed array/)
  assert.throws(() => matrix.get(3, 0), /nothing is at \[3, 0\] of \[3, 2\]/)
  assert.throws(() => matrix.get(1), /nothing is at/)
})

test('arrays and complex numbers travel between our own peers as what they are', () => {
  const codec = new Codec(fakeFunctions)
  const large = new NdArray(new Float32Array(2_000), [20, 100])
  const sent = { matrix, again: matrix, c: new Complex(1, -2), large }
  const frames = codec.encode(sent)
  assert.ok(frames.some((frame) => frame.buffer === large.data.buffer))
  const arrived = codec.decode(frames).value as typeof sent
  assert.deepEqual(arrived, sent)
  assert.ok(arrived.matrix instanceof NdArray && arrived.c instanceof Complex)
  assert.equal(arrived.matrix, arrived.again)
})

test('a tuple for Python is an array to our own peers', () => {
  const codec = new Codec(fakeFunctions)
  const pair = tuple(1, ['a'])
  assert.deepEqual(codec.decode(codec.encode({ pair, again: pair })).value, {
    pair: [1, ['a']],
    again: [1, ['a']],
  })
})

test('every half-precision float is itself again', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const number = halfToNumber(bits)
    if (Number.isNaN(number)) assert.ok((numberToHalf(number) & 0x7fff) > 0x7c00)
    else assert.equal(numberToHalf(number), bits)
  }
})

test('numbers between two half-precision floats go to the nearer, in the middle to the even one', () => {
  const next = halfToNumber(0x3c01)
  assert.equal(numberToHalf((1 + next) / 2), 0x3c00)
  assert.equal(numberToHalf((next + halfToNumber(0x3c02)) / 2), 0x3c02)
  assert.equal(numberToHalf(1e9), 0x7c00)
  assert.equal(numberToHalf(-1e-30), 0x8000)
})
