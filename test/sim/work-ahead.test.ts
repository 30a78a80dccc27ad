import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineError, type IparallelError, TaskAbortedError } from 'iparallel'
import { SimWorld, type TaskFate } from 'iparallel/testing'

const seedCount = Number(process.env['SIM_SEEDS'] ?? 25)
const seeds = Array.from({ length: seedCount }, (_, i) => i + 1)

/** Short tasks, of which engines get some ahead, and a few on which they are stuck. */
const mixture = { taskMsMax: 3, longTaskRate: 0.03 }
const schemes = ['leastload', 'lru', 'plainrandom', 'weighted', 'twobin', 'pure'] as const
const marks = [1, 4, 0] as const

function controllerFor(seed: number) {
  return { scheme: schemes[seed % schemes.length]!, highWaterMark: marks[seed % marks.length]! }
}

function errorOf({ outcome }: TaskFate): IparallelError | undefined {
  return typeof outcome === 'object' ? (outcome.error as IparallelError) : undefined
}

function endedOtherwise(world: SimWorld, ...expected: (new (...a: never[]) => Error)[]) {
  return world.tasks.filter((fate) => {
    if (fate.settled !== 1) return true
    return fate.outcome !== 'ok' && !expected.some((kind) => errorOf(fate) instanceof kind)
  })
}

function begunTwice(world: SimWorld): TaskFate[] {
  return world.tasks.filter(({ begun }) => begun > 1)
}

for (const seed of seeds) {
  test(`recalls and aborts over lines that break: all end once, none runs twice, seed ${seed}`, async () => {
    const world = new SimWorld({ seed, delayMsMax: 15, ...mixture })
    await world.addController(controllerFor(seed))
    await world.addEngines(3)
    const client = await world.addClient()
    const results = world.submit(150)
    world.network.faults = { delayMsMax: 15, breakRate: 0.005 }
    for (let i = 0; i < 10; i++) {
      await world.run({ forMs: world.random.float() * 120 })
      const victims = results.filter(() => world.random.float() < 0.03)
      client.abort(victims).catch(() => {})
    }
    world.network.faults = { delayMsMax: 15, breakRate: 0 }
    await world.finish({ withinMs: 300_000 })
    assert.deepEqual(endedOtherwise(world, TaskAbortedError), [])
    assert.deepEqual(begunTwice(world), [])
  })

  test(`an engine that ends takes one task with it, whatever is ahead or recalled, seed ${seed}`, async () => {
    const world = new SimWorld({ seed, delayMsMax: 15, ...mixture })
    await world.addController(controllerFor(seed))
    await world.addEngines(4)
    await world.addClient()
    world.submit(200)
    for (const engine of world.engines.slice(0, 3)) {
      await world.run({ forMs: 30 + world.random.float() * 250 })
      await world.endEngine(engine)
    }
    await world.finish({ withinMs: 300_000 })
    assert.deepEqual(endedOtherwise(world, EngineError), [])
    assert.deepEqual(begunTwice(world), [])
    const failed = world.tasks.filter(({ outcome }) => outcome !== 'ok')
    assert.ok(failed.length <= 3, `${failed.length} tasks failed for three engines`)
  })
}
