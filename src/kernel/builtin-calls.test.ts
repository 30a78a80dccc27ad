import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { type BuiltinCall, builtinCalls } from './builtin-calls.ts'
import { Namespace } from './namespace.ts'

const namespace = new Namespace()
afterEach(() => namespace.clear())
const executed: string[] = []
const calls = builtinCalls(namespace, (code) => executed.push(code))

function builtin(name: string): BuiltinCall {
  return calls.get(`iparallel:${name}`) ?? assert.fail(`there is no ${name}`)
}
const push = builtin('push')
const pull = builtin('pull')
const map = builtin('map')

test('what is pushed can be pulled', () => {
  push({ a: 1, b: [2] })
  assert.equal(pull('a'), 1)
  assert.deepEqual(pull(['b', 'a']), [[2], 1])
})

test('a property, an item and any other expression can be pulled', () => {
  push({ a: { b: [1, 2] } })
  assert.deepEqual(pull(['a.b', 'a.b[1]', 'a.b.length + 1 // one more']), [[1, 2], 2, 3])
})

test('pulling a name that is missing names it', () => {
  assert.throws(() => pull('nope'), { name: 'ReferenceError', message: 'nope is not defined' })
  assert.throws(() => pull('nope.x'), { name: 'ReferenceError', message: 'nope is not defined' })
})

test('pushing under what is no name defines nothing', () => {
  assert.throws(() => push({ a: 1, 'b.c': 2 }), /push: "b\.c" cannot be a variable's name/)
  assert.throws(() => pull('a'), ReferenceError)
})

test('pushing in the place of an indispensable builtin defines nothing', () => {
  assert.throws(() => push({ a: 1, Map: 2 }), SyntaxError)
  assert.throws(() => pull('a'), ReferenceError)
})

test('pushing something else than an object is refused', () => {
  assert.throws(() => push(1), TypeError)
})

test('executing runs the code', () => {
  builtin('execute')('1 + 1')
  assert.deepEqual(executed, ['1 + 1'])
})

test('map calls with one item at a time, and nothing else', () => {
  assert.deepEqual(
    map((...args: unknown[]) => args, [1, 2]),
    [[1], [2]],
  )
})

test('map goes through several sequences in step, to the end of the shortest', () => {
  assert.deepEqual(
    map((a: number, b: number) => a + b, [1, 2, 3], [10, 20]),
    [11, 22],
  )
})

test('map goes through anything that can be iterated', () => {
  assert.deepEqual(
    map((a: number) => a * 2, new Uint8Array([1, 2])),
    [2, 4],
  )
})

test('map waits for a promise before the next call', async () => {
  let running = 0
  const fn = async (a: number) => {
    assert.equal(++running, 1)
    await undefined
    running--
    return a * 2
  }
  assert.deepEqual(await map(fn, [1, 2, 3]), [2, 4, 6])
})

test('map of nothing is nothing', () => {
  assert.deepEqual(
    map(() => assert.fail(), []),
    [],
  )
})
