import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { after, beforeEach, test } from 'node:test'
import type { ApplyOutcome, ExecuteOutcome, ExecuteRequest, Output } from '../engine/mod.ts'
import { inspectorFunctionCodec } from '../functions/mod.ts'
import { Codec, packCall, packFunction, Reference } from '../serialize/mod.ts'
import { NodeEvaluator } from './evaluator.ts'
import type { OutputStreams } from './stdio.ts'

const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() })
const streams = { stdout: sink(), stderr: sink() } as unknown as OutputStreams
const events: string[] = []
const gate = { enter: () => events.push('enter'), leave: () => events.push('leave') }
const evaluator = new NodeEvaluator({ streams, gate })
const codec = new Codec(inspectorFunctionCodec())
after(() => evaluator[Symbol.dispose]())

let shown: unknown[][] = []
const output: Output = {
  stream: (...args) => shown.push(['stream', ...args]),
  executeInput: (...args) => shown.push(['input', ...args]),
  executeResult: (...args) => shown.push(['result', ...args]),
  display: (...args) => shown.push(['display', ...args]),
  clearOutput: (...args) => shown.push(['clear', ...args]),
  input: async (prompt, password) => (prompt === 'end' ? '\x04' : `${prompt}${password}`),
}

beforeEach(async () => {
  await evaluator.clear()
  shown = []
  events.length = 0
})

function execute(code: string, request: Partial<ExecuteRequest> = {}): Promise<ExecuteOutcome> {
  const whole = { code, silent: false, storeHistory: true, userExpressions: {}, ...request }
  return evaluator.execute(whole, output)
}

type Applied = ((...args: never[]) => unknown) | Reference | string

function apply(fn: Applied, ...args: unknown[]): Promise<ApplyOutcome> {
  const buffers = packCall(codec, packFunction(codec, fn), args)
  return evaluator.apply({ buffers }, output)
}

async function resultOf(fn: Applied, ...args: unknown[]): Promise<unknown> {
  const outcome = await apply(fn, ...args)
  if (outcome.status === 'error') assert.fail(outcome.traceback.join('\n'))
  return codec.decode(outcome.buffers).value
}

test('a cell announces itself, shows its value and counts', async () => {
  const first = await execute('6 * 7')
  assert.ok(first.status === 'ok')
  const count = first.executionCount
  assert.deepEqual(shown, [
    ['input', '6 * 7', count],
    ['result', { 'text/plain': '42' }, {}, count],
  ])
  assert.equal((await execute('1')).executionCount, count + 1)
})

test('a silent cell shows nothing and does not count', async () => {
  const { executionCount } = await execute('1')
  shown = []
  const silent = await execute('2', { silent: true })
  assert.equal(silent.executionCount, executionCount)
  assert.deepEqual(shown, [])
  await execute('_')
  assert.deepEqual(shown[1]?.[1], { 'text/plain': '1' })
})

test('a cell without history shows its value but does not count', async () => {
  const { executionCount } = await execute('1')
  assert.equal((await execute('2', { storeHistory: false })).executionCount, executionCount)
  assert.deepEqual(shown.at(-1)?.[1], { 'text/plain': '2' })
})

test('a cell without code does not count, and is not in the history', async () => {
  await execute('1')
  const { executionCount: count } = await execute('2')
  assert.equal((await execute(' \n')).executionCount, count)
  assert.equal((await execute('_i')).executionCount, count + 1)
  assert.deepEqual(shown.at(-1)?.[1], { 'text/plain': "'2'" })
})

test('a cell that ends with undefined or a declaration shows no value', async () => {
  await execute('undefined')
  await execute('let a = 1')
  assert.deepEqual(
    shown.map(([kind]) => kind),
    ['input', 'input'],
  )
})

test('a value shows itself', async () => {
  await execute("({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>' }) })")
  assert.deepEqual(shown[1]?.[1], { 'text/html': '<b>' })
})

test('a semicolon keeps the value unshown, and out of the history', async () => {
  await execute('1')
  await execute('2;')
  assert.equal(shown.filter(([kind]) => kind === 'result').length, 1)
  await execute('_')
  assert.deepEqual(shown.at(-1)?.[1], { 'text/plain': '1' })
})

test('the last results and cells have names', async () => {
  const { executionCount: count } = await execute("'a'")
  await execute("'b'")
  await execute(`[_, __, _${count}, _i, _ii, _i${count}, In[${count}], Out[${count}]].join()`)
  assert.deepEqual(shown.at(-1)?.[1], { 'text/plain': `"b,a,a,'b','a','a','a',a"` })
})

test('display shows at once, and its handle is no value', async () => {
  await execute("display.html('<b>')")
  assert.deepEqual(
    shown.map(([kind]) => kind),
    ['input', 'display'],
  )
})

test('a cell waits for what it shows, and fails when that fails', async () => {
  const late = "{ [Symbol.for('Jupyter.display')]: async () => ({ 'text/plain': 'late' }) }"
  await execute(`display(${late}); 1`)
  assert.deepEqual(
    shown.map(([kind]) => kind),
    ['input', 'display', 'result'],
  )
  const failing = "{ [Symbol.for('Jupyter.display')]: async () => { throw new RangeError('no') } }"
  const outcome = await execute(`display(${failing}); 1`)
  assert.ok(outcome.status === 'error')
  assert.equal(outcome.ename, 'RangeError')
})

test('input asks the front end, and fails when the user ends it', async () => {
  await execute("[await input('name? '), await input.password()]")
  assert.deepEqual(shown.at(-1)?.[1], { 'text/plain': "[ 'name? false', 'true' ]" })
  const outcome = await execute("await input('end')")
  assert.ok(outcome.status === 'error')
  assert.equal(outcome.ename, 'EndOfInputError')
})

test('a failing cell gives name, message and a traceback that names it', async () => {
  const outcome = await execute('\n null.x')
  assert.ok(outcome.status === 'error')
  assert.equal(outcome.ename, 'TypeError')
  assert.match(outcome.evalue, /^Cannot read properties of null/)
  assert.deepEqual(outcome.traceback.slice(1), [`    at cell ${outcome.executionCount}:2:7`])
})

test('a cell with an error of syntax shows where', async () => {
  const outcome = await execute('let a = ;')
  assert.ok(outcome.status === 'error')
  assert.deepEqual(outcome.traceback.slice(1, 3), ['let a = ;', '        ^'])
})

test('what was thrown goes with the failure', async () => {
  const outcome = await execute("throw Object.assign(new RangeError('no'), { code: 7 })")
  assert.ok(outcome.status === 'error')
  const error = codec.decode(outcome.buffers ?? []).value as RangeError & { code: number }
  assert.ok(error instanceof RangeError)
  assert.equal(error.code, 7)
  assert.match(error.stack ?? '', /^RangeError: no\n {4}at cell \d+:1:21$/)
})

test('what cannot travel, or is too large, stays behind', async () => {
  for (const thrown of ['Promise.resolve()', "'x'.repeat(1e7)"]) {
    const outcome = await execute(`throw ${thrown}`)
    assert.ok(outcome.status === 'error')
    assert.equal(outcome.buffers, undefined)
  }
})

test('user expressions are evaluated after the cell, each for itself', async () => {
  const outcome = await execute('a = 1', { userExpressions: { a: 'a + 1', b: 'nope' } })
  assert.ok(outcome.status === 'ok')
  const { a, b } = outcome.userExpressions as Record<string, Record<string, unknown>>
  assert.deepEqual(a, { status: 'ok', data: { 'text/plain': '2' }, metadata: {} })
  assert.equal(b?.['ename'], 'ReferenceError')
})

test('a function is applied to arguments', async () => {
  assert.equal(await resultOf((a: number, b: number) => a + b, 40, 2), 42)
})

test('a function takes along what it captures', async () => {
  const factor = 21
  const twice = (a: number) => a * 2
  assert.equal(await resultOf(() => twice(factor)), 42)
})

test('an applied function sees names of cells and of push', async () => {
  await execute('function double(a) { return a * 2 }; const base = 1')
  await resultOf('push', { pushed: 20 })
  const fn = new Function('return double(base + pushed)') as () => unknown
  assert.equal(await resultOf(fn), 42)
  assert.equal(await resultOf(new Reference('double'), new Reference('pushed')), 40)
})

test('a cell sees what was pushed', async () => {
  await resultOf('push', { pushed: new Map([['a', 1]]) })
  await execute('pushed.get("a")')
  assert.deepEqual(shown[1]?.[1], { 'text/plain': '1' })
})

test('pull gives values of cells, functions included', async () => {
  await execute('let a = [1, 2]; function f(b) { return a.length + b }')
  assert.deepEqual(await resultOf('pull', ['a', 'a.length']), [[1, 2], 2])
  const f = (await resultOf('pull', 'f')) as { readonly name: string }
  assert.equal(f.name, 'f')
})

test('pulling what is not there fails with its name', async () => {
  const outcome = await apply('pull', 'nope')
  assert.ok(outcome.status === 'error')
  assert.deepEqual([outcome.ename, outcome.evalue], ['ReferenceError', 'nope is not defined'])
})

test('execute as a call runs a cell and gives nothing back', async () => {
  assert.equal(await resultOf('execute', 'let a = await 42; a'), undefined)
  assert.equal(await resultOf('pull', 'a'), 42)
})

test('map calls a function for each item of a chunk', async () => {
  assert.deepEqual(await resultOf('map', (a: number) => a ** 2, [1, 2, 3]), [1, 4, 9])
  assert.deepEqual(await resultOf('map', async (a: number) => a ** 2, [1, 2, 3]), [1, 4, 9])
})

test('a promise is awaited, whoever made it', async () => {
  assert.equal(await resultOf(async () => 42), 42)
  // biome-ignore lint/suspicious/noThenProperty: it is what is tested
  assert.equal(await resultOf(() => ({ then: (done: (value: number) => void) => done(42) })), 42)
})

test('a function that throws fails with a traceback that names it', async () => {
  const outcome = await apply(function wrong() {
    throw new TypeError('no')
  })
  assert.ok(outcome.status === 'error')
  assert.match(
    outcome.traceback.join('\n'),
    /^TypeError: no\n {4}at wrong \(applied:wrong:2:\d+\)$/,
  )
})

test('a result that cannot travel fails with the path to it', async () => {
  const outcome = await apply(() => ({ a: [new WeakMap()] }))
  assert.ok(outcome.status === 'error')
  assert.equal(outcome.ename, 'UnserializableError')
  assert.match(outcome.evalue, /result\.a\[0\]/)
})

test('bytes that are no call fail as such', async () => {
  for (const buffers of [[], [new Uint8Array(3)], [Uint8Array.of(0x80, 3, 0x4e, 0x2e)]]) {
    const outcome = await evaluator.apply({ buffers }, output)
    assert.ok(outcome.status === 'error')
    assert.equal(outcome.ename, 'MalformedError')
  }
})

test('an interrupt ends what is awaited, and the namespace survives', async () => {
  await execute('let a = 42')
  const running = execute('await new Promise(() => {})')
  evaluator.interrupt()
  const outcome = await running
  assert.ok(outcome.status === 'error')
  assert.equal(outcome.ename, 'KeyboardInterrupt')
  assert.equal(await resultOf('pull', 'a'), 42)
})

test('a cell that was interrupted does not show its value later', async () => {
  await execute('let go; const waiting = new Promise((resolve) => { go = resolve })')
  const running = execute('await waiting')
  evaluator.interrupt()
  await running
  shown = []
  await execute('go(1); await waiting; undefined')
  assert.deepEqual(
    shown.map(([kind]) => kind),
    ['input'],
  )
})

test('a proxy that answers no question is a value like any other', async () => {
  const { status } = await execute('new Proxy({}, { getPrototypeOf() { throw new Error("no") } })')
  assert.equal(status, 'ok')
})

test('an interrupt while nothing runs does nothing', async () => {
  evaluator.interrupt()
  assert.equal((await execute('1')).status, 'ok')
})

test('clearing forgets names, and the engine goes on', async () => {
  await execute(
    'let a = 1; function f() {}; class B {}; let performance = 5; delete globalThis.fetch',
  )
  await evaluator.clear()
  for (const name of ['a', 'f', 'B']) {
    const outcome = await apply('pull', name)
    assert.ok(outcome.status === 'error', name)
  }
  assert.equal(await resultOf('pull', 'typeof performance.now + typeof fetch'), 'functionfunction')
  await execute(
    "import { join } from 'node:path'\ntypeof join + typeof require('node:fs').readFileSync",
  )
  assert.deepEqual(shown.at(-1)?.[1], { 'text/plain': "'functionfunction'" })
})

test("redefining what is Node's own does not harm the evaluator", async () => {
  const names =
    'Buffer URL TextDecoder TextEncoder setTimeout setImmediate queueMicrotask process console ' +
    'performance structuredClone MessageChannel AbortController Intl Iterator global require'
  for (const name of names.split(' ')) await execute(`let ${name} = null`)
  const outcome = await execute('null.x')
  assert.ok(outcome.status === 'error')
  assert.equal(outcome.ename, 'TypeError')
  const bytes = new Uint8Array(10_000).fill(7)
  assert.deepEqual(await resultOf((a: Uint8Array) => [a, new Map([[1, a.length]])], bytes), [
    bytes,
    new Map([[1, 10_000]]),
  ])
  await execute("import { sep } from 'node:path'\nlet a: string = sep; await a")
  assert.equal(shown.at(-1)?.[0], 'result')
})

test('a silent cell that comes again runs again', async () => {
  const code = 'function f() { return n }; let own = n; n++'
  await execute('n = 1')
  for (let i = 0; i < 3; i++) await execute(code, { silent: true })
  assert.deepEqual(await resultOf('pull', ['n', 'own', 'f()']), [4, 3, 4])
})

test('an interrupted request says so in one line', async () => {
  const running = execute('await new Promise(() => {})')
  evaluator.interrupt()
  const outcome = await running
  assert.ok(outcome.status === 'error')
  assert.deepEqual(outcome.traceback, ['KeyboardInterrupt: The request was interrupted.'])
})

test('user code runs between the gates', async () => {
  await execute('await 1')
  await apply('push', {})
  await execute('throw 1')
  assert.deepEqual(events, ['enter', 'leave', 'enter', 'leave', 'enter', 'leave'])
})

test('a module that is required comes from the working folder', async () => {
  await execute("require('acorn').version === require.resolve && 1; typeof require('acorn').parse")
  assert.deepEqual(shown.at(-1)?.[1], { 'text/plain': "'function'" })
})
