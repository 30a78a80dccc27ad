import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Codec, FunctionCache, packCall, packFunction, unpackCall } from '../serialize/mod.ts'
import { inspectorFunctionCodec } from './mod.ts'

const here = new Codec(inspectorFunctionCodec())
const there = new Codec(inspectorFunctionCodec())
const functions = new FunctionCache()

function sent<T>(value: T): T {
  return there.decode(here.encode(value)).value as T
}

function returned<T>(value: T): T {
  return here.decode(there.encode(value)).value as T
}

/** Calls `fn` there, as an engine does; what it gives comes back. */
function called<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
  const frames = packCall(here, packFunction(here, fn), args)
  const call = unpackCall(there, frames, { functions })
  return returned(call.fn(...call.args) as R)
}

class Point {
  x = 1
}

class Circle extends Point {
  static unit = 1
  radius = 2
}

let factor = 2
class Scaled {
  x = 3
  value(): number {
    return this.x * factor
  }
}

class OwnError extends RangeError {
  override name = 'OwnError'
}

test('an argument is an instance of the class that the function captured', () => {
  const fn = (p: Point): boolean[] => [p instanceof Point, p instanceof Circle, p instanceof Scaled]
  assert.deepEqual(called(fn, new Point()), [true, false, false])
  assert.deepEqual(called(fn, new Circle()), [true, true, false])
  assert.deepEqual(
    called((s: Scaled) => s instanceof Scaled, new Scaled()),
    true,
  )
})

test('an instance that comes back is one of the class that it was sent with', () => {
  const point = returned(sent(new Point()))
  assert.ok(point instanceof Point)
  assert.ok(called(() => new Circle()) instanceof Circle)
  assert.equal(returned(sent(Scaled)), Scaled)
})

test('instances that arrive one after the other are of one class', () => {
  assert.equal(sent(new Point()).constructor, sent(new Point()).constructor)
  class Foreign {}
  const arrived = [sent(new Foreign()), sent(new Foreign())]
  assert.ok(arrived[1] instanceof arrived[0]!.constructor)
})

test('a class that arrives again has the captured values and static fields of its sender', () => {
  const before = sent(new Scaled())
  factor = 5
  assert.deepEqual([before.value(), sent(new Scaled()).value(), before.value()], [6, 15, 15])
  assert.equal(
    called((s: Scaled) => s.value() + new Scaled().value(), new Scaled()),
    30,
  )
  const far = sent(Circle)
  far.unit = 7
  sent(new Circle())
  assert.equal(far.unit, 1)
})

test('a class that was frozen where it arrived can arrive again', () => {
  class Fixed {
    static limit = 1
    x = 1
  }
  const far = Object.freeze(sent(Fixed))
  Fixed.limit = 2
  assert.equal(sent(new Fixed()).constructor, far)
  assert.equal(far.limit, 1)
})

test('a class that comes home stays as it is', () => {
  const far = sent(Circle)
  far.unit = 7
  assert.equal(returned(far), Circle)
  assert.equal(Circle.unit, 1)
})

test('a function that a call found in the cache sees the captured values of that call', () => {
  const read = (): number => new Scaled().value()
  factor = 1
  assert.equal(called(read), 3)
  factor = 2
  assert.equal(
    called((s: Scaled) => s.value(), new Scaled()),
    6,
  )
  factor = 1
  assert.equal(called(read), 3)
})

test('an error is of its own class where that class is, and of the nearest builtin elsewhere', () => {
  const fails = (): Error => new OwnError('no')
  const error = called(fails)
  assert.ok(error instanceof OwnError)
  assert.equal(error.message, 'no')
  assert.ok(called((e: Error) => e instanceof OwnError, new OwnError('x')))
  class Unknown extends RangeError {}
  const elsewhere = there.decode(here.encode(new Unknown('x'))).value
  assert.equal(Object.getPrototypeOf(elsewhere), RangeError.prototype)
})

test('a class with private static members, which cannot be set, is made anew each time', () => {
  class Counter {
    static #count = 0
    next(): number {
      return ++Counter.#count
    }
  }
  const next = (): number => new (sent(Counter))().next()
  assert.deepEqual([next(), next()], [1, 1])
})
