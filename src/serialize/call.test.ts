import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packCall, packFunction, unpackCall } from './call.ts'
import { Codec } from './codec.ts'
import { capturing, fakeFunctions } from './fake-functions.test.ts'
import { FunctionCache } from './function-cache.ts'
import { Reference } from './reference.ts'

declare const captures: Record<string, unknown>

const codec = new Codec(fakeFunctions)
const double = (x: number): number => x * 2

test('a call arrives as its function and its arguments', () => {
  const frames = packCall(codec, packFunction(codec, double), [21, new Float64Array(500)])
  const { fn, args } = unpackCall(codec, frames)
  assert.equal(fn(args[0]), 42)
  assert.equal((args[1] as Float64Array).length, 500)
})

test('a function is encoded once and sent with many calls', () => {
  const packed = packFunction(codec, double)
  const results = [1, 2, 3].map((x) => {
    const { fn, args } = unpackCall(codec, packCall(codec, packed, [x]))
    return fn(...args)
  })
  assert.deepEqual(results, [2, 4, 6])
})

test('a receiver with a cache builds a function once, though each call is a message of its own', () => {
  const functions = new FunctionCache()
  const packed = packFunction(codec, double)
  const receive = (): unknown => {
    const copies = packCall(codec, packed, [1]).map((frame) => frame.slice())
    return unpackCall(codec, copies, { functions }).fn
  }
  assert.equal(receive(), receive())
})

test('a function with captured values is built anew for each call, so that calls share no state', () => {
  const count = capturing(() => ++(captures as { n: number }).n, { n: 0 })
  const functions = new FunctionCache()
  const frames = packCall(codec, packFunction(codec, count), [])
  assert.equal(unpackCall(codec, frames, { functions }).fn(), 1)
  assert.equal(unpackCall(codec, frames, { functions }).fn(), 1)
})

test('a name calls a function that every engine has', () => {
  const frames = packCall(codec, packFunction(codec, 'push'), [{ a: 1 }])
  const { fn, args } = unpackCall(codec, frames)
  assert.deepEqual(fn(...args), { a: 1 })
})

test('a reference is the function, or an argument, or within one', () => {
  const namespace: Record<string, unknown> = { f: (a: number, b: { x: number }) => a + b.x, n: 5 }
  const reference = (expression: string): unknown => namespace[expression]
  const frames = packCall(codec, packFunction(codec, new Reference('f')), [
    new Reference('n'),
    { x: new Reference('n') },
  ])
  const { fn, args } = unpackCall(codec, frames, { reference })
  assert.equal(fn(...args), 10)
})

test('a reference to something that cannot be called is reported as such', () => {
  const frames = packCall(codec, packFunction(codec, new Reference('n')), [])
  assert.throws(() => unpackCall(codec, frames, { reference: () => 5 }), {
    code: 'IPAR_ARGUMENT',
    message: /not a function but number/,
  })
})

test('a reference is evaluated anew for each call', () => {
  const functions = new FunctionCache()
  const frames = packCall(codec, packFunction(codec, new Reference('f')), [])
  const call = (f: () => number): unknown =>
    unpackCall(codec, frames, { functions, reference: () => f }).fn()
  assert.deepEqual([call(() => 1), call(() => 2)], [1, 2])
})

test('an argument that cannot travel is named by its position', () => {
  const packed = packFunction(codec, double)
  assert.throws(() => packCall(codec, packed, [1, { a: Symbol() }]), { path: 'args[1].a' })
})

test('a function that cannot travel is named', () => {
  assert.throws(() => packFunction(codec, Math.max), { path: 'function max' })
})

test('frames that are missing or left over are reported', () => {
  const frames = packCall(codec, packFunction(codec, double), [1])
  assert.throws(() => unpackCall(codec, frames.slice(0, 1)), { code: 'IPAR_MALFORMED' })
  assert.throws(() => unpackCall(codec, [...frames, ...frames]), { code: 'IPAR_MALFORMED' })
  assert.throws(() => unpackCall(codec, []), { code: 'IPAR_MALFORMED' })
})

test('the cache forgets the oldest function and never mistakes one for another', () => {
  const functions = new FunctionCache()
  const make = (i: number): (() => number) => new Function(`return ${i}`) as () => number
  for (let i = 0; i < 1_000; i++) {
    const frames = packCall(codec, packFunction(codec, make(i)), [])
    assert.equal(unpackCall(codec, frames, { functions }).fn(), i)
  }
  assert.equal(functions.get(packFunction(codec, make(0))[0]!), undefined)
  assert.equal(functions.get(packFunction(codec, make(999))[0]!)?.(), 999)
})
