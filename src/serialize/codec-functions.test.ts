import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Codec } from './codec.ts'
import { MalformedError } from './errors.ts'
import { capturing, fakeFunctions } from './fake-functions.test.ts'
import { Described } from './function-codec.ts'

// The text of these functions reads what the fake calls `captures`.
declare const captures: Record<string, unknown>

const codec = new Codec(fakeFunctions)

function there<T>(value: T): T {
  return codec.decode(codec.encode(value)).value as T
}

test('a function arrives with what it captured', () => {
  const add = capturing((x: number) => x + (captures['by'] as number), { by: 3 })
  assert.equal(there(add)(4), 7)
})

test('captured values and the value around the function stay shared', () => {
  const table = { hits: 0 }
  const read = capturing(() => captures['table'], { table })
  const arrived = there({ table, read })
  assert.equal(arrived.read(), arrived.table)
})

test('a function may capture itself, and others that capture it', () => {
  const other = {}
  const self: () => unknown = () => captures['self']
  capturing(self, { self, other })
  Object.assign(other, { self })
  const arrived = there(self)
  assert.equal(arrived(), arrived)
})

test('the same function twice is the same function twice', () => {
  const f = (): number => 1
  const arrived = there([f, f])
  assert.equal(arrived[0], arrived[1])
})

class Vector {
  readonly x: number
  readonly y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
  get length(): number {
    return Math.hypot(this.x, this.y)
  }
}

test('instances of a class arrive with their class, which is sent once', () => {
  const arrived = there([new Vector(3, 4), new Vector(6, 8)])
  assert.deepEqual(
    arrived.map((vector) => vector.length),
    [5, 10],
  )
  assert.equal(arrived[0]!.constructor, arrived[1]!.constructor)
  assert.equal(arrived[0]!.constructor.name, 'Vector')
})

test('an instance may refer to itself', () => {
  const vector: Vector & { self?: unknown } = new Vector(1, 1)
  vector.self = vector
  const arrived = there(vector)
  assert.equal(arrived.self, arrived)
})

test('making an instance again calls neither its constructor nor its setters', () => {
  class Careful {
    value = 1
    constructor() {
      Object.defineProperty(this, 'other', { value: 2, enumerable: true })
    }
    set other(_: number) {
      throw new Error('a setter was called')
    }
  }
  assert.deepEqual({ ...there(new Careful()) }, { value: 1, other: 2 })
})

test('an instance of a class that extends a builtin keeps both', () => {
  class Counter extends Map<string, number> {
    total = 0
    add(key: string): this {
      this.total++
      return this.set(key, (this.get(key) ?? 0) + 1)
    }
  }
  class Stack extends Array<number> {
    top(): number | undefined {
      return this.at(-1)
    }
  }
  const arrived = there({
    counter: new Counter().add('a').add('a'),
    stack: Stack.from([1, 2]) as Stack,
  })
  assert.equal(arrived.counter.add('a').get('a'), 3)
  assert.equal(arrived.counter.total, 3)
  assert.equal(arrived.stack.top(), 2)
  assert.ok(Array.isArray(arrived.stack))
})

test('an object of the platform is found again, not copied', () => {
  assert.equal(there({ math: Math }).math, Math)
  const stand = new Described({ kind: 'builtin', text: 'Math' })
  assert.equal((codec.decode(codec.encode([stand])).value as unknown[])[0], Math)
})

test('a function is stateless unless what it captured can change', () => {
  const isStateless = (captured: Record<string, unknown>): boolean =>
    codec.decode(codec.encode(capturing(() => captures, captured))).isStateless
  const inner = (): number => 1
  assert.ok(isStateless({}))
  assert.ok(isStateless({ a: 1, b: 'text', c: null, d: 5n, inner }))
  assert.ok(isStateless({ inner: capturing(() => captures, { a: 1 }) }))
  assert.ok(!isStateless({ list: [] }))
  assert.ok(!isStateless({ inner: () => import('./beside.js' as string) }))
  assert.ok(!isStateless({ inner: capturing(() => captures, { list: [] }) }))
  assert.ok(!isStateless({ inner: Object.assign(() => 1, { own: 1 }) }))
})

test('a function that assigns to what it captured is not stateless', () => {
  const description = { kind: 'source', text: '() => ++n', captures: { n: 1 } } as const
  const decoded = (keepsState: boolean) =>
    codec.decode(codec.encode(new Described({ ...description, keepsState })))
  assert.deepEqual([decoded(true).isStateless, decoded(false).isStateless], [false, true])
})

test('a function that cannot be made here is named', () => {
  const broken = new Codec({
    ...fakeFunctions,
    build() {
      throw new SyntaxError('odd')
    },
  })
  assert.throws(
    () => broken.decode(codec.encode(function square() {})),
    (error) =>
      error instanceof MalformedError &&
      /function square cannot be made here: odd/.test(error.message),
  )
})
