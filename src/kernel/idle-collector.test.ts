import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { IdleCollector } from './idle-collector.ts'

test('garbage is collected some time after the last work', async () => {
  const collected = new Promise<string>((resolve) => {
    const registry = new FinalizationRegistry(resolve)
    registry.register({ large: new Uint8Array(1_000) }, 'it')
    // A registry that is garbage itself says nothing.
    setInterval(() => registry, 1e6).unref()
  })
  const collector = new IdleCollector(5)
  collector.used()
  collector.used()
  const alive = setInterval(() => {}, 1_000)
  try {
    assert.equal(await collected, 'it')
  } finally {
    clearInterval(alive)
  }
})

test("threads that collect at the same time do not get in each other's way", async () => {
  const code = `
    const { workerData } = require('node:worker_threads')
    import(workerData).then(({ IdleCollector }) => {
      const collector = new IdleCollector(1)
      collector.used()
      setTimeout(() => {}, 20)
    })`
  const url = new URL('./idle-collector.js', import.meta.url).href
  const workers = Array.from({ length: 8 }, () => new Worker(code, { eval: true, workerData: url }))
  const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0]))
  assert.deepEqual(new Set(codes), new Set([0]))
})
