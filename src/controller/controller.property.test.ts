import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { utf8 } from '../base/mod.ts'
import type { JsonObject } from '../jupyter/mod.ts'
import { PlayedCluster } from './played-cluster.test.ts'

const channels = ['registration', 'mux', 'task', 'control', 'broadcast'] as const

const msgTypes = [
  'registration_request',
  'unregistration_request',
  'connection_request',
  'queue_request',
  'load_request',
  'result_request',
  'history_request',
  'db_request',
  'purge_request',
  'resubmit_request',
  'become_dask_request',
  'apply_request',
  'execute_request',
  'abort_request',
  'comm_msg',
  '__proto__',
  '',
]

/** Keys that the controller reads somewhere, with values that it may not expect there. */
const keys = [
  'uuid',
  'id',
  'facts',
  'cause',
  'targets',
  'verbose',
  'msg_ids',
  'engine_ids',
  'status_only',
  'query',
  'keys',
  'after',
  'follow',
  'timeout',
  'retries',
  'language',
  'is_broadcast',
  'is_coalescing',
  'original_msg_id',
  'status',
  'dependencies_met',
  'dependencies',
  'all',
  'success',
  '__proto__',
]

const plain = fc.oneof(
  fc.constantFrom<unknown>('a', 'nobody', 'all', '', 'queue', '$in', null, true, -1, 0, 1e300),
  fc.jsonValue({ maxDepth: 2 }),
)

const content = fc
  .dictionary(
    fc.constantFrom(...keys),
    fc.oneof(
      plain,
      fc.array(plain, { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), plain),
    ),
    { maxKeys: 6 },
  )
  .map((value) => value as JsonObject)

/** The channels still work, and nothing was our fault. */
async function assertWell(cluster: PlayedCluster): Promise<void> {
  assert.deepEqual(cluster.errors, [])
  const client = await cluster.client()
  const engine = await cluster.engine(`engine-${cluster.random.float()}`)
  const reply = await client.ask('registration', 'connection_request')
  const engines = reply?.content['engines'] as JsonObject
  assert.ok(Object.values(engines).includes(engine.uuid))
  const id = client.send('mux', 'apply_request', { to: engine.uuid })
  await cluster.clock.advance(1)
  assert.ok(engine.pending.includes(id))
}

test('no content of a signed message troubles the controller', async () => {
  const cluster = await PlayedCluster.start()
  const client = await cluster.client()
  await cluster.engine('a')
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...channels),
      fc.constantFrom(...msgTypes),
      content,
      content,
      async (channel, msgType, content, metadata) => {
        client.send(channel, msgType, { content, metadata, to: 'a' })
        await cluster.clock.advance(1)
        assert.deepEqual(cluster.errors, [])
      },
    ),
    { numRuns: 250 },
  )
  await assertWell(cluster)
  await cluster.stop()
})

test('no reply of an engine troubles the controller', async () => {
  const cluster = await PlayedCluster.start({ highWaterMark: 0 })
  const client = await cluster.client()
  const engine = await cluster.engine('a')
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('task', 'mux', 'broadcast'),
      content,
      content,
      fc.boolean(),
      async (channel, metadata, content, hasParent) => {
        const targets = { targets: [['a', 0]], is_broadcast: true, is_coalescing: true }
        client.send(
          channel as 'task',
          'apply_request',
          channel === 'broadcast' ? { metadata: targets } : { to: 'a' },
        )
        await cluster.clock.advance(1)
        for (const request of engine.requests.splice(0)) {
          engine.sendReply(request, {
            metadata,
            content,
            ...(hasParent ? { parent: request } : {}),
          })
          engine.publish('stdout', 'stream', content, hasParent ? request : undefined)
          engine.publish('shutdown', 'other', content)
        }
        await cluster.clock.advance(1)
        assert.deepEqual(cluster.errors, [])
      },
    ),
    { numRuns: 150 },
  )
  await assertWell(cluster)
  await cluster.stop()
})

test('no sequence of frames troubles the controller, signed or not', async () => {
  const cluster = await PlayedCluster.start({ key: '' })
  const client = await cluster.client('')
  const frame = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom('<IDS|MSG>', '', '{}', '[]', '{"msg_id":"x","msg_type":"apply_request"}', 'a')
      .map(utf8),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...channels),
      fc.array(frame, { minLength: 1, maxLength: 9 }),
      async (channel, frames) => {
        client.sendFrames(channel, frames)
        const shaped = [utf8('<IDS|MSG>'), utf8(''), ...frames]
        client.sendFrames(channel, shaped)
        client.sendFrames(channel, [utf8('a'), ...shaped])
        await cluster.clock.advance(1)
        assert.deepEqual(cluster.errors, [])
      },
    ),
    { numRuns: 150 },
  )
  assert.deepEqual(cluster.errors, [])
  await cluster.stop()
})
