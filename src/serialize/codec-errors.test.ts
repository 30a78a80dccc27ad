import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Codec } from './codec.ts'
import { fakeFunctions } from './fake-functions.test.ts'

const codec = new Codec(fakeFunctions)

function there<T>(value: T): T {
  return codec.decode(codec.encode(value)).value as T
}

test('an error keeps its message, stack, cause and code', () => {
  const cause = new RangeError('why')
  const error = Object.assign(new Error('what', { cause }), { code: 'E_WHAT' })
  const arrived = there(error)
  assert.equal(arrived.message, 'what')
  assert.equal(arrived.stack, error.stack)
  assert.equal(arrived.code, 'E_WHAT')
  assert.ok(arrived.cause instanceof RangeError)
  assert.deepEqual(Object.keys(arrived), ['code'])
})

for (const ErrorClass of [
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
]) {
  test(`a ${ErrorClass.name} arrives as one`, () => {
    const arrived = there(new ErrorClass('m'))
    assert.equal(Object.getPrototypeOf(arrived), ErrorClass.prototype)
    assert.equal(Object.hasOwn(arrived, 'name'), false)
  })
}

test('an AggregateError keeps its errors', () => {
  const arrived = there(new AggregateError([new TypeError('a'), 'b'], 'both'))
  assert.ok(arrived instanceof AggregateError)
  assert.equal(arrived.message, 'both')
  assert.ok(arrived.errors[0] instanceof TypeError)
  assert.equal(arrived.errors[1], 'b')
})

test("an error of the user's class keeps its name and fields, and is of the nearest builtin", () => {
  class QuotaError extends RangeError {
    override name = 'QuotaError'
    readonly left = 3
    get code(): string {
      return 'E_QUOTA'
    }
  }
  const arrived = there(new QuotaError('full'))
  assert.ok(arrived instanceof RangeError)
  assert.equal(arrived.name, 'QuotaError')
  assert.equal(arrived.left, 3)
  assert.equal(arrived.code, 'E_QUOTA')
  assert.match(String(arrived), /^QuotaError: full$/)
})

test('an error that was stripped of its stack has none when it arrives', () => {
  const error = new Error('bare')
  delete error.stack
  assert.equal(Object.hasOwn(there(error), 'stack'), false)
})

test('an error without a message or cause of its own gains none', () => {
  const arrived = there(new Error())
  assert.deepEqual([Object.hasOwn(arrived, 'message'), 'cause' in arrived], [false, false])
})

test('a DOMException keeps its name, by which aborts and timeouts are told', () => {
  const arrived = there(AbortSignal.abort().reason as DOMException)
  assert.ok(arrived instanceof DOMException)
  assert.equal(arrived.name, 'AbortError')
})

test("Node's own errors keep class and code", () => {
  assert.throws(
    () => {
      try {
        Buffer.alloc(-1)
      } catch (thrown) {
        throw there(thrown)
      }
    },
    (arrived) => arrived instanceof RangeError && Object.hasOwn(arrived, 'code'),
  )
})
