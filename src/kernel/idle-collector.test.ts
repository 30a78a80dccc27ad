import assert from 'node:assert/strict'
import { test } from 'node:test'
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
