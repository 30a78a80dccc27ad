import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { limits } from '../base/mod.ts'
import { describeFailure, trimStacks } from './failure.ts'

function withStack<T extends Error>(error: T, ...frames: string[]): T {
  error.stack = [`${error.name}: ${error.message}`, ...frames.map((f) => `    at ${f}`)].join('\n')
  return error
}

test('an error gives its name, its message and its stack', () => {
  const error = withStack(new TypeError('no'), 'f (/home/me/a.js:1:2)')
  assert.deepEqual(describeFailure(error), {
    status: 'error',
    ename: 'TypeError',
    evalue: 'no',
    traceback: ['TypeError: no', '    at f (/home/me/a.js:1:2)'],
  })
})

test('an error is called after its class when it has no name of its own', () => {
  class UnmetDependency extends Error {}
  assert.equal(describeFailure(new UnmetDependency()).ename, 'UnmetDependency')
})

test('frames of the machinery are left out', () => {
  const error = withStack(
    new Error('x'),
    `bind (${new URL('cell/bind-import.js', import.meta.url).href}:1:2)`,
    'readFileSync (node:fs:1:2)',
    'node:internal/process/task_queues:95:5',
    `async connect (${new URL('../main/client.js', import.meta.url).href}:1:2)`,
    'f (/home/me/a.js:1:2)',
    'Script.runInThisContext (node:vm:137:12)',
    `run (${new URL('evaluator.js', import.meta.url).href}:1:2)`,
    'main (/usr/lib/somewhere.js:1:2)',
  )
  assert.deepEqual(describeFailure(error).traceback, [
    'Error: x',
    '    at readFileSync (node:fs:1:2)',
    '    at f (/home/me/a.js:1:2)',
  ])
})

for (const [frame, shown] of [
  ['/home/me/cell 3:2:7', 'cell 3:2:7'],
  ['f (/home/me/cell 3:2:7)', 'f (cell 3:2:7)'],
  ['async f (/home/me/cell:2:7)', 'async f (cell:2:7)'],
  ['async /home/me/cell 3:2:7', 'async cell 3:2:7'],
  ['new A.b (C:\\Users\\Some One\\cell 12:2:7)', 'new A.b (cell 12:2:7)'],
  ['f (/home/me/excell 3:2:7)', 'f (/home/me/excell 3:2:7)'],
] as const) {
  test(`the frame ${frame} is shown as ${shown}`, () => {
    assert.equal(describeFailure(withStack(new Error(), frame)).traceback[1], `    at ${shown}`)
  })
}

test('causes and own properties are shown', () => {
  const cause = withStack(new RangeError('inner'), 'g (/a.js:1:1)')
  const error = Object.assign(withStack(new Error('outer', { cause }), 'f (/a.js:2:2)'), {
    code: 7,
  })
  const text = describeFailure(error).traceback.join('\n')
  assert.match(text, /outer.*code: 7.*\[cause\]: RangeError: inner\n\s+at g/s)
})

test('all errors of an AggregateError are shown', () => {
  const text = describeFailure(new AggregateError([new Error('one'), new Error('two')])).traceback
  assert.match(text.join('\n'), /one.*two/s)
})

for (const [thrown, ename, evalue] of [
  ['boom', 'string', 'boom'],
  [7, 'number', '7'],
  [undefined, 'undefined', 'undefined'],
  [null, 'object', 'null'],
  [Symbol('s'), 'symbol', 'Symbol(s)'],
  [{ a: 1 }, 'Object', '{ a: 1 }'],
  [[1], 'Array', '[ 1 ]'],
  [Object.create(null), 'Object', '[Object: null prototype] {}'],
] as const) {
  test(`${evalue} can be thrown`, () => {
    const failure = describeFailure(thrown)
    assert.deepEqual([failure.ename, failure.evalue], [ename, evalue])
    assert.match(failure.traceback[0] ?? '', /^Uncaught /)
  })
}

const hostile = {
  'a getter that throws': Object.defineProperty(new Error('x'), 'message', {
    get: () => assert.fail(),
  }),
  'a name that is no text': Object.assign(new Error('x'), { name: 5 }),
  'a stack that is no text': Object.assign(new Error('x'), { stack: {} }),
  'a proxy that throws': new Proxy(
    {},
    { get: () => assert.fail(), getPrototypeOf: () => assert.fail() },
  ),
  'a revoked proxy': (() => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  })(),
  'an inspection that throws': {
    [Symbol.for('nodejs.util.inspect.custom')]: () => assert.fail(),
  },
  'a cause of itself': (() => {
    const error = new Error('x')
    error.cause = error
    return error
  })(),
  'a frozen error': Object.freeze(new Error('x')),
}
for (const [what, thrown] of Object.entries(hostile)) {
  test(`${what} is described all the same`, () => {
    const { ename, evalue, traceback } = describeFailure(thrown)
    assert.equal(typeof ename, 'string')
    assert.equal(typeof evalue, 'string')
    assert.ok(traceback.length > 0)
  })
}

test('whatever is thrown is described', () => {
  fc.assert(
    fc.property(fc.anything({ withProxy: true, withNullPrototype: true } as object), (thrown) => {
      assert.equal(describeFailure(thrown).status, 'error')
    }),
  )
})

test('a huge message is cut, and says so', () => {
  const { evalue, traceback } = describeFailure(new Error('x'.repeat(1_000_000)))
  assert.match(evalue, /^x+… \(\d+ more characters\)$/)
  assert.ok(traceback.join('').length < 4 * limits.errorTextCharsMax)
})

test('the middle of a long traceback is left out', () => {
  const { traceback } = describeFailure(new Error('line\n'.repeat(10_000)))
  assert.equal(traceback.length, limits.tracebackLinesMax + 1)
  assert.ok(traceback.some((line) => /… \d+ more lines …/.test(line)))
})

test('trimming takes the machinery out of an error and its causes', () => {
  const cause = withStack(new Error('inner'), 'g (/a/cell 1:1:1)', 'h (node:vm:1:1)')
  const error = withStack(new Error('outer', { cause }), 'f (/a/cell 1:2:2)', 'h (node:vm:1:1)')
  trimStacks(error)
  assert.equal(error.stack, 'Error: outer\n    at f (cell 1:2:2)')
  assert.equal(cause.stack, 'Error: inner\n    at g (cell 1:1:1)')
})
