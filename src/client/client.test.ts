import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from './client.ts'
import { PlayedCluster } from './played-cluster.test.ts'

test('a client knows the engines that were registered before it came', async () => {
  const cluster = await PlayedCluster.start(3)
  const rc = await cluster.connect()
  assert.deepEqual(rc.ids, [0, 1, 2])
  assert.equal(rc.engines[1]?.language, 'typescript')
  await cluster.stop()
})

test('new Client(), as one writes it in Python, says what to write instead', () => {
  const Made = Client as unknown as new () => Client
  assert.throws(() => new Made(), { code: 'IPAR_ARGUMENT', message: /await Client\.connect\(\)/ })
})

test('an engine that comes later appears by itself', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  await cluster.addEngine()
  assert.deepEqual(rc.ids, [0, 1])
  await cluster.stop()
})

test('a function applied to all engines gives one result for each', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  const result = rc.directView().apply((n: number) => n * 2, 21)
  assert.deepEqual(await cluster.run(result), [42, 42])
  await cluster.stop()
})

test('what was pushed can be pulled', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  const view = rc.directView()
  await cluster.run(view.push({ a: 1, b: Float64Array.of(1, 2) }))
  assert.deepEqual(await cluster.run(view.pull(['a', 'b'])), [
    [1, Float64Array.of(1, 2)],
    [1, Float64Array.of(1, 2)],
  ])
  await cluster.stop()
})

test('a load-balanced map keeps the order of its items', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  const balanced = rc.loadBalancedView()
  const items = Array.from({ length: 50 }, (_, i) => i)
  const squares = await cluster.run(balanced.map((x) => x ** 2, items))
  assert.deepEqual(
    squares,
    items.map((x) => x ** 2),
  )
  await cluster.stop()
})

test('waiting for engines ends when enough are there, and tells about each', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  const told: number[] = []
  const waiting = rc.waitForEngines(2, { onProgress: ({ done }) => told.push(done) })
  await cluster.addEngine()
  assert.deepEqual(await cluster.run(waiting), [0, 1])
  assert.deepEqual(told, [1, 2])
  await cluster.stop()
})

test('waiting too long for engines says how many there are, and who left', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  const waiting = rc.waitForEngines(3, { timeoutMs: 2_000 })
  const refused = assert.rejects(waiting, {
    name: 'TimeoutError',
    message: '1 of 3 engines registered within 2 s; engine 1 left meanwhile: exited with code 3',
  })
  await cluster.kill(cluster.engines[1]!, { exitCode: 3 })
  await cluster.run(refused)
  await cluster.stop()
})

test('waiting for engines can be given up by a signal', async () => {
  const cluster = await PlayedCluster.start(0)
  const rc = await cluster.connect()
  const controller = new AbortController()
  const waiting = rc.waitForEngines(1, { signal: controller.signal })
  controller.abort(new Error('enough'))
  await assert.rejects(cluster.run(waiting), /enough/)
  await cluster.stop()
})

test('closing rejects everything that is waited for', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  cluster.engines[0]!.evaluator.hold()
  const closed = { name: 'ClientClosedError' }
  const rejections = [
    assert.rejects(async () => await rc.directView().apply(() => 1), closed),
    assert.rejects(async () => await rc.loadBalancedView().map((x) => x, [1, 2]), closed),
    assert.rejects(rc.waitForEngines(5), closed),
    assert.rejects(rc.queueStatus(), closed),
    assert.rejects(rc.directView().clear(), closed),
  ]
  await cluster.run(rc.close())
  await cluster.run(Promise.all(rejections))
  assert.throws(() => rc.directView().apply(() => 1), closed)
  assert.equal(rc.status, 'closed')
  cluster.engines[0]!.evaluator.release()
  await cluster.stop()
})

test('closing twice is closing once', async () => {
  const cluster = await PlayedCluster.start(0)
  const rc = await cluster.connect()
  await cluster.run(Promise.all([rc.close(), rc.close(), rc[Symbol.asyncDispose]()]))
  await cluster.stop()
})

test('a client that is closed leaves no timer behind', async () => {
  const cluster = await PlayedCluster.start(1)
  const before = cluster.clock.pending
  const rc = await cluster.connect()
  await cluster.run(rc.directView().execute("print('x')"))
  await cluster.run(rc.close())
  await cluster.clock.advance(2_000)
  assert.ok(cluster.clock.pending <= before + 1, `${cluster.clock.pending} against ${before}`)
  await cluster.stop()
})

test('a controller that is not there is named, with the usual causes', async () => {
  const cluster = await PlayedCluster.start(0)
  await cluster.run(cluster.controller.close())
  await assert.rejects(cluster.connect({ timeoutMs: 3_000 }), (error: Error) => {
    assert.equal(error.name, 'ConnectionTimeoutError')
    assert.match(
      error.message,
      /^the controller at tcp:\/\/controller:\d+ did not answer within 3 s/,
    )
    assert.match(error.message, /ECONNREFUSED/)
    assert.match(error.message, /firewall/)
    return true
  })
  assert.equal(cluster.clock.pending, 0)
})

test('a wrong key is told apart from a controller that is not there', async () => {
  const cluster = await PlayedCluster.start(0)
  await assert.rejects(cluster.connect({ key: 'other', timeoutMs: 3_000 }), (error: Error) => {
    assert.match(error.message, /connected, but no answer/)
    assert.match(error.message, /key another one/)
    return true
  })
  await cluster.stop()
})

test('the hub tells how many tasks each engine has, or which', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  cluster.engines[0]!.evaluator.hold()
  const result = rc.directView(0).apply(() => 1)
  await cluster.clock.advance(10)
  const counts = await cluster.run(rc.queueStatus())
  assert.deepEqual(counts.engines[0], { queue: 1, completed: 0, tasks: 0 })
  assert.equal(counts.unassigned, 0)
  const ids = await cluster.run(rc.queueStatus({ targets: 0, verbose: true }))
  assert.deepEqual(ids.engines[0]!.queue, result.msgIds)
  cluster.engines[0]!.evaluator.release()
  await cluster.run(result)
  await cluster.stop()
})

test('the hub refuses what it does not know, with its own words', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  await assert.rejects(cluster.run(rc.resultStatus('nonsense')), {
    name: 'HubError',
    ename: 'KeyError',
  })
  await assert.rejects(cluster.run(rc.dbQuery({ completed: { $nope: 1 } })), { name: 'HubError' })
  await cluster.stop()
})

test('another client can fetch a result by its id, before and after it is there', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  for (const { evaluator } of cluster.engines) evaluator.hold()
  const sent = rc.loadBalancedView().map((x) => x * 2, [1, 2])
  await cluster.clock.advance(10)
  const ids = sent.msgIds
  await cluster.run(rc.close())
  const other = await cluster.connect()
  const results = other.getResult<number>(ids)
  const single = other.getResult<number>(ids[1]!)
  await cluster.clock.advance(500)
  assert.equal(results.ready, false)
  for (const { evaluator } of cluster.engines) evaluator.release()
  assert.deepEqual(await cluster.run(results), [2, 4])
  assert.equal(await cluster.run(single), 4)
  assert.deepEqual((await cluster.run(other.resultStatus(ids))).completed.sort(), [...ids].sort())
  await cluster.stop()
})

test('a result can be asked for twice at once', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  const { msgIds } = rc.directView(0).apply(() => 6)
  const [id] = msgIds
  assert.deepEqual(await cluster.run(rc.getResult([id!, id!])), [6, 6])
  await cluster.stop()
})

test('a question that cannot be written is refused, and not waited for', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  const unheard: unknown[] = []
  const note = (reason: unknown): void => void unheard.push(reason)
  process.on('unhandledRejection', note)
  await assert.rejects(cluster.run(rc.dbQuery({ msg_id: 1n })), TypeError)
  await assert.rejects(cluster.run(rc.sendSignal(1n as unknown as number)), TypeError)
  await cluster.stop()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  assert.deepEqual(unheard, [])
})

test('a cell of another client shows what it printed, and its error', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  const good = rc.directView(0).execute("print('hello\\n')")
  const bad = rc.directView(0).execute("throw new RangeError('no')")
  await cluster.run(Promise.allSettled([good, bad]))
  const other = await cluster.connect()
  const [executed] = await cluster.run(other.getResult<{ stdout: string }>(good.msgIds))
  assert.equal(executed!.stdout, 'hello\n')
  await assert.rejects(cluster.run(other.getResult(bad.msgIds[0]!)), { ename: 'RangeError' })
  await assert.rejects(cluster.run(other.getResult('nonsense')), { name: 'HubError' })
  await cluster.stop()
})

test('tasks can be run again', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  const result = rc.loadBalancedView().apply((x: number) => x + 1, 1)
  await cluster.run(result)
  assert.deepEqual(await cluster.run(rc.resubmit(result)), [2])
  assert.equal(cluster.engines[0]!.evaluator.calls, 2)
  await cluster.stop()
})

test('the hub remembers tasks until it is told to forget them', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  const result = rc.directView(0).apply(() => 1)
  await cluster.run(result)
  assert.deepEqual(await cluster.run(rc.hubHistory()), result.msgIds)
  const records = await cluster.run(
    rc.dbQuery({ completed: { $ne: null } }, { keys: ['completed', 'result_buffers'] }),
  )
  assert.ok(records[0]!['completed'] instanceof Date)
  assert.equal(records[0]!.result_buffers?.length, 1)
  await cluster.run(rc.purgeResults('all'))
  assert.deepEqual(await cluster.run(rc.hubHistory()), [])
  await cluster.stop()
})

test('engines can be shut down, and the controller with them', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  const other = await cluster.connect()
  await cluster.run(rc.shutdown({ targets: 0 }))
  await cluster.clock.advance(2_000)
  assert.deepEqual(rc.ids, [1])
  await cluster.run(rc.shutdown({ hub: true }))
  await cluster.clock.advance(2_000)
  assert.equal(rc.status, 'closed')
  assert.equal(other.status, 'closed')
  assert.throws(() => other.directView().apply(() => 1), /controller was shut down/)
  await cluster.stop()
})

test('listeners hear of engines that come and go', async () => {
  const cluster = await PlayedCluster.start(0)
  const rc = await cluster.connect()
  const heard: string[] = []
  rc.on('engineRegistered', ({ id }) => heard.push(`+${id}`))
  const stop = rc.on('engineUnregistered', ({ engine, cause }) =>
    heard.push(`-${engine.id} ${cause?.signal}`),
  )
  await cluster.kill(await cluster.addEngine(), { signal: 'SIGKILL' })
  stop()
  await cluster.kill(await cluster.addEngine())
  assert.deepEqual(heard, ['+0', '-0 SIGKILL', '+1'])
  await cluster.stop()
})

test('clients, views and results say what they are', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  const result = rc.directView().apply(() => 1)
  assert.match(String(rc), /^Client\(tcp:\/\/controller:\d+, connected, 1 engine\)$/)
  assert.equal(String(rc.directView([0])), 'DirectView([0])')
  assert.equal(String(result), 'AsyncResult(0 of 1)')
  await cluster.run(result)
  assert.equal(String(result), 'AsyncResult(done)')
  await cluster.stop()
})
