import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Distribution, join, partition } from './partition.ts'

const distributions: Distribution[] = ['block', 'roundRobin', 'b', 'r']

test('blocks are neighbours, the first ones longer by one at most', () => {
  assert.deepEqual(partition([0, 1, 2, 3, 4], 3, 'block'), [[0, 1], [2, 3], [4]])
})

test('in turns, each part takes every n-th element', () => {
  assert.deepEqual(partition([0, 1, 2, 3, 4], 3, 'roundRobin'), [[0, 3], [1, 4], [2]])
})

test('more parts than elements leave some empty', () => {
  assert.deepEqual(partition([7], 3, 'block'), [[7], [], []])
  assert.deepEqual(partition([7], 3, 'r'), [[7], [], []])
})

test('blocks of a typed array share its memory', () => {
  const whole = Float64Array.of(1, 2, 3)
  const [first] = partition(whole, 2, 'b') as Float64Array[]
  assert.equal(first!.buffer, whole.buffer)
  assert.deepEqual(first, Float64Array.of(1, 2))
})

for (const dist of distributions) {
  test(`parts dealt out by '${dist}' join to what they were cut from`, () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 9 }), (whole, count) => {
        assert.deepEqual(join(partition(whole, count, dist), dist), whole)
      }),
    )
  })

  test(`parts of a typed array dealt out by '${dist}' join to one of its kind`, () => {
    const kinds = [Float64Array, Uint8Array, Int16Array]
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 })),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(...kinds),
        (numbers, count, Kind) => {
          const whole = Kind.from(numbers)
          assert.deepEqual(join(partition(whole, count, dist), dist), whole)
        },
      ),
    )
  })
}

test('parts of big integers stay such', () => {
  const whole = BigInt64Array.of(1n, 2n, 3n)
  assert.deepEqual(join(partition(whole, 2, 'r'), 'r'), whole)
})

test('typed arrays of different kinds join to an array', () => {
  assert.deepEqual(join([Float64Array.of(1), Uint8Array.of(2)], 'block'), [1, 2])
})

test('what is no sequence joins as one element', () => {
  assert.deepEqual(join([0, 1, 2], 'block'), [0, 1, 2])
})

test('a part that holds arrays keeps them', () => {
  assert.deepEqual(join([[[1, 2]], [[3]]], 'block'), [[1, 2], [3]])
})

test('an unknown distribution is refused by name', () => {
  assert.throws(() => partition([1], 1, 'x' as Distribution), /'x' is no distribution/)
})
