import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimWorld } from 'iparallel/testing'

const seedCount = Number(process.env['SIM_SEEDS'] ?? 40)
const seeds = Array.from({ length: seedCount }, (_, i) => i + 1)

function everyTaskEndedWell(world: SimWorld): void {
  assert.deepEqual(
    world.tasks.filter((task) => task.outcome !== 'ok' || task.settled !== 1),
    [],
  )
}

test('without faults every task runs once, and ends once', async () => {
  const world = new SimWorld({ seed: 1 })
  await world.addController()
  await world.addEngines(4)
  await world.addClient()
  world.submit(200)
  await world.finish({ withinMs: 60_000 })
  everyTaskEndedWell(world)
  assert.ok(world.tasks.every((task) => task.begun === 1))
})

for (const seed of seeds) {
  test(`with delays in the network every task ends exactly once, seed ${seed}`, async () => {
    const world = new SimWorld({ seed, delayMsMax: 40 })
    await world.addController()
    await world.addEngines(4)
    await world.addClient()
    world.submit(60)
    await world.finish({ withinMs: 120_000 })
    everyTaskEndedWell(world)
  })

  test(`an engine that is cut off and comes back loses nothing, seed ${seed}`, async () => {
    const world = new SimWorld({ seed, delayMsMax: 20 })
    await world.addController()
    await world.addEngines(4)
    const client = await world.addClient()
    world.submit(80, client.loadBalancedView(undefined, { retries: 3 }))
    await world.run({ forMs: 100 })
    const engine = world.engines[world.random.below(4)]!
    world.network.cutOff(engine.host)
    await world.run({ forMs: 5_000 + world.random.float() * 20_000 })
    world.network.restore(engine.host)
    await world.finish({ withinMs: 300_000 })
    everyTaskEndedWell(world)
    await world.run({ forMs: 15_000 })
    assert.deepEqual(client.ids, [0, 1, 2, 3])
  })

  test(`connections that break lose no task and run none twice, seed ${seed}`, async () => {
    const world = new SimWorld({ seed, delayMsMax: 20, taskMsMax: 20 })
    await world.addController()
    await world.addEngines(3)
    await world.addClient()
    world.network.faults = { delayMsMax: 20, breakRate: 0.01 }
    world.submit(120)
    await world.run({ forMs: 3_000 })
    world.network.faults = { delayMsMax: 20, breakRate: 0 }
    await world.finish({ withinMs: 300_000 })
    everyTaskEndedWell(world)
    assert.deepEqual(
      world.tasks.filter(({ begun }) => begun !== 1),
      [],
    )
  })

  test(`with retries every task survives the death of engines, seed ${seed}`, async () => {
    const world = new SimWorld({ seed, delayMsMax: 10 })
    await world.addController({ heartbeatMissesMax: 3 })
    await world.addEngines(4)
    const client = await world.addClient()
    world.submit(80, client.loadBalancedView(undefined, { retries: 4 }))
    for (const engine of world.engines.slice(0, 2)) {
      await world.run({ forMs: world.random.float() * 400 })
      world.killEngine(engine)
    }
    await world.finish({ withinMs: 300_000 })
    everyTaskEndedWell(world)
  })
}
