import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as jupyter from '../mod.ts'
import {
  decodeTaskMetadata,
  encodeTaskMetadata,
  type JsonObject,
  type MessageSpec,
} from '../mod.ts'

const isSpec = (value: unknown): value is MessageSpec<unknown> =>
  typeof value === 'object' && value !== null && 'msgType' in value && 'decode' in value
const specs = Object.values(jupyter as Record<string, unknown>).filter(isSpec)

for (const spec of specs) {
  test(`${spec.msgType}: any JSON object is read or refused with our own error`, () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (content) => {
        try {
          spec.decode(content as JsonObject)
        } catch (error) {
          assert.match((error as { code?: string }).code ?? String(error), /^IPAR_/)
        }
      }),
      { numRuns: 50 },
    )
  })
}

test('task metadata of a Python client is read, whatever form it has', () => {
  assert.deepEqual(decodeTaskMetadata({}), {
    after: undefined,
    follow: undefined,
    timeoutMs: undefined,
    targets: undefined,
    retries: 0,
    language: undefined,
  })
  const read = decodeTaskMetadata({
    after: ['a', 'b'],
    follow: { dependencies: ['c'], all: false, success: false, failure: true },
    timeout: 0.5,
    targets: ['u'],
    retries: 3,
  })
  assert.deepEqual(read.after, { ids: ['a', 'b'], all: true, success: true, failure: false })
  assert.deepEqual(read.follow, { ids: ['c'], all: false, success: false, failure: true })
  assert.equal(read.timeoutMs, 500)
  assert.equal(decodeTaskMetadata({ timeout: 0.0 }).timeoutMs, undefined)
})

test('task metadata survives the wire', () => {
  const task = {
    after: { ids: ['x'], all: false, success: true, failure: true },
    follow: undefined,
    timeoutMs: 1500,
    targets: ['u1', 'u2'],
    retries: 2,
    language: 'typescript',
  }
  assert.deepEqual(decodeTaskMetadata(encodeTaskMetadata(task)), task)
})

test('task metadata of the wrong type is refused by name', () => {
  assert.throws(() => decodeTaskMetadata({ retries: 'x' }), /'retries'/)
  assert.throws(() => decodeTaskMetadata({ after: [1] }), /'after'/)
  assert.throws(
    () => decodeTaskMetadata({ follow: { dependencies: 'x' } }),
    /'follow.dependencies'/,
  )
})
