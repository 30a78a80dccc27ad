import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../jupyter/mod.ts'
import {
  HubRequests,
  HubState,
  MemoryTaskStore,
  NoTaskStore,
  type RecordedMessage,
  TaskLedger,
  TaskRecord,
  type TaskStore,
} from './mod.ts'

let clock = 0

function message(msgId: string, parts: Partial<RecordedMessage> = {}): RecordedMessage {
  const date = `2026-01-01T00:00:00.${String(clock++).padStart(6, '0')}Z`
  const names = { msgType: 'apply_request', username: 'u', session: 'client', version: '5.3' }
  return { header: { msgId, date, ...names }, metadata: {}, content: {}, buffers: [], ...parts }
}

function reply(id: string, status = 'ok', ...buffers: Uint8Array[]): RecordedMessage {
  const metadata = { status, started: '2026-01-01T00:00:01.000000Z' }
  return message(`${id}-reply`, { content: { status }, metadata, buffers })
}

/** A hub with the engines `e0` and `e1`. */
class Hub {
  readonly ledger: TaskLedger
  readonly requests: HubRequests
  readonly resubmitted: string[] = []

  constructor(store: TaskStore = new MemoryTaskStore()) {
    const options = { heartbeatPeriodMs: 3_000, missesMax: 10, registrationTimeoutMs: 30_000 }
    const state = new HubState(options, 0)
    for (const uuid of ['e0', 'e1']) {
      state.apply({ type: 'registration-requested', uuid, atMs: 0 })
      state.apply({ type: 'heart-answered', uuid, ping: '', atMs: 0 })
    }
    this.ledger = new TaskLedger(store)
    this.requests = new HubRequests({
      state,
      ledger: this.ledger,
      resubmit: ({ msgId }) => {
        this.resubmitted.push(msgId)
        return `${msgId}-2`
      },
    })
  }

  /** A direct task that has ended. */
  done(id: string, engine = 'e0', ...buffers: Uint8Array[]): void {
    this.ledger.submitted(message(id, { buffers: [Uint8Array.of(1)] }), 'mux', engine)
    this.ledger.ended(id, reply(id, 'ok', ...buffers), 1_767_225_600_000)
  }

  ask(msgType: string, content: JsonObject): JsonObject {
    return this.requests.answer(msgType, content).content
  }

  refusal(msgType: string, content: JsonObject): [type: string, ename: unknown, evalue: unknown] {
    const answer = this.requests.answer(msgType, content)
    return [answer.msgType, answer.content['ename'], answer.content['evalue']]
  }
}

// Queues

test('the queue status follows a task through the hub', () => {
  const hub = new Hub()
  const status = () => {
    const { unassigned, 0: first, 1: second } = hub.ask('queue_request', { targets: null })
    return [unassigned, first, second]
  }
  const none = { queue: 0, completed: 0, tasks: 0 }
  hub.ledger.submitted(message('t'), 'task')
  hub.ledger.submitted(message('d'), 'mux', 'e1')
  assert.deepEqual(status(), [1, none, { ...none, queue: 1 }])
  hub.ledger.assigned('t', 'e0')
  assert.deepEqual(status(), [0, { ...none, tasks: 1 }, { ...none, queue: 1 }])
  hub.ledger.returned('t')
  assert.deepEqual(status(), [1, none, { ...none, queue: 1 }], 'T9: nobody has it')
  hub.ledger.assigned('t', 'e1')
  hub.ledger.ended('t', reply('t'), 0)
  hub.ledger.ended('d', reply('d'), 0)
  assert.deepEqual(status(), [0, none, { ...none, completed: 2 }])
})

test('the verbose queue status names the tasks', () => {
  const hub = new Hub()
  hub.done('old')
  hub.ledger.submitted(message('waits'), 'task')
  hub.ledger.submitted(message('runs'), 'task')
  hub.ledger.assigned('runs', 'e0')
  assert.deepEqual(hub.ask('queue_request', { targets: [0], verbose: true }), {
    status: 'ok',
    0: { queue: [], completed: ['old'], tasks: ['runs'] },
    unassigned: ['waits'],
  })
})

test('an aborted task does not count as completed', () => {
  const hub = new Hub()
  hub.ledger.submitted(message('t'), 'mux', 'e0')
  hub.ledger.ended('t', reply('t', 'aborted'), 0)
  assert.deepEqual(hub.ask('load_request', { targets: 'e0' }), { status: 'ok', 0: 0 })
  const status = hub.ask('queue_request', { targets: 0 })
  assert.deepEqual(status['0'], { queue: 0, completed: 0, tasks: 0 })
})

test('the load of an engine is all that it has, under its id (T7)', () => {
  const hub = new Hub()
  hub.ledger.submitted(message('d'), 'mux', 'e1')
  hub.ledger.submitted(message('t'), 'task')
  hub.ledger.assigned('t', 'e1')
  assert.deepEqual(hub.ask('load_request', { targets: null }), { status: 'ok', 0: 0, 1: 2 })
})

const queueRefusals: [content: JsonObject, ename: string, evalue: string][] = [
  [{}, 'KeyError', "'targets'"],
  [{ targets: [0, 99] }, 'IndexError', 'No Such Engine: [99]'],
  [{ targets: 'who' }, 'IndexError', "No Such Engine: ['who']"],
  [{ targets: [] }, 'IndexError', 'No Targets Specified'],
]
for (const [content, ename, evalue] of queueRefusals) {
  test(`the queue of ${JSON.stringify(content)} is refused as a hub error`, () => {
    assert.deepEqual(new Hub().refusal('queue_request', content), ['hub_error', ename, evalue])
    assert.deepEqual(new Hub().refusal('load_request', content), ['hub_error', ename, evalue])
  })
}

test('targets of the wrong kind are refused as a hub error', () => {
  assert.equal(new Hub().refusal('queue_request', { targets: [{}] })[0], 'hub_error')
})

// Results

test('results come with their buffers in the order of the ids', () => {
  const hub = new Hub()
  hub.done('b', 'e0', Uint8Array.of(2))
  hub.done('a', 'e1', Uint8Array.of(1), Uint8Array.of(11))
  hub.ledger.submitted(message('c'), 'task')
  const answer = hub.requests.answer('result_request', { msg_ids: ['c', 'b', 'a'] })
  assert.equal(answer.msgType, 'result_reply')
  assert.deepEqual(answer.content['pending'], ['c'])
  assert.deepEqual(answer.content['completed'], ['a', 'b'])
  assert.deepEqual(
    answer.buffers.map(([byte]) => byte),
    [1, 11, 2],
  )
  const a = answer.content['a'] as JsonObject
  assert.deepEqual(a['result_content'], { status: 'ok' })
  assert.equal(a['received'], '2026-01-01T00:00:00.000000Z')
  assert.equal(a['result_buffer_count'], 2)
  assert.deepEqual(a['io'], {
    execute_input: null,
    execute_result: null,
    error: null,
    stdout: '',
    stderr: '',
  })
})

test('only the status is told when only that is asked for', () => {
  const hub = new Hub()
  hub.done('a')
  assert.deepEqual(hub.ask('result_request', { msg_ids: ['a'], status_only: true }), {
    status: 'ok',
    pending: [],
    completed: ['a'],
  })
})

test('what a task shows is in its record, and what is shown late too', () => {
  const hub = new Hub()
  hub.ledger.submitted(message('t'), 'mux', 'e0')
  hub.ledger.shown('t', 'stream', { name: 'stdout', text: 'one ' })
  hub.ledger.shown('t', 'execute_input', { code: '1+1', execution_count: 1 })
  hub.ledger.ended('t', reply('t'), 0)
  hub.ledger.shown('t', 'stream', { name: 'stdout', text: 'two' })
  hub.ledger.shown('t', 'execute_result', { data: { 'text/plain': '2' } })
  const { t } = hub.ask('result_request', { msg_ids: ['t'] })
  const io = (t as JsonObject)['io'] as JsonObject
  assert.equal(io['stdout'], 'one two')
  assert.equal(io['execute_input'], '1+1')
  assert.deepEqual(io['execute_result'], { data: { 'text/plain': '2' } })
})

// Records

test('the history names all tasks in the order of their submission', () => {
  const hub = new Hub()
  for (const id of ['b', 'a', 'c']) hub.done(id)
  assert.deepEqual(hub.ask('history_request', {}), { status: 'ok', history: ['b', 'a', 'c'] })
})

test('a record has every field that Python’s has', () => {
  const hub = new Hub()
  hub.done('t')
  const [record] = hub.ask('db_request', { query: {}, keys: null })['records'] as [JsonObject]
  const fields =
    'msg_id header content metadata submitted client_uuid engine_uuid started completed ' +
    'resubmitted received result_header result_metadata result_content queue execute_input ' +
    'execute_result error stdout stderr label'
  assert.deepEqual(Object.keys(record), fields.split(' '))
  assert.equal(record['client_uuid'], 'client')
  assert.equal(record['engine_uuid'], 'e0')
  assert.equal(record['queue'], 'mux')
})

test('asked for buffers, records are followed by their own and their results’ in turn', () => {
  const hub = new Hub()
  hub.done('a', 'e0', Uint8Array.of(2))
  hub.done('b', 'e0', Uint8Array.of(3), Uint8Array.of(4))
  const keys = ['engine_uuid', 'buffers', 'result_buffers']
  const answer = hub.requests.answer('db_request', { query: {}, keys })
  assert.deepEqual(answer.content, {
    status: 'ok',
    records: [
      { msg_id: 'a', engine_uuid: 'e0' },
      { msg_id: 'b', engine_uuid: 'e0' },
    ],
    buffer_lens: [1, 1],
    result_buffer_lens: [1, 2],
  })
  assert.deepEqual(
    answer.buffers.map(([byte]) => byte),
    [1, 2, 1, 3, 4],
  )
})

test('a task that ended without an engine has an empty one', () => {
  const hub = new Hub()
  hub.ledger.submitted(message('t'), 'task')
  hub.ledger.ended('t', reply('t', 'error'), 0)
  const { records } = hub.ask('db_request', { query: { msg_id: 't' }, keys: ['engine_uuid'] })
  assert.deepEqual(records, [{ msg_id: 't', engine_uuid: '' }])
})

test('the first reply to a task counts', () => {
  const hub = new Hub()
  hub.done('t')
  hub.ledger.ended('t', reply('t', 'error'), 0)
  const { records } = hub.ask('db_request', { query: {}, keys: ['result_content'] })
  assert.deepEqual(records, [{ msg_id: 't', result_content: { status: 'ok' } }])
})

// Refusals in the form of the usual reply

const refusals: [msgType: string, content: JsonObject, ename: string, evalue: string][] = [
  ['result', { msg_ids: ['nope'] }, 'KeyError', "'No such message: nope'"],
  ['resubmit', { msg_ids: ['nope'] }, 'KeyError', `"No such msg(s): ['nope']"`],
  ['db', { query: { completed: { $nope: null } } }, 'KeyError', "'$nope'"],
  ['db', { query: {}, keys: ['colour'] }, 'KeyError', "'colour'"],
  ['purge', { msg_ids: ['pending'] }, 'IndexError', "msg pending: 'pending'"],
  ['purge', { msg_ids: [], engine_ids: [9] }, 'IndexError', 'No such engine: 9'],
]
for (const [name, content, ename, evalue] of refusals) {
  test(`${name}_request ${JSON.stringify(content)} is refused`, () => {
    const hub = new Hub()
    hub.ledger.submitted(message('pending'), 'task')
    assert.deepEqual(hub.refusal(`${name}_request`, content), [`${name}_reply`, ename, evalue])
  })
}

test('content that cannot be read is refused in the form of the usual reply', () => {
  const [msgType, ename] = new Hub().refusal('result_request', { msg_ids: 5 })
  assert.deepEqual([msgType, ename], ['result_reply', 'ContentError'])
})

test('a request of no known type is a hub error', () => {
  assert.deepEqual(new Hub().refusal('toString', {}), [
    'hub_error',
    'KeyError',
    `"Bad Message Type: 'toString'"`,
  ])
})

test('becoming a dask cluster is refused with the reason', () => {
  const [msgType, ename] = new Hub().refusal('become_dask_request', { scheduler_args: {} })
  assert.deepEqual([msgType, ename], ['become_dask_reply', 'NotImplementedError'])
})

test('stopping a dask cluster that there cannot be succeeds', () => {
  const { msgType, content } = new Hub().requests.answer('stop_distributed_request', {})
  assert.deepEqual([msgType, content], ['stop_distributed_reply', { status: 'ok' }])
})

// Purging

test('purging drops what it names, and nothing when one of it is pending', () => {
  const hub = new Hub()
  for (const id of ['a', 'b', 'c']) hub.done(id)
  hub.ledger.submitted(message('d'), 'task')
  hub.refusal('purge_request', { msg_ids: ['a', 'd'] })
  assert.deepEqual(hub.ask('history_request', {})['history'], ['a', 'b', 'c', 'd'])
  hub.ask('purge_request', { msg_ids: ['a', 'c'] })
  assert.deepEqual(hub.ask('history_request', {})['history'], ['b', 'd'])
})

test('purging everything keeps what is pending', () => {
  const hub = new Hub()
  hub.done('a')
  hub.ledger.submitted(message('d'), 'task')
  hub.ask('purge_request', { msg_ids: 'all' })
  assert.deepEqual(hub.ask('history_request', {})['history'], ['d'])
})

test('purging an engine drops the results of that engine (T6)', () => {
  const hub = new Hub()
  hub.done('a', 'e0')
  hub.done('b', 'e1')
  hub.ask('purge_request', { msg_ids: [], engine_ids: [0] })
  assert.deepEqual(hub.ask('history_request', {})['history'], ['b'])
})

// Resubmitting

test('tasks run again under new ids, which their records name', () => {
  const hub = new Hub()
  hub.done('a')
  const answer = hub.ask('resubmit_request', { msg_ids: ['a'] })
  assert.deepEqual(answer, { status: 'ok', resubmitted: { a: 'a-2' } })
  const { records } = hub.ask('db_request', { query: {}, keys: ['resubmitted'] })
  assert.deepEqual(records, [{ msg_id: 'a', resubmitted: 'a-2' }])
})

test('none runs again when one of them is missing', () => {
  const hub = new Hub()
  hub.done('a')
  hub.refusal('resubmit_request', { msg_ids: ['a', 'nope'] })
  assert.deepEqual(hub.resubmitted, [])
})

// Engines that leave

test('the direct tasks of an engine that left are named once, its others are not', () => {
  const hub = new Hub()
  hub.ledger.submitted(message('d'), 'mux', 'e0')
  hub.ledger.submitted(message('t'), 'task')
  hub.ledger.assigned('t', 'e0')
  const lost = hub.ledger.engineLeft('e0').map(({ msgId }) => msgId)
  assert.deepEqual(lost, ['d'])
  assert.deepEqual(hub.ledger.engineLeft('e0'), [])
})

// Bounds

test('ended tasks are dropped when they are many, pending ones never', () => {
  const hub = new Hub(new MemoryTaskStore({ recordsMax: 2 }))
  for (const id of ['p', 'q', 'r']) hub.ledger.submitted(message(id), 'task')
  for (const id of ['a', 'b', 'c']) hub.done(id)
  assert.deepEqual(hub.ask('history_request', {})['history'], ['p', 'q', 'r', 'b', 'c'])
})

test('ended tasks are dropped when their buffers are too many bytes', () => {
  const hub = new Hub(new MemoryTaskStore({ bytesMax: 250 }))
  for (const id of ['a', 'b', 'c']) hub.done(id, 'e0', new Uint8Array(100))
  assert.deepEqual(hub.ask('history_request', {})['history'], ['b', 'c'])
})

test('purged records count no more', () => {
  const hub = new Hub(new MemoryTaskStore({ recordsMax: 2 }))
  for (const id of ['a', 'b']) hub.done(id)
  hub.ask('purge_request', { msg_ids: ['b'] })
  hub.done('c')
  assert.deepEqual(hub.ask('history_request', {})['history'], ['a', 'c'])
})

test('a store may keep no buffers', () => {
  const hub = new Hub(new MemoryTaskStore({ keepBuffers: 'none' }))
  hub.done('a', 'e0', new Uint8Array(100))
  const answer = hub.requests.answer('result_request', { msg_ids: ['a'] })
  assert.deepEqual(answer.buffers, [])
})

test('a controller without records says so, and still knows what is pending', () => {
  const hub = new Hub(new NoTaskStore())
  hub.done('a')
  hub.ledger.submitted(message('p'), 'task')
  assert.deepEqual(hub.ask('result_request', { msg_ids: ['p'] })['pending'], ['p'])
  for (const [msgType, content] of [
    ['result_request', { msg_ids: ['a'] }],
    ['history_request', {}],
    ['db_request', { query: {} }],
    ['resubmit_request', { msg_ids: ['a'] }],
  ] as const) {
    assert.equal(hub.ask(msgType, content as unknown as JsonObject)['ename'], 'NoData')
  }
})

// What a controller that is gone has left

/** A task that an earlier controller has recorded and not seen the end of. */
function leftOver(hub: Hub, id: string, engine: string | null, retries = 0): void {
  const record = new TaskRecord(message(id, { metadata: { retries } }), 'task')
  record.engineUuid = engine
  hub.ledger.store.add(record)
}

test('a task of an earlier controller is pending while its engine is there (T11)', () => {
  const hub = new Hub()
  hub.done('done')
  leftOver(hub, 'runs', 'e1')
  leftOver(hub, 'gone', 'e9')
  leftOver(hub, 'waited', null)
  const { pending, completed } = hub.ask('result_request', {
    msg_ids: ['done', 'runs', 'gone', 'waited'],
    status_only: true,
  })
  assert.deepEqual(pending, ['runs'])
  assert.deepEqual(completed, ['done', 'gone', 'waited'])
  const { result_content } = hub.ask('result_request', { msg_ids: ['gone'] })['gone'] as JsonObject
  const { status, ename, evalue } = result_content as JsonObject
  assert.deepEqual([status, ename], ['error', 'EngineError'])
  assert.match(String(evalue), /started anew before the task had ended: submit it again/)
})

test('its result, when it comes, completes what was recorded', () => {
  const hub = new Hub()
  leftOver(hub, 't', 'e1')
  const { header } = message('t')
  hub.ledger.endedUnseen(header, reply('t'), 'task', 1_767_225_600_000)
  const [record] = hub.ask('db_request', {
    query: { msg_id: 't' },
    keys: ['completed', 'metadata'],
  })['records'] as JsonObject[]
  assert.equal(typeof record?.['completed'], 'string')
  assert.deepEqual(record?.['metadata'], { retries: 0 }, 'the request is still there')
  hub.ledger.endedUnseen(header, reply('t', 'error'), 'task', 0)
  const { result_content } = hub.ask('result_request', { msg_ids: ['t'] })['t'] as JsonObject
  assert.deepEqual(result_content, { status: 'ok' }, 'the first one counts')
})

test('a failure is not the end of a task that would have been tried again', () => {
  const hub = new Hub()
  leftOver(hub, 't', 'e1', 3)
  hub.ledger.endedUnseen(message('t').header, reply('t', 'error'), 'task', 0)
  hub.ledger.endedUnseen(message('new').header, reply('new', 'error'), 'task', 0)
  assert.deepEqual(hub.ask('result_request', { msg_ids: ['t'], status_only: true })['pending'], [
    't',
  ])
  assert.deepEqual(hub.ask('history_request', {})['history'], ['t'])
})

test('a task that its client sends again after a restart is recorded as new', () => {
  const hub = new Hub()
  leftOver(hub, 't', 'e9')
  hub.ledger.submitted(message('t'), 'task')
  assert.ok(hub.ledger.isPending('t'))
  hub.ledger.ended('t', reply('t'), 0)
  assert.deepEqual(hub.ask('result_request', { msg_ids: ['t'], status_only: true })['completed'], [
    't',
  ])
})

test('what is left over can be purged', () => {
  const hub = new Hub()
  hub.done('a', 'e0')
  hub.done('b', 'e1')
  hub.ledger.submitted(message('c'), 'mux', 'e1')
  hub.ask('purge_request', { msg_ids: [], engine_ids: [1] })
  assert.deepEqual(hub.ask('history_request', {})['history'], ['a', 'c'])
  hub.ask('purge_request', { msg_ids: 'all' })
  assert.deepEqual(hub.ask('history_request', {})['history'], ['c'])
})

test('a full store drops a part of what has ended at once', () => {
  const hub = new Hub(new MemoryTaskStore({ recordsMax: 10, cullFraction: 0.5 }))
  hub.ledger.submitted(message('pending'), 'mux', 'e0')
  for (let i = 0; i < 11; i++) hub.done(String(i))
  assert.deepEqual(hub.ask('history_request', {})['history'], ['pending', '6', '7', '8', '9', '10'])
})

test('whatever a client is told, is kept first', () => {
  let flushed = 0
  class Watched extends MemoryTaskStore {
    override flush(): void {
      flushed++
    }
  }
  const hub = new Hub(new Watched())
  hub.ledger.submitted(message('t'), 'task')
  hub.ask('queue_request', { targets: null })
  assert.equal(flushed, 1)
  hub.done('old')
  hub.ask('resubmit_request', { msg_ids: ['old'] })
  assert.equal(flushed, 3, 'before and after')
})
