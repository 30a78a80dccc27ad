import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { limits } from '../base/mod.ts'
import { KernelProcess } from './kernel-process.test.ts'

let kernel: KernelProcess
before(async () => {
  kernel = await KernelProcess.start()
})
beforeEach(() => {
  kernel.shown.length = 0
})
after(() => kernel[Symbol.asyncDispose]())

test('what a cell shows arrives in order, and before its outcome', async () => {
  await kernel.execute("console.log('a'); console.error('b'); console.log('c'); 7")
  assert.deepEqual(
    kernel.shown.map(([kind, first, text]) => (kind === 'stream' ? [first, text] : kind)),
    ['input', ['stdout', 'a\n'], ['stderr', 'b\n'], ['stdout', 'c\n'], 'result'],
  )
})

test('what is printed arrives while the cell is busy', async () => {
  const running = kernel.execute("console.log('first'); console.log('second'); for (;;);")
  await kernel.until(() => kernel.text('stdout') === 'first\nsecond\n')
  kernel.interrupt()
  assert.equal((await running).status, 'error')
})

test('many lines in a row become few messages, and none is lost', async () => {
  await kernel.execute('for (let i = 0; i < 10_000; i++) console.log(i)', { silent: true })
  const lines = kernel.text('stdout').trimEnd().split('\n')
  assert.deepEqual(
    lines,
    Array.from({ length: 10_000 }, (_, i) => String(i)),
  )
  assert.ok(kernel.shown.length < 1_000, `${kernel.shown.length} messages`)
})

test('output beyond all bounds makes its writer wait, not the memory grow', async () => {
  const chars = limits.outputBacklogCharsMax * 4
  const code = `for (let i = 0; i < ${chars / 65_536}; i++) process.stdout.write('x'.repeat(65536))`
  assert.equal((await kernel.execute(code)).status, 'ok')
  assert.equal(kernel.text('stdout').length, chars)
})

test('what a timer prints after its cell is shown, too', async () => {
  await kernel.execute("setTimeout(() => console.log('late'), 20)", { silent: true })
  await kernel.until(() => kernel.text('stdout') === 'late\n')
})

test('an error in a timer is shown on stderr, and the engine goes on', async () => {
  await kernel.execute("setTimeout(() => { throw new TypeError('in timer') }, 1)", { silent: true })
  await kernel.until(() => /^TypeError: in timer\n {4}at .*cell/.test(kernel.text('stderr')))
  assert.equal((await kernel.execute('1')).status, 'ok')
})

test('an error in a microtask is shown without what called it', async () => {
  await kernel.execute("queueMicrotask(() => { throw new TypeError('in microtask') })")
  await kernel.until(() =>
    /^TypeError: in microtask\n {4}at cell \d+:1:30\n$/.test(kernel.text('stderr')),
  )
})

test('a promise that nobody handles is shown on stderr, and the engine goes on', async () => {
  await kernel.execute("Promise.reject(new RangeError('unheard')); 1", { silent: true })
  await kernel.until(() => kernel.text('stderr').startsWith('RangeError: unheard\n'))
  assert.equal((await kernel.execute('1')).status, 'ok')
})

test('a cell that shows itself in several forms shows them all', async () => {
  await kernel.execute("({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>' }) })")
  assert.deepEqual(kernel.shown.at(-1)?.[1], { 'text/html': '<b>' })
})

test('requests run one at a time, in the order in which they came', async () => {
  await kernel.execute('let order = []')
  await Promise.all([
    kernel.apply('async () => { await new Promise((r) => setTimeout(r, 20)); order.push(1) }'),
    kernel.execute('order.push(2)'),
    kernel.apply('() => order.push(3)'),
  ])
  assert.deepEqual(await kernel.apply('() => order'), { status: 'ok', value: [1, 2, 3] })
})

test('clearing waits for its turn, and empties the namespace', async () => {
  await kernel.execute('let a = 1')
  const before = kernel.apply('() => a')
  const cleared = kernel.clear()
  const afterwards = kernel.apply('() => a')
  assert.equal((await before).status, 'ok')
  await cleared
  const outcome = await afterwards
  assert.ok(outcome.status === 'error')
  assert.equal(outcome.ename, 'ReferenceError')
})

test('a large result leaves the memory of the namespace alone', async () => {
  await kernel.execute('const big = new Float64Array(1e6).fill(7)')
  assert.equal((await kernel.apply('() => big')).status, 'ok')
  assert.deepEqual(await kernel.apply('() => [big.length, big[999_999]]'), {
    status: 'ok',
    value: [1e6, 7],
  })
})

test('process.exit ends the engine after what was printed has left', async () => {
  await using other = await KernelProcess.start()
  void other.execute("console.log('last words'); process.exit(7)")
  assert.equal(await other.exited, 7)
  assert.equal(other.announcedExit, 7)
  assert.equal(other.text('stdout'), 'last words\n')
})

test('an outcome that came just before the end has left, too', async () => {
  await using other = await KernelProcess.start()
  const outcome = await other.execute('setImmediate(() => process.exit(0)); 1')
  assert.equal(outcome.status, 'ok')
  assert.equal(await other.exited, 0)
})

test('the process ends by itself when the serving thread is gone', async () => {
  await using other = await KernelProcess.start()
  await other.execute('1')
  other.disconnect()
  assert.equal(await other.exited, 0)
})

test('questions about code are answered across the threads', async () => {
  await kernel.execute('const answerOfAll = { sense: 42 }')
  const code = 'answerOfAll.'
  assert.equal((await kernel.ask('complete', { code, cursorPos: code.length })).matches[0], 'sense')
  const inspected = await kernel.ask('inspect', { code, cursorPos: 3, detailLevel: 0 })
  assert.match(String(inspected.data['text/plain']), /sense: 42/)
  assert.equal((await kernel.ask('isComplete', '{')).status, 'incomplete')
  const wanted = { accessType: 'tail', n: 1, output: false, raw: true } as const
  assert.equal(
    (await kernel.ask('history', wanted)).entries[0]?.[2],
    'const answerOfAll = { sense: 42 }',
  )
})

test('a question that fails because of what user code has changed keeps nobody waiting', async () => {
  await kernel.execute('const { matchAll } = String.prototype; String.prototype.matchAll = null')
  const code = 'answer'
  const { matches } = await kernel.ask('complete', { code, cursorPos: code.length })
  assert.deepEqual(matches, [])
  assert.equal((await kernel.execute('String.prototype.matchAll = matchAll; 1')).status, 'ok')
})

test('a call that cannot even be read because of that keeps nobody waiting, either', async () => {
  await kernel.execute(`
    const { map } = Array.prototype
    Array.prototype.map = function (...args) {
      if (!String(args[0]).includes('packed')) return map.apply(this, args)
      Array.prototype.map = map
      throw new TypeError('changed')
    }`)
  const outcome = await kernel.apply('() => 1')
  assert.equal(outcome.status === 'error' && outcome.evalue, 'changed')
  assert.equal((await kernel.execute('1')).status, 'ok')
})
