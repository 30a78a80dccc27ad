import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCellScope, openGuard } from './cell-scope.ts'

function resource(name: string, log: string[]): Disposable {
  return { [Symbol.dispose]: () => void log.push(name) }
}

test('resources are let go of in reverse order, once', async () => {
  const log: string[] = []
  const scope = makeCellScope(openGuard)
  const a = resource('a', log)
  assert.equal(scope.use(a, false), a)
  scope.use(null, false)
  scope.use(
    { [Symbol.asyncDispose]: async () => void log.push('b') } satisfies AsyncDisposable,
    true,
  )
  await scope.dispose()
  await scope.dispose()
  assert.deepEqual(log, ['b', 'a'])
})

test('await using takes what can only be let go of at once', async () => {
  const log: string[] = []
  const scope = makeCellScope(openGuard)
  scope.use(resource('a', log), true)
  await scope.dispose()
  assert.deepEqual(log, ['a'])
})

test('what cannot be let go of is refused', () => {
  const scope = makeCellScope(openGuard)
  assert.throws(() => scope.use({}, false), /no method Symbol\.dispose/)
  assert.throws(() => scope.use(1, true), /Symbol\.asyncDispose or Symbol\.dispose/)
})

test('a failure goes on, with what failed after it', async () => {
  const scope = makeCellScope(openGuard)
  const failing: Disposable = {
    [Symbol.dispose]() {
      throw new RangeError('second')
    },
  }
  scope.use(failing, false)
  const first = new TypeError('first')
  await assert.rejects(scope.dispose({ error: first }), (error: unknown) => {
    const { name, suppressed, error: second } = error as Error & Record<string, unknown>
    assert.equal(name, 'SuppressedError')
    assert.equal(suppressed, first)
    assert.ok(second instanceof RangeError)
    return true
  })
})

test('every step of an iteration is guarded, and the source is closed when it is left', async () => {
  const guarded: unknown[] = []
  const scope = makeCellScope((awaited) => {
    guarded.push(awaited)
    return Promise.resolve(awaited)
  })
  let closed = false
  async function* source() {
    try {
      yield 1
      yield 2
    } finally {
      closed = true
    }
  }
  for await (const value of scope.each(source())) {
    assert.equal(value, 1)
    break
  }
  assert.equal(guarded.length, 1)
  assert.ok(closed)
})

test('promises of an ordinary iterable are awaited', async () => {
  const values: unknown[] = []
  for await (const value of makeCellScope(openGuard).each([1, Promise.resolve(2)])) {
    values.push(value)
  }
  assert.deepEqual(values, [1, 2])
})

test('what cannot be iterated is refused', () => {
  assert.throws(() => makeCellScope(openGuard).each(5), /5 is not async iterable/)
})
