import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkTaskStore } from '../testing/mod.ts'
import { MemoryTaskStore, TaskLedger } from './mod.ts'

checkTaskStore(test, { name: 'memory', open: () => new MemoryTaskStore() })

function message(msgId: string) {
  const names = { msgType: 'apply_request', username: 'u', session: 'c', version: '5.3' }
  const header = { msgId, date: '2026-01-01T00:00:00.000000Z', ...names }
  return { header, metadata: {}, content: {}, buffers: [] }
}

test('what tasks have printed counts against the bound, even what comes after their reply', () => {
  const store = new MemoryTaskStore({ bytesMax: 1_000 })
  const ledger = new TaskLedger(store)
  for (const id of ['a', 'b', 'c']) {
    ledger.submitted(message(id), 'mux', 'e')
    ledger.shown(id, 'stream', { name: 'stdout', text: 'x'.repeat(250) })
    ledger.ended(id, message(`${id}-reply`), 0)
    ledger.shown(id, 'stream', { name: 'stderr', text: 'x'.repeat(250) })
  }
  assert.deepEqual([...store.ids()], ['b', 'c'])
})
