import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kernelInfoReply, usageReply } from './kernel-info.ts'

test('what ipykernel says of itself is read', () => {
  const info = {
    status: 'ok',
    protocol_version: '5.3',
    implementation: 'ipython',
    implementation_version: '8.5.0',
    language_info: { name: 'python', version: '3.11.2', mimetype: 'text/x-python' },
    banner: 'Python 3.11.2',
  }
  assert.deepEqual(kernelInfoReply.decode(info), { language: 'python', runtime: '3.11.2' })
  const usage = { hostname: 'node1', pid: 42, kernel_cpu: 0.5, cpu_count: 8, kernel_memory: 1e8 }
  assert.deepEqual(usageReply.decode(usage), { hostname: 'node1', pid: 42, cores: 8 })
})

test('an engine of ours says the same in the same form', () => {
  const facts = { language: 'typescript', runtime: 'v22.1.0', version: '1.2.3' }
  assert.deepEqual(kernelInfoReply.decode(kernelInfoReply.encode(facts)), facts)
  const place = { hostname: 'a', pid: 7, cores: 2 }
  assert.deepEqual(usageReply.decode(usageReply.encode(place)), place)
})

test('what is missing or of another type is left out', () => {
  assert.deepEqual(kernelInfoReply.decode({ status: 'error' }), {})
  assert.deepEqual(kernelInfoReply.decode({ language_info: { name: 3, version: null } }), {})
  const wrong = { hostname: [], pid: -1, cpu_count: 1.5 }
  assert.deepEqual(usageReply.decode(wrong), {})
  assert.equal(usageReply.decode({ hostname: 'x'.repeat(1_000) }).hostname?.length, 256)
})
