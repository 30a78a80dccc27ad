import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { ViewSource } from './mod.ts'
import { announceClient } from './mod.ts'
import { PlayedCluster } from './played-cluster.test.ts'

const key = Symbol.for('iparallel.active-views')
const world = globalThis as { [key]?: unknown }
const activated: [source: ViewSource, targets: unknown, suffix: string][] = []

/** As a kernel in this process would hear of it. */
function listen(): void {
  activated.length = 0
  const activate = (...args: (typeof activated)[number]) => void activated.push(args)
  world[key] = { activate }
}
afterEach(() => {
  delete world[key]
})

test('a view that is activated tells the kernel its engines, and how to make views', async () => {
  const cluster = await PlayedCluster.start(3)
  const rc = await cluster.connect()
  listen()
  rc.directView([0, 2]).activate('_even')
  const [[source, targets, suffix]] = activated as [(typeof activated)[number]]
  assert.deepEqual(
    [targets, suffix, source.ids, source.status],
    [[0, 2], '_even', [0, 1, 2], 'connected'],
  )
  const view = source.directView(1) as ReturnType<typeof rc.directView>
  assert.deepEqual(view.targets, [1])
  await cluster.stop()
})

test('a client activates all engines, or those it is told', async () => {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  listen()
  assert.equal(String(rc.activate()), 'DirectView(all)')
  rc.activate(1, '_one')
  assert.deepEqual(
    activated.map(([, targets, suffix]) => [targets, suffix]),
    [
      ['all', ''],
      [1, '_one'],
    ],
  )
  assert.throws(() => rc.activate(7), { name: 'NoSuchEngineError' })
  await cluster.stop()
})

test('a suffix must be able to end a name, and there must be a kernel', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  assert.throws(() => rc.activate('all', '_even'), /there are no magics here/)
  listen()
  assert.throws(() => rc.activate('all', '-even'), /'-even' cannot be a suffix/)
  await cluster.stop()
})

test('a client that is connected outside of a kernel tells nobody', () => {
  announceClient({ ids: [], status: 'connected', directView() {}, sendSignal: async () => {} })
})
