import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { limits } from '../base/mod.ts'
import { KernelProcess } from './kernel-process.test.ts'

let kernel: KernelProcess
before(async () => {
  kernel = await KernelProcess.start()
  await kernel.execute(`let kept = 'kept'
    const sleep = (ms) => new Promise((r) => setTimeout(r, ms))
    const ready = () => process.stderr.write('ready')`)
})
after(() => kernel[Symbol.asyncDispose]())

/** Each prints a line when it is where it should be interrupted. */
const cells: readonly (readonly [what: string, code: string])[] = [
  ['an empty loop', 'ready(); for (;;);'],
  ['a loop that computes', 'ready(); for (let i = 0; ; i++) Math.sqrt(i)'],
  ['a loop that allocates', 'ready(); for (;;) [1, 2].concat({})'],
  ['a loop within try and catch', 'ready(); for (;;) { try { null.x } catch {} }'],
  ['a loop within try and finally', 'try { ready(); for (;;); } finally { kept = 0 }'],
  ['a loop within catch', 'try { null.x } catch { ready(); for (;;); }'],
  [
    'a loop in a nested function',
    'const f = (n) => { if (n > 0) f(n - 1); else for (;;); }; ready(); f(50)',
  ],
  ['a generator without end', 'function* g() { for (;;) yield 1 }; ready(); for (const x of g());'],
  ['a loop after an await', 'await 1; ready(); for (;;);'],
  ['a loop after a sleep', 'await sleep(5); ready(); for (;;);'],
  ['a storm of microtasks', 'ready(); const f = () => Promise.resolve().then(f); await f()'],
  [
    'a storm of queueMicrotask',
    'ready(); const f = () => queueMicrotask(f); f(); await new Promise(() => {})',
  ],
  [
    'a storm of ticks',
    'ready(); const f = () => process.nextTick(f); f(); await new Promise(() => {})',
  ],
  ['a loop in a timer', 'await new Promise(() => setTimeout(() => { ready(); for (;;); }, 1))'],
  ['a loop in setImmediate', 'await new Promise(() => setImmediate(() => { ready(); for (;;); }))'],
  [
    'a loop in an interval',
    'await new Promise(() => setInterval(() => { ready(); for (;;); }, 1))',
  ],
  ['a regular expression that backtracks', 'ready(); /(a+)+$/.test("a".repeat(50) + "b")'],
  ['a sort', 'ready(); for (;;) Array.from({ length: 1e5 }, Math.random).sort()'],
  [
    'JSON',
    'const big = Array(1e6).fill({ a: 1 }); ready(); for (;;) JSON.parse(JSON.stringify(big))',
  ],
  ['Atomics.wait', 'ready(); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
  ['a loop in a getter', 'const o = { get x() { ready(); for (;;); } }; o.x'],
  ['a loop in a proxy', 'const q = new Proxy({}, { get() { ready(); for (;;); } }); q.x'],
  ['a loop in toString', 'String({ toString() { ready(); for (;;); } })'],
  [
    'a loop in an event listener',
    "const e = new (require('node:events'))(); e.on('x', () => { ready(); for (;;); }); e.emit('x')",
  ],
  [
    'a loop in another context',
    "const vm = require('node:vm'); ready(); vm.runInNewContext('for (;;);')",
  ],
  [
    'a loop in an HTTP server',
    `const http = require('node:http')
    const server = http.createServer(() => { server.close(); ready(); for (;;); })
    await new Promise((done) => server.listen(0, '127.0.0.1', done))
    await new Promise(() => http.get({ port: server.address().port }).on('error', () => {}))`,
  ],
  ['a loop that prints', 'ready(); for (;;) console.log("x")'],
  ['a loop that prints single characters', "ready(); for (;;) process.stdout.write('x')"],
  ['a loop that displays', 'ready(); for (;;) display(1)'],
  ['a loop that shows its value', "({ [Symbol.for('Jupyter.display')]() { ready(); for (;;); } })"],
  ['an await without end', 'ready(); await new Promise(() => {})'],
  ['a sleep', 'ready(); await sleep(1e6)'],
  ['a sleep in a loop', 'ready(); for (;;) await sleep(1e5)'],
  [
    'a for await without end',
    'async function* g() { yield 1; await new Promise(() => {}) }; ready(); for await (const x of g());',
  ],
]

for (const [what, code] of cells) {
  test(`${what} is interrupted, and the namespace survives`, { timeout: 30_000 }, async () => {
    kernel.shown.length = 0
    const running = kernel.execute(code)
    await kernel.until(() => kernel.text('stderr').startsWith('ready'))
    kernel.interrupt()
    const outcome = await running
    assert.ok(outcome.status === 'error')
    assert.equal(outcome.ename, 'KeyboardInterrupt')
    const kept = await kernel.apply('() => kept')
    assert.ok(kept.status === 'ok')
    assert.equal(kept.value, 'kept')
  })
}

test('an await of a cell throws, so that finally blocks run', async () => {
  kernel.shown.length = 0
  const running = kernel.execute(`try {
    ready()
    for (;;) await sleep(5)
  } finally {
    console.log('first')
    const slept = await sleep(1)
    console.log('second')
  }`)
  await kernel.until(() => kernel.text('stderr').startsWith('ready'))
  kernel.interrupt()
  assert.equal((await running).status, 'error')
  await kernel.until(() => kernel.text('stdout') === 'first\nsecond\n')
})

test('a function that goes on by itself is told by the signal', async () => {
  kernel.shown.length = 0
  const running = kernel.execute(`
    const work = async (signal) => {
      ready()
      while (!signal.aborted) await sleep(5)
      console.log('stopped')
    }
    await work(interruptSignal)`)
  await kernel.until(() => kernel.text('stderr').startsWith('ready'))
  kernel.interrupt()
  assert.equal((await running).status, 'error')
  await kernel.until(() => kernel.text('stdout') === 'stopped\n')
})

test('a question to the user is interrupted', async () => {
  kernel.shown.length = 0
  const running = kernel.execute(`const ask = async () => input('name? ')
    await ask().finally(() => console.log('asked'))`)
  await kernel.until(() => kernel.shown.some(([kind]) => kind === 'ask'))
  kernel.interrupt()
  const outcome = await running
  assert.ok(outcome.status === 'error')
  assert.equal(outcome.ename, 'KeyboardInterrupt')
  await kernel.until(() => kernel.text('stdout') === 'asked\n')
})

test('a call is interrupted like a cell', async () => {
  kernel.shown.length = 0
  const running = kernel.apply('() => { ready(); for (;;); }')
  await kernel.until(() => kernel.text('stderr').startsWith('ready'))
  kernel.interrupt()
  const outcome = await running
  assert.ok(outcome.status === 'error')
  assert.equal(outcome.ename, 'KeyboardInterrupt')
})

test('a request that waits behind the interrupted one runs', async () => {
  kernel.shown.length = 0
  const running = kernel.execute('ready(); for (;;);')
  const waiting = [1, 2, 3].map((a) => kernel.apply('(a) => a', a))
  await kernel.until(() => kernel.text('stderr').startsWith('ready'))
  kernel.interrupt()
  assert.equal((await running).status, 'error')
  const outcomes = await Promise.all(waiting)
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === 'ok' && outcome.value),
    [1, 2, 3],
  )
})

test('a loop left over from an earlier cell is interrupted when it holds up a request', async () => {
  await kernel.execute('setTimeout(() => { for (;;); }, 20); 1')
  const impatience = setInterval(() => kernel.interrupt(), 500)
  try {
    let outcome = await kernel.execute('await sleep(5)')
    while (outcome.status === 'ok') outcome = await kernel.execute('await sleep(5)')
    assert.equal(outcome.ename, 'KeyboardInterrupt')
  } finally {
    clearInterval(impatience)
  }
  assert.equal((await kernel.execute('kept')).status, 'ok')
})

test('interrupts that come when nothing runs harm nothing', async () => {
  for (let i = 0; i < 200; i++) {
    kernel.interrupt()
    const outcome = await kernel.apply('(a) => a', i)
    if (outcome.status === 'error') assert.equal(outcome.ename, 'KeyboardInterrupt')
    else assert.equal(outcome.value, i)
  }
  assert.equal((await kernel.execute('kept')).status, 'ok')
})

test('an interrupt that meets the very end of a request settles it, and the next one', async () => {
  await kernel.execute(`const busy = (ms) => {
    const start = performance.now()
    while (performance.now() - start < ms);
  }`)
  for (let i = 0; i < 40; i++) {
    const ms = limits.interruptGraceMs - 5 + Math.random() * 12
    const running =
      i % 2 === 0
        ? kernel.execute(`busy(${ms})`)
        : kernel.apply(`async () => { await sleep(2); busy(${ms}); await sleep(0) }`)
    const next = kernel.apply('(a) => a', i)
    setTimeout(() => kernel.interrupt(), 3)
    const outcome = await running
    if (outcome.status === 'error') assert.equal(outcome.ename, 'KeyboardInterrupt')
    assert.deepEqual(await next, { status: 'ok', value: i })
  }
})
