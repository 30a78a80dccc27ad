import { assert, equal } from '../base/mod.ts'
import {
  fieldOf,
  parseQuery,
  type RecordedMessage,
  TaskRecord,
  type TaskStore,
} from '../hub/mod.ts'
import type { JsonObject } from '../jupyter/mod.ts'
import type { TestFunction } from './check-transport.ts'

/** What the laws need to try a store. */
export interface TaskStoreUnderTest {
  readonly name: string
  /** A new, empty store, with room for a hundred records. */
  open(): TaskStore
  /** The same store after a restart; absent when it does not outlive one. */
  reopen?(store: TaskStore): TaskStore
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  assert(a === b, `${what}: ${a}, expected ${b}`)
}

function message(msgId: string, second: number, parts: Partial<RecordedMessage>): RecordedMessage {
  const date = `2026-01-01T00:00:${String(second).padStart(2, '0')}.000100Z`
  const names = { msgType: 'apply_request', username: 'u', session: 'client', version: '5.3' }
  return { header: { msgId, date, ...names }, metadata: {}, content: {}, buffers: [], ...parts }
}

/** A task that is under way. */
function begun(store: TaskStore, id: string, second = 0, parts: Partial<RecordedMessage> = {}) {
  const record = new TaskRecord(message(id, second, parts), 'task')
  store.add(record)
  return record
}

function end(store: TaskStore, record: TaskRecord, buffers: readonly Uint8Array[] = []): void {
  const metadata = { status: 'ok', started: '2026-01-01T00:01:00.000001Z' }
  record.engineUuid ??= 'e0'
  record.reply = message(`${record.msgId}-reply`, 30, {
    metadata,
    content: { status: 'ok' },
    buffers,
  })
  record.receivedMs = 1_767_225_600_000.5
  store.ended(record)
}

function ended(store: TaskStore, id: string, second = 0, parts: Partial<RecordedMessage> = {}) {
  const record = begun(store, id, second, parts)
  end(store, record)
  return record
}

const found = (store: TaskStore, query: JsonObject) =>
  [...store.find(parseQuery(query))].map(({ msgId }) => msgId)

type Law = (store: TaskStore) => void

const laws: Record<string, Law> = {
  'a task is there from the moment it is added'(store) {
    const record = begun(store, 'a')
    same(store.get('a'), record, 'the record')
    assert(store.get('b') === undefined, 'there is a record that nobody added')
    same(found(store, {}), ['a'], 'found')
  },

  'a change shows at once, before the end and after it'(store) {
    const record = begun(store, 'a')
    record.engineUuid = 'e7'
    store.changed(record)
    same(found(store, { engine_uuid: 'e7' }), ['a'], 'found before')
    end(store, record)
    store.flush()
    const kept = store.get('a')!
    kept.stdout = 'late\0output'
    store.changed(kept)
    same(found(store, { stdout: 'late\0output' }), ['a'], 'found after')
    store.flush()
    same(store.get('a')?.stdout, 'late\0output', 'what was shown')
  },

  'everything that a record says is kept'(store) {
    const request = { metadata: { label: 'l', n: 1.5 }, content: { code: 'é\u{1F600}' } }
    const record = begun(store, 'a', 1, request)
    record.executeInput = 'x'
    record.executeResult = { data: { 'text/plain': '1' } }
    record.error = { ename: 'E' }
    record.stderr = 'oh'
    end(store, record)
    record.resubmitted = 'b'
    store.changed(record)
    store.flush()
    const kept = store.get('a')!
    for (const name of [
      'header metadata content submitted client_uuid engine_uuid started completed resubmitted',
      'received result_header result_metadata result_content queue execute_input execute_result',
      'error stdout stderr label',
    ].flatMap((names) => names.split(' '))) {
      same(fieldOf(kept, name), fieldOf(record, name), name)
    }
  },

  'an empty text is kept, and is not taken for none'(store) {
    const request = { metadata: { label: '' } }
    const record = begun(store, 'a', 1, request)
    record.engineUuid = ''
    record.resubmitted = ''
    end(store, record)
    store.flush()
    const kept = store.get('a')!
    same([kept.engineUuid, kept.resubmitted, fieldOf(kept, 'label')], ['', '', ''], 'the texts')
    same(found(store, { resubmitted: null }), [], 'found as none')
    same(found(store, { engine_uuid: '', label: '' }), ['a'], 'found')
  },

  'buffers come back as they were, however many and however large'(store) {
    const large = new Uint8Array(3_000_001).map((_, i) => (i * 7) % 251)
    const sent = [[], [new Uint8Array(0)], [Uint8Array.of(1), Uint8Array.of(2, 3)], [large, large]]
    for (const [i, buffers] of sent.entries())
      end(store, begun(store, `${i}`, i, { buffers }), buffers)
    store.flush()
    for (const [i, buffers] of sent.entries()) {
      const { request, reply } = store.get(`${i}`)!
      for (const kept of [request.buffers, reply!.buffers]) {
        same(kept.length, buffers.length, 'how many')
        assert(
          kept.every((one, at) => equal(one, buffers[at]!)),
          'the bytes are others',
        )
      }
    }
  },

  'records are found in the order in which they came, whatever ended first'(store) {
    const [first, second] = [begun(store, 'z'), begun(store, 'm')]
    begun(store, 'a')
    end(store, second)
    store.flush()
    end(store, first)
    same(found(store, {}), ['z', 'm', 'a'], 'found')
    same([...store.ids()], ['z', 'm', 'a'], 'ids')
    store.flush()
    same([...store.ids()], ['z', 'm', 'a'], 'ids when all is kept')
  },

  'the ids are in the order that clients have dated, and else in that of arrival'(store) {
    begun(store, 'b', 2)
    ended(store, 'c', 3)
    ended(store, 'a', 1)
    ended(store, 'd', 3)
    for (let i = 0; i < 2; i++, store.flush()) {
      same([...store.ids()], ['a', 'b', 'c', 'd'], 'ids')
      same(found(store, {}), ['b', 'c', 'a', 'd'], 'found')
    }
  },

  'queries see what is under way and what has ended alike'(store) {
    const record = begun(store, 'running', 5, { metadata: { label: 'x' } })
    record.engineUuid = 'e1'
    store.changed(record)
    ended(store, 'done', 6, { metadata: { label: 'y' } })
    store.flush()
    const cases: [JsonObject, string[]][] = [
      [{ completed: null }, ['running']],
      [{ completed: { $ne: null } }, ['done']],
      [{ completed: { $exists: true } }, ['done']],
      [{ engine_uuid: { $in: ['e0', 'e1'] } }, ['running', 'done']],
      [{ engine_uuid: { $nin: ['e0'] } }, ['running']],
      [{ resubmitted: { $in: [null, 'b'] } }, ['running', 'done']],
      [{ submitted: { $gt: '2026-01-01T00:00:05.000100Z' } }, ['done']],
      [{ submitted: { $lte: '2026-01-01T01:00:05.000100+01:00' } }, ['running']],
      [{ submitted: { $lt: 1e300 } }, ['running', 'done']],
      [{ label: 'y', queue: 'task' }, ['done']],
      [{ label: { $glob: '[xy]' }, msg_id: { $ne: 'done' } }, ['running']],
      [{ msg_id: { $in: ["it's", 'done'] } }, ['done']],
      [{ received: '2026-01-01T00:00:00.000500Z' }, ['done']],
      [{ stdout: '' }, ['running', 'done']],
    ]
    for (const [query, expected] of cases)
      same(found(store, query), expected, JSON.stringify(query))
  },

  'what is deleted is gone, and what is under way stays'(store) {
    begun(store, 'running')
    ended(store, 'fresh')
    ended(store, 'kept')
    store.flush()
    ended(store, 'old')
    store.delete(['running', 'fresh', 'old', 'never was'])
    same([...store.ids()], ['running', 'kept'], 'ids')
    assert(store.get('fresh') === undefined && store.get('old') === undefined, 'still there')
    end(store, store.get('running')!)
    for (let i = 0; i < 50; i++) ended(store, `${i}`, 0, { buffers: [new Uint8Array(100_000)] })
    store.delete(store.ids())
    ended(store, 'next')
    store.delete(['next'])
    same([...store.ids()], [], 'ids at the end')
  },

  'whenKept calls back once, in order, at the latest with the next flush'(store) {
    const calls: number[] = []
    store.whenKept(() => calls.push(1))
    ended(store, 'a')
    store.whenKept(() => calls.push(2))
    store.whenKept(() => calls.push(3))
    store.flush()
    store.flush()
    same(calls, [1, 2, 3], 'calls')
  },

  'a task may be looked for and deleted while others are found'(store) {
    for (const id of ['a', 'b', 'c']) ended(store, id)
    store.flush()
    const seen: string[] = []
    for (const { msgId } of store.find(parseQuery({}))) {
      seen.push(store.get(msgId)!.msgId)
    }
    same(seen, ['a', 'b', 'c'], 'seen')
  },
}

type RestartLaw = (store: TaskStore, restart: (store: TaskStore) => TaskStore) => void

const restartLaws: Record<string, RestartLaw> = {
  'a restart changes nothing'(store, restart) {
    ended(store, 'a', 1, { buffers: [Uint8Array.of(1, 2)] })
    ended(store, 'b', 2)
    const query = { submitted: { $gt: '2026-01-01T00:00:01.000100Z' } }
    const next = restart(store)
    same([...next.ids()], ['a', 'b'], 'ids')
    same(found(next, query), ['b'], 'found')
    assert(equal(next.get('a')!.request.buffers[0]!, Uint8Array.of(1, 2)), 'the bytes are others')
    ended(next, 'c', 3)
    same([...next.ids()], ['a', 'b', 'c'], 'ids with a new one')
    next.close()
  },

  'a task that was under way is there, unfinished, and can be ended, or begun again'(
    store,
    restart,
  ) {
    begun(store, 'a', 1, { metadata: { label: 'mine' } })
    begun(store, 'b', 2)
    const next = restart(store)
    same(found(next, { completed: null }), ['a', 'b'], 'found')
    end(next, next.get('a')!)
    next.flush()
    same(next.get('a')?.isCompleted, true, 'ended')
    same(fieldOf(next.get('a')!, 'label'), 'mine', 'its label')
    ended(next, 'b', 4)
    same(found(next, { completed: null }), [], 'unfinished at the end')
    same([...next.ids()], ['a', 'b'], 'ids')
    next.close()
  },

  'what is left of a controller that is gone can be deleted'(store, restart) {
    begun(store, 'a')
    const next = restart(store)
    next.delete(['a'])
    same([...next.ids()], [], 'ids')
    next.close()
  },
}

/** Every promise of `TaskStore`, as one test each. */
export function checkTaskStore(test: TestFunction, under: TaskStoreUnderTest): void {
  for (const [title, law] of Object.entries(laws)) {
    test(`${under.name}: ${title}`, async () => {
      const store = under.open()
      law(store)
      store.close()
    })
  }
  const { reopen } = under
  if (reopen === undefined) return
  for (const [title, law] of Object.entries(restartLaws)) {
    test(`${under.name}: ${title}`, async () => law(under.open(), reopen))
  }
}
