import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import {
  HubRequests,
  HubState,
  MemoryTaskStore,
  parseQuery,
  TaskLedger,
  TaskRecord,
  type TaskStore,
} from '../hub/mod.ts'
import type { JsonObject, JsonValue } from '../jupyter/mod.ts'
import { openSqliteTaskStore } from './mod.ts'

const dir = mkdtempSync(join(tmpdir(), 'iparallel-records-'))
const file = openSqliteTaskStore({
  path: join(dir, 'tasks.db'),
  table: 'it\'s "quoted"',
  logger: { debug() {}, info() {}, warn: assert.fail, error: assert.fail },
  isAlive: () => true,
})
const memory = new MemoryTaskStore()
after(() => {
  file.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Values that occur in the records, and some that look like them. */
const dates = [
  '2026-01-01T00:00:00.000001Z',
  '2026-01-01T00:00:00.000002Z',
  '2026-01-01T02:00:00+02:00',
  '2025-12-31',
  '1812-09-14',
  '+012345-01-01T00:00:00Z',
  'no date',
  '',
]
const texts = ['a', 'b', "it's", 'é\u{1F600}', '\uFFFD', 'zero\0byte', '', 'mux', 'task']
const values: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue[]>(...dates, ...texts, null, true, false, 0, 1.5, -1e300),
  fc.constant({ status: 'ok' }),
)
const fields = fc.constantFrom(
  ...['msg_id', 'client_uuid', 'engine_uuid', 'queue', 'resubmitted', 'submitted', 'completed'],
  ...['received', 'started', 'label', 'stdout', 'content', 'result_content', 'header', 'buffers'],
)
const condition = fc.oneof(
  values,
  fc
    .tuple(fc.constantFrom('$eq', '$ne', '$lt', '$lte', '$gt', '$gte', '$exists'), values)
    .map(([operator, value]) => ({ [operator]: value })),
  fc
    .tuple(fc.constantFrom('$in', '$nin', '$all'), fc.array(values, { maxLength: 3 }))
    .map(([operator, value]) => ({ [operator]: value })),
)
const query = fc.array(fc.tuple(fields, condition), { maxLength: 3 }).map(Object.fromEntries)

/** Every mixture of what a field may hold, in both stores. */
function fill(): void {
  const random = fc.sample(
    fc.record({
      date: fc.constantFrom(...dates),
      session: fc.constantFrom(...texts),
      label: values,
      engine: fc.option(fc.constantFrom(...texts)),
      resubmitted: fc.option(fc.constantFrom(...texts)),
      reply: fc.option(fc.record({ date: fc.constantFrom(...dates), started: values })),
      stdout: fc.constantFrom(...texts),
      isMux: fc.boolean(),
      receivedMs: fc.constantFrom(1_767_225_600_000.25, 1_767_225_600_000),
    }),
    { numRuns: 200, seed: 7 },
  )
  for (const store of [memory, file])
    for (const [i, parts] of random.entries()) add(store, i, parts)
  file.flush()
}

function add(
  store: TaskStore,
  i: number,
  parts: {
    readonly date: string
    readonly session: string
    readonly label: JsonValue
    readonly engine: string | null
    readonly resubmitted: string | null
    readonly reply: { readonly date: string; readonly started: JsonValue } | null
    readonly stdout: string
    readonly isMux: boolean
    readonly receivedMs: number
  },
): void {
  const { date, session, label, reply } = parts
  const header = { msgId: `${i}`, msgType: 'apply_request', username: 'u', version: '5.3' }
  const metadata = { label }
  const request = { header: { ...header, date, session }, metadata, content: {}, buffers: [] }
  const record = new TaskRecord(request, parts.isMux ? 'mux' : 'task')
  store.add(record)
  record.engineUuid = parts.engine
  record.resubmitted = parts.resubmitted
  record.stdout = parts.stdout
  if (reply === null) {
    store.changed(record)
    return
  }
  record.reply = {
    header: { ...header, date: reply.date, session },
    metadata: { started: reply.started },
    content: { status: 'ok' },
    buffers: [],
  }
  record.receivedMs = parts.receivedMs
  store.ended(record)
}

fill()

test('a query finds the same in a file as in memory', () => {
  const found = (store: TaskStore, wanted: JsonObject) =>
    [...store.find(parseQuery(wanted))].map(({ msgId }) => msgId)
  fc.assert(
    fc.property(query, (wanted) => {
      assert.deepEqual(found(file, wanted), found(memory, wanted))
    }),
    { numRuns: 500 },
  )
})

test('whatever a client asks of the file, it gets an answer', () => {
  const state = new HubState(
    { heartbeatPeriodMs: 3_000, missesMax: 10, registrationTimeoutMs: 30_000 },
    0,
  )
  const ledger = new TaskLedger(file)
  const requests = new HubRequests({ state, ledger, resubmit: ({ msgId }) => `${msgId}-again` })
  const anything = fc.jsonValue() as fc.Arbitrary<JsonValue>
  const types = fc.constantFrom(
    'db_request',
    'result_request',
    'resubmit_request',
    'history_request',
  )
  const ids = fc.array(fc.constantFrom('0', '7', 'zero\0byte', "it's"), { maxLength: 3 })
  const content = fc.record({
    query: fc.oneof(query, anything),
    keys: fc.oneof(fc.constant(null), fc.array(fields, { maxLength: 3 }), anything),
    msg_ids: fc.oneof(ids, anything),
    status_only: fc.oneof(fc.boolean(), anything),
  })
  fc.assert(
    fc.property(types, content, (type, asked) => {
      assert.match(requests.answer(type, asked).msgType, /_reply$|^hub_error$/)
    }),
    { numRuns: 300 },
  )
})
