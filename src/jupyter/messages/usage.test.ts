import assert from 'node:assert/strict'
import { test } from 'node:test'
import { usageReply } from './usage.ts'

test('what ipykernel says of its process is read', () => {
  const usage = { hostname: 'node1', pid: 42, kernel_cpu: 0.5, cpu_count: 8, kernel_memory: 1e8 }
  assert.deepEqual(usageReply.decode(usage), { hostname: 'node1', pid: 42, cores: 8 })
})

test('an engine of ours says the same in the same form', () => {
  const place = { hostname: 'a', pid: 7, cores: 2 }
  assert.deepEqual(usageReply.decode(usageReply.encode(place)), place)
})

test('what is missing or of another type is left out', () => {
  assert.deepEqual(usageReply.decode({ status: 'error' }), {})
  assert.deepEqual(usageReply.decode({ hostname: [], pid: -1, cpu_count: 1.5 }), {})
  assert.equal(usageReply.decode({ hostname: 'x'.repeat(1_000) }).hostname?.length, 256)
})
