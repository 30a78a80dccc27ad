import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits, utf8 } from '../base/mod.ts'
import { settle } from '../testing/mod.ts'
import type { InputRequest, KernelOutput } from './mod.ts'
import { PlayedKernel } from './played-kernel.test.ts'

const ok = { status: 'ok', execution_count: 3, payload: [], user_expressions: {} }
const idle = { execution_state: 'idle' }

test('a cell ends when its reply and the rest of its output are here', async (t) => {
  const kernel = await PlayedKernel.start(t)
  const outputs: KernelOutput[] = []
  let ended = false
  const running = kernel.client
    .execute('1', { onOutput: (output) => void outputs.push(output) })
    .finally(() => {
      ended = true
    })
  const request = await kernel.request('execute_request')
  assert.deepEqual(request.content, {
    code: '1',
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: true,
  })
  await kernel.publish('status', { execution_state: 'busy' }, request)
  assert.equal(kernel.client.state, 'busy')
  await kernel.reply(request, 'execute_reply', ok)
  await kernel.publish('stream', { name: 'stdout', text: 'late' }, request)
  assert.equal(ended, false)
  await kernel.publish('status', idle, request)
  assert.deepEqual(outputs, [{ type: 'stream', name: 'stdout', text: 'late' }])
  assert.equal((await running).executionCount, 3)
})

test('a reply whose idle was lost is enough after a silence', async (t) => {
  const kernel = await PlayedKernel.start(t)
  const running = kernel.client.execute('1')
  const request = await kernel.request('execute_request')
  await kernel.reply(request, 'execute_reply', ok)
  await kernel.clock.advance(limits.kernelIdleGraceMs)
  assert.equal((await running).status, 'ok')
})

test('a failed cell says what its exception was', async (t) => {
  const kernel = await PlayedKernel.start(t)
  const running = kernel.client.execute('boom()')
  const request = await kernel.request('execute_request')
  const failure = { ename: 'Error', evalue: 'boom', traceback: ['line'] }
  await kernel.publish('status', idle, request)
  await kernel.reply(request, 'execute_reply', { status: 'error', ...failure })
  const { status, failure: found } = await running
  assert.equal(status, 'error')
  assert.equal(found?.evalue, 'boom')
})

test('output of a cell that has ended, and of others, comes with its source', async (t) => {
  const heard: string[] = []
  const kernel = await PlayedKernel.start(t, {
    onOutput: (output, { own }) => {
      if (output.type === 'stream') heard.push(`${output.text} ${own}`)
    },
  })
  const running = kernel.client.execute('setTimeout(…)')
  const request = await kernel.request('execute_request')
  await kernel.publish('status', idle, request)
  await kernel.reply(request, 'execute_reply', ok)
  await running
  await kernel.publish('stream', { name: 'stdout', text: 'tick' }, request)
  await kernel.publish('stream', { name: 'stdout', text: 'nobody’s' })
  assert.deepEqual(heard, ['tick true', 'nobody’s false'])
})

test('a kernel that asks for a line gets it on the identity of the cell', async (t) => {
  const kernel = await PlayedKernel.start(t)
  const asked: InputRequest[] = []
  const running = kernel.client.execute('await input()', {
    onInput: async (request) => {
      asked.push(request)
      return 'Ann'
    },
  })
  const request = await kernel.request('execute_request')
  assert.equal(request.content['allow_stdin'], true)
  const content = { prompt: 'name? ', password: false }
  await kernel.reply(request, 'input_request', content, 'stdin')
  const line = await kernel.request('input_reply')
  assert.equal(line.content['value'], 'Ann')
  assert.equal(PlayedKernel.identity(line), PlayedKernel.identity(request))
  assert.deepEqual(asked, [content])
  await kernel.publish('status', idle, request)
  await kernel.reply(request, 'execute_reply', ok)
  await running
})

test('positions are counted in code points on the wire, in units here', async (t) => {
  const kernel = await PlayedKernel.start(t)
  const code = '"🙂🙂".le'
  const asking = kernel.client.complete(code)
  const request = await kernel.request('complete_request')
  assert.equal(request.content['cursor_pos'], 7)
  const kinds = [{ text: 'length', type: 'number' }]
  await kernel.reply(request, 'complete_reply', {
    status: 'ok',
    matches: ['length', 'legs'],
    cursor_start: 5,
    cursor_end: 7,
    metadata: { _jupyter_types_experimental: kinds },
  })
  const { matches, start, end, kinds: found } = await asking
  assert.deepEqual(
    [matches, code.slice(start, end), found[0]],
    [['length', 'legs'], 'le', 'number'],
  )
})

test('inspection, completeness and history are asked for', async (t) => {
  const kernel = await PlayedKernel.start(t)
  const { client } = kernel
  const nothing = client.inspect('x')
  await kernel.reply(await kernel.request('inspect_request'), 'inspect_reply', {
    status: 'ok',
    found: false,
  })
  assert.equal(await nothing, undefined)
  const whether = client.isComplete('if (x) {')
  await kernel.reply(await kernel.request('is_complete_request'), 'is_complete_reply', {
    status: 'incomplete',
    indent: '  ',
  })
  assert.deepEqual(await whether, { status: 'incomplete', indent: '  ' })
  const past = client.history({ accessType: 'tail', n: 3, output: false, raw: true })
  const history = [
    [1, 1, 'a'],
    [1, 2, 'b'],
  ]
  await kernel.reply(await kernel.request('history_request'), 'history_reply', { history })
  assert.deepEqual(
    (await past).map(([, , input]) => input),
    ['a', 'b'],
  )
})

test('ready is when published messages arrive, too', async (t) => {
  const kernel = await PlayedKernel.start(t)
  let ready = false
  const waiting = kernel.client.ready().then((info) => {
    ready = true
    return info
  })
  const info = {
    status: 'ok',
    protocol_version: '5.4',
    language_info: { name: 'typescript' },
    banner: 'hi',
  }
  await kernel.reply(await kernel.request('kernel_info_request'), 'kernel_info_reply', info)
  await kernel.clock.advance(limits.kernelSubscriptionMs)
  assert.equal(ready, false)
  const second = await kernel.request('kernel_info_request')
  await kernel.publish('status', idle, second)
  await kernel.reply(second, 'kernel_info_reply', info)
  assert.equal((await waiting).language.name, 'typescript')
})

test('a request that nobody answers fails in time', async (t) => {
  const kernel = await PlayedKernel.start(t)
  const asking = assert.rejects(kernel.client.kernelInfo({ timeoutMs: 100 }), {
    code: 'IPAR_KERNEL_TIMEOUT',
  })
  await kernel.clock.advance(100)
  await asking
})

test('interrupts and the end are asked for on the control channel', async (t) => {
  const kernel = await PlayedKernel.start(t)
  const interrupting = kernel.client.interrupt()
  const interrupt = await kernel.request('interrupt_request')
  await kernel.reply(interrupt, 'interrupt_reply', { status: 'ok' }, 'control')
  await interrupting
  const ending = kernel.client.shutdown({ restart: true })
  const shutdown = await kernel.request('shutdown_request')
  assert.deepEqual(shutdown.content, { restart: true })
  await kernel.reply(shutdown, 'shutdown_reply', { status: 'ok', restart: true }, 'control')
  await ending
})

test('who waits hears that the kernel is gone, or that the client was closed', async (t) => {
  const kernel = await PlayedKernel.start(t)
  const { client } = kernel
  const cell = assert.rejects(client.execute('1'), { code: 'IPAR_KERNEL_GONE', message: /killed/ })
  const question = assert.rejects(client.inspect('x'), { code: 'IPAR_KERNEL_GONE' })
  client.kernelGone('it was killed')
  await Promise.all([cell, question])
  const late = assert.rejects(client.execute('1'), { code: 'IPAR_CLOSED' })
  await Promise.all([client.close(), late])
  await assert.rejects(client.execute('1'), { code: 'IPAR_CLOSED' })
})

test('who waits for a kernel that never comes hears of its end, and no timer is left', async (t) => {
  const { client, clock } = await PlayedKernel.start(t)
  client.kernelGone('it was restarted')
  const waiting = assert.rejects(client.ready({ timeoutMs: 60_000 }), /ended at once/)
  client.kernelGone('it has ended at once')
  await waiting
  await client.close()
  assert.equal(clock.pending, 0)
})

test('comms pass through both ways, with their buffers', async (t) => {
  const heard: unknown[] = []
  const kernel = await PlayedKernel.start(t, {
    onComm: ({ header, content }) => void heard.push([header.msgType, content]),
  })
  kernel.client.sendComm('comm_open', { comm_id: 'c' }, { buffers: [utf8('raw')] })
  const request = await kernel.request('comm_open')
  assert.equal(request.buffers.length, 1)
  await kernel.publish('comm_msg', { comm_id: 'c', data: {} }, request)
  assert.deepEqual(heard, [['comm_msg', { comm_id: 'c', data: {} }]])
})

test('a message without the key, or of no sense, is logged and harms nobody', async (t) => {
  const kernel = await PlayedKernel.start(t)
  const running = kernel.client.execute('1')
  const request = await kernel.request('execute_request')
  const frames = kernel.session.pack('stream', { content: { name: 'stdout', text: 'x' } })
  await kernel.publishFrames(frames.with(1, utf8('0'.repeat(64))))
  await kernel.publish('stream', { name: 7 }, request)
  assert.match(kernel.log.join('\n'), /signature is wrong.*\n.*stream.*'name'/)
  await kernel.publish('status', idle, request)
  await kernel.reply(request, 'execute_reply', ok)
  await running
})

test('a heart that stops is noticed, one that beats again, too', async (t) => {
  const changes: boolean[] = []
  const kernel = await PlayedKernel.start(t, { onLiveness: (alive) => void changes.push(alive) })
  await kernel.clock.advance(limits.kernelBeatMs * 3)
  assert.deepEqual(changes, [true])
  await kernel.stopHeart()
  await kernel.clock.advance(limits.kernelSilenceMs + limits.kernelBeatMs * 2)
  assert.deepEqual(changes, [true, false])
  await kernel.startHeart()
  await kernel.clock.advance(limits.kernelBeatMs * 2)
  await settle()
  assert.deepEqual(changes, [true, false, true])
})
