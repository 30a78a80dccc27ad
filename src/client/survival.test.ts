import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineError } from './mod.ts'
import { PlayedCluster } from './played-cluster.test.ts'

test('a task of an engine that is killed fails at once, naming engine and signal', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  for (const { evaluator } of cluster.engines) evaluator.hold()
  const doomed = rc.directView(0).apply(() => 1)
  const other = rc.directView(1).apply(() => 2)
  await cluster.clock.advance(10)
  const begin = cluster.clock.monotonicMs()
  await cluster.kill(cluster.engines[0]!, { signal: 'SIGKILL' })
  await assert.rejects(cluster.run(doomed), (error: unknown) => {
    assert.ok(error instanceof EngineError)
    assert.equal(error.engineId, 0)
    assert.match(error.message, /Engine 0 died .* killed by SIGKILL/)
    assert.match(error.stack!, /survival\.test/)
    return true
  })
  assert.ok(cluster.clock.monotonicMs() - begin < 100)
  cluster.engines[1]!.evaluator.release()
  assert.equal(await cluster.run(other), 2)
  await cluster.stop()
})

test('of several engines the one that died is named among the errors', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  cluster.engines[0]!.evaluator.hold()
  const result = rc.directView().apply(() => 1)
  await cluster.clock.advance(10)
  await cluster.kill(cluster.engines[0]!, { exitCode: 1 })
  await assert.rejects(cluster.run(result), /1 of 2 failed:\n {2}Engine 0 died/)
  assert.deepEqual(
    result.metadata.map(({ status }) => status),
    ['error', 'ok'],
  )
  await cluster.stop()
})

test('a load-balanced task of an engine that dies runs elsewhere when it may be retried', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  cluster.engines[0]!.evaluator.hold()
  const retried = rc.loadBalancedView(undefined, { retries: 1 }).apply(() => 'elsewhere')
  await cluster.clock.advance(10)
  await cluster.addEngine()
  await cluster.kill(cluster.engines[0]!, { signal: 'SIGKILL' })
  assert.equal(await cluster.run(retried), 'elsewhere')
  await cluster.stop()
})

test('a load-balanced task that may not be retried fails with the engine and the cause', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  cluster.engines[0]!.evaluator.hold()
  const result = rc.loadBalancedView().apply(() => 1)
  await cluster.clock.advance(10)
  await cluster.kill(cluster.engines[0]!, { signal: 'SIGKILL' })
  await assert.rejects(cluster.run(result), (error: unknown) => {
    assert.ok(error instanceof EngineError)
    assert.equal(error.engineId, 0)
    assert.match(error.message, /SIGKILL/)
    return true
  })
  await cluster.stop()
})

test('a request to an engine that dies is not waited for', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  cluster.network.cutOff(cluster.engines[0]!.host)
  const clearing = assert.rejects(rc.clear(), EngineError)
  await cluster.kill(cluster.engines[0]!, { signal: 'SIGKILL' })
  await cluster.run(clearing)
  await cluster.stop()
})

test('a result that was sent before the engine left wins over the news of it', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  const result = rc.directView(0).apply(() => 'in time')
  await cluster.clock.advance(0)
  await cluster.tellOfDeath(cluster.engines[0]!.engine)
  assert.equal(await cluster.run(result), 'in time')
  await cluster.stop()
})

test('results that were made while the network was cut arrive after it', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  for (const { evaluator } of cluster.engines) evaluator.hold()
  const direct = rc.directView().apply(() => 1)
  const balanced = rc.loadBalancedView().map((x) => x, [1, 2, 3, 4])
  await cluster.clock.advance(10)
  cluster.network.cutOff('client')
  for (const { evaluator } of cluster.engines) evaluator.release()
  const during = rc.directView(0).apply(() => 'sent during the cut')
  await cluster.clock.advance(60_000)
  assert.equal(direct.ready, false)
  cluster.network.restore('client')
  assert.deepEqual(await cluster.run(direct), [1, 1])
  assert.deepEqual(await cluster.run(balanced), [1, 2, 3, 4])
  assert.equal(await cluster.run(during), 'sent during the cut')
  await cluster.stop()
})

test('a connection that breaks is seen, and comes back with everything that was missed', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  const heard: string[] = []
  rc.on('disconnected', () => heard.push('disconnected'))
  rc.on('reconnected', () => heard.push('reconnected'))
  for (const { evaluator } of cluster.engines) evaluator.hold()
  const direct = rc.directView().apply(() => 1)
  const balanced = rc.loadBalancedView().map((x) => x, [1, 2, 3, 4])
  await cluster.clock.advance(10)
  cluster.network.kill('client')
  for (const { evaluator } of cluster.engines) evaluator.release()
  await cluster.clock.advance(1)
  assert.equal(rc.status, 'disconnected')
  const during = rc.directView(0).apply(() => 'sent meanwhile')
  assert.deepEqual(await cluster.run(direct), [1, 1])
  assert.deepEqual(await cluster.run(balanced), [1, 2, 3, 4])
  assert.equal(await cluster.run(during), 'sent meanwhile')
  assert.deepEqual(heard, ['disconnected', 'reconnected'])
  assert.equal(rc.status, 'connected')
  assert.equal(
    cluster.engines.reduce((sum, { evaluator }) => sum + evaluator.calls, 0),
    7,
  )
  await cluster.stop()
})

test('a connection that does not come back in time fails everything that waits for it', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect({ reconnectTimeoutMs: 5_000 })
  cluster.engines[0]!.evaluator.hold()
  const result = rc.directView(0).apply(() => 1)
  await cluster.clock.advance(10)
  cluster.network.kill('controller')
  await assert.rejects(cluster.run(result), { name: 'ConnectionLostError' })
  assert.throws(() => rc.directView(0).apply(() => 1), { name: 'ConnectionLostError' })
  assert.equal(rc.status, 'closed')
})

/** Kills the controller without a word and starts another on the same files. */
async function restartController(
  cluster: PlayedCluster,
  options: { remembersEngines: boolean; pauseMs: number },
): Promise<void> {
  const { clientInfo, engineInfo, engines } = cluster.controller
  const old = cluster.controller
  cluster.network.cutOff('controller')
  cluster.network.kill('controller')
  await cluster.clock.advance(options.pauseMs)
  void old.close()
  await cluster.clock.advance(10)
  cluster.network.restore('controller')
  await cluster.startController({
    ports: {
      registration: clientInfo.registration,
      client: clientInfo,
      engine: { ...engineInfo, hbPing: engineInfo.hb_ping, hbPong: engineInfo.hb_pong },
    },
    ...(options.remembersEngines
      ? {
          restored: { engines: [...engines], nextId: 9 },
        }
      : {}),
  })
}

for (const remembersEngines of [true, false]) {
  const files = remembersEngines ? 'that knows the engines' : 'that knows nobody'
  test(`a controller that is killed and started again, ${files}, loses no task`, async () => {
    const cluster = await PlayedCluster.start(2)
    const rc = await cluster.connect()
    for (const { evaluator } of cluster.engines) evaluator.hold()
    const direct = rc.directView().apply(() => 'direct')
    const balanced = rc.loadBalancedView().map((x) => x, [1, 2, 3, 4, 5])
    await cluster.clock.advance(10)
    await restartController(cluster, { remembersEngines, pauseMs: 3_000 })
    const during = rc.directView(0).apply(() => 'sent while nobody listened')
    await cluster.clock.advance(20)
    for (const { evaluator } of cluster.engines) evaluator.release()
    assert.deepEqual(await cluster.run(direct), ['direct', 'direct'])
    assert.deepEqual(await cluster.run(balanced), [1, 2, 3, 4, 5])
    assert.equal(await cluster.run(during), 'sent while nobody listened')
    assert.deepEqual(rc.ids, [0, 1])
    await cluster.stop()
  })
}

test('engines that do not come back to a controller started again have left', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  cluster.engines[0]!.evaluator.hold()
  const result = rc.directView(0).apply(() => 1)
  await cluster.clock.advance(10)
  cluster.network.cutOff(cluster.engines[0]!.host)
  cluster.network.kill(cluster.engines[0]!.host)
  await restartController(cluster, { remembersEngines: false, pauseMs: 100 })
  await assert.rejects(cluster.run(result), EngineError)
  assert.deepEqual(rc.ids, [1])
  await cluster.stop()
})

test('a controller that starts while the client waits for it is found', async () => {
  const cluster = await PlayedCluster.start(0)
  const { clientInfo, engineInfo } = cluster.controller
  await cluster.run(cluster.controller.close())
  const opening = cluster.connect({ timeoutMs: 10_000 })
  await cluster.clock.advance(100)
  await cluster.startController({
    ports: {
      registration: clientInfo.registration,
      client: clientInfo,
      engine: { ...engineInfo, hbPing: engineInfo.hb_ping, hbPong: engineInfo.hb_pong },
    },
  })
  assert.equal((await cluster.run(opening)).status, 'connected')
  await cluster.stop()
})
