import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { ExecuteRequest, Output } from '../engine/mod.ts'
import type { MessageFromEvaluator, MessageToEvaluator } from './port-messages.ts'
import { SharedControl } from './shared-control.ts'
import { PortEvaluator } from './worker-side.ts'

const cell: ExecuteRequest = { code: '1', silent: false, storeHistory: true, userExpressions: {} }

let evaluator: PortEvaluator
let far: MessagePort
let control: SharedControl
let exits: number[]
let asked: MessageToEvaluator[]
let heard = () => {}

beforeEach(() => {
  const { port1, port2 } = new MessageChannel()
  control = new SharedControl()
  exits = []
  evaluator = new PortEvaluator(
    { port: port1, memory: control.memory },
    { onExit: (code) => void exits.push(code) },
  )
  far = port2
  const received: MessageToEvaluator[] = []
  asked = received
  far.on('message', (message: MessageToEvaluator) => {
    received.push(message)
    heard()
  })
})
afterEach(() => evaluator.close())

function answer(message: MessageFromEvaluator): void {
  far.postMessage(message)
}

async function asks(count: number): Promise<void> {
  while (asked.length < count) {
    await new Promise<void>((resolve) => {
      heard = resolve
    })
  }
}

function recorder(): Output & { readonly shown: unknown[][] } {
  const shown: unknown[][] = []
  return {
    shown,
    stream: (...args) => shown.push(['stream', ...args]),
    executeInput: (...args) => shown.push(['input', ...args]),
    executeResult: (...args) => shown.push(['result', ...args]),
    display: (...args) => shown.push(['display', ...args]),
    clearOutput: (...args) => shown.push(['clear', ...args]),
    input: async (prompt, password) => {
      if (prompt === '') throw new RangeError('no prompt')
      return `${prompt}${password}`
    },
  }
}

const done = { status: 'ok', executionCount: 1, userExpressions: {} } as const

test('everything that a request shows gets to its output, in order, before its outcome', async () => {
  const output = recorder()
  const outcome = evaluator.execute(cell, output).then((result) => [result, output.shown.length])
  answer(['executeInput', 1, 'code', 3])
  answer(['stream', 1, 'stdout', 'a'])
  answer(['stream', 1, 'stdout', 'b'])
  answer(['display', 1, { a: 1 }, { b: 2 }, { c: 3 }, true])
  answer(['clearOutput', 1, true])
  answer(['executeResult', 1, { a: 1 }, { b: 2 }, 3])
  answer(['executed', 1, done, undefined])
  assert.deepEqual(await outcome, [done, 5])
  assert.deepEqual(output.shown, [
    ['input', 'code', 3],
    ['stream', 'stdout', 'ab'],
    ['display', { a: 1 }, { b: 2 }, { c: 3 }, true],
    ['clear', true],
    ['result', { a: 1 }, { b: 2 }, 3],
  ])
})

test('what a finished request still shows gets to its output', async () => {
  const output = recorder()
  const running = evaluator.execute(cell, output)
  answer(['executed', 1, done, undefined])
  await running
  const next = evaluator.clear()
  answer(['stream', 1, 'stderr', 'late'])
  answer(['cleared', 2])
  await next
  assert.deepEqual(output.shown, [['stream', 'stderr', 'late']])
})

test('small requests are sent ahead, up to a bound', async () => {
  for (let i = 0; i < 100; i++) void evaluator.apply({ buffers: [new Uint8Array(8)] }, recorder())
  const cleared = evaluator.clear()
  await asks(64)
  for (let id = 1; id <= 100; id++)
    answer(['applied', id, { lengths: [], packed: undefined, taken: [] }])
  await asks(101)
  assert.deepEqual(
    asked.map(([, id]) => id),
    Array.from({ length: 101 }, (_, i) => i + 1),
  )
  answer(['cleared', 101])
  await cleared
})

test('memory is given away only when nothing can be lost', async () => {
  const large = new Uint8Array(100_000)
  void evaluator.apply({ buffers: [new Uint8Array(8)] }, recorder())
  const second = evaluator.apply({ buffers: [large] }, recorder())
  await asks(1)
  assert.equal(large.length, 100_000)
  answer(['applied', 1, { lengths: [], packed: undefined, taken: [] }])
  await asks(2)
  assert.equal(large.length, 0)
  answer(['failed', 2, { status: 'error', ename: 'a', evalue: 'b', traceback: [] }, undefined])
  assert.equal((await second).status, 'error')
})

test('an interrupt names the request that runs, and is not repeated', async () => {
  void evaluator.execute(cell, recorder())
  const second = evaluator.execute(cell, recorder())
  evaluator.interrupt()
  evaluator.interrupt()
  await asks(3)
  answer(['executed', 1, done, undefined])
  answer(['executed', 2, done, undefined])
  await second
  assert.deepEqual(
    asked.map(([kind, id]) => [kind, id]),
    [
      ['execute', 1],
      ['execute', 2],
      ['interrupt', 1],
    ],
  )
})

test('the end of the process is confirmed when it has been told', async () => {
  answer(['exit', 3])
  while (exits.length === 0) await new Promise((resolve) => setImmediate(resolve))
  control.awaitExit(60_000)
  assert.deepEqual(exits, [3])
})

const call = (): { buffers: readonly Uint8Array[] } => ({ buffers: [new Uint8Array(1)] })
const nothing = { lengths: [], packed: undefined, taken: [] }

test('a call that was given and has not begun can be withdrawn, and never begins', async () => {
  const first = call()
  const second = call()
  const outcomes = [evaluator.apply(first, recorder()), evaluator.apply(second, recorder())]
  await asks(2)
  assert.equal(control.claim(1), true, 'the first begins')
  assert.equal(evaluator.withdraw(first), false)
  assert.equal(evaluator.withdraw(second), true)
  assert.deepEqual(await outcomes[1], { status: 'aborted' })
  assert.equal(control.claim(2), false)
})

test('a call that was not even sent can be withdrawn', async () => {
  const large = { buffers: [new Uint8Array(1 << 20)] }
  void evaluator.apply(call(), recorder())
  const waiting = evaluator.apply(large, recorder())
  await asks(1)
  assert.equal(evaluator.withdraw(large), true)
  assert.deepEqual(await waiting, { status: 'aborted' })
  answer(['applied', 1, nothing])
  await asks(2)
  assert.deepEqual(asked[1], ['skip', 2], 'so that the other side does not wait for it')
})

test('a call that has its outcome cannot be withdrawn', async () => {
  const request = call()
  const outcome = evaluator.apply(request, recorder())
  answer(['applied', 1, nothing])
  await outcome
  assert.equal(evaluator.withdraw(request), false)
})
