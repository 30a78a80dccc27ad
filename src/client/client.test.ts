import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlayedCluster } from './played-cluster.test.ts'

test('a client knows the engines that were registered before it came', async () => {
  const cluster = await PlayedCluster.start(3)
  const rc = await cluster.connect()
  assert.deepEqual(rc.ids, [0, 1, 2])
  assert.equal(rc.engines[1]?.language, 'typescript')
  await cluster.stop()
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
