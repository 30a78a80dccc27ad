import {
  databaseReply,
  databaseRequest,
  historyReply,
  type JsonObject,
  purgeReply,
  purgeRequest,
  type RecordedResult,
  resubmitReply,
  resubmitRequest,
  resultReply,
  resultRequest,
} from '../jupyter/mod.ts'
import { type Answer, answer, type HubFacts } from './answer.ts'
import { quoted, quotedList, RequestError } from './request-error.ts'
import { parseQuery } from './task-query.ts'
import {
  bufferFields,
  fieldNames,
  fieldOf,
  isField,
  type RecordedMessage,
  receivedAt,
  type TaskRecord,
} from './task-record.ts'

/** The results of tasks, or which are ready. @throws {RequestError | ContentError} */
export function answerResult(hub: HubFacts, content: JsonObject): Answer {
  const { msgIds, statusOnly } = resultRequest.decode(content)
  const pending: string[] = []
  const completed: string[] = []
  const results = new Map<string, RecordedResult>()
  const buffers: Uint8Array[] = []
  for (const id of [...new Set(msgIds)].sort()) {
    if (hub.ledger.isPending(id)) {
      pending.push(id)
      continue
    }
    mustRemember(hub)
    const record = hub.ledger.store.get(id)
    if (record === undefined) throw RequestError.key(`No such message: ${id}`)
    const result = record.isCompleted ? resultOf(record) : abandoned(hub, record)
    if (result === undefined) {
      pending.push(id)
      continue
    }
    completed.push(id)
    if (statusOnly) continue
    results.set(id, result)
    buffers.push(...(record.reply?.buffers ?? []))
  }
  return answer(resultReply, { status: 'ok', pending, completed, results }, buffers)
}

/** The ids of all recorded tasks. @throws {RequestError} */
export function answerHistory(hub: HubFacts): Answer {
  mustRemember(hub)
  return answer(historyReply, { status: 'ok', history: [...hub.ledger.store.ids()] })
}

/** The records that a query finds. @throws {RequestError | ContentError} */
export function answerDatabase(hub: HubFacts, content: JsonObject): Answer {
  mustRemember(hub)
  const { query, keys } = databaseRequest.decode(content)
  const unknown = keys?.find((key) => !isField(key))
  if (unknown !== undefined) throw RequestError.key(unknown)
  const names = keys === undefined ? fieldNames : ['msg_id', ...keys.filter((k) => k !== 'msg_id')]
  const shown = names.filter((name) => !bufferFields.includes(name))
  const records: JsonObject[] = []
  const bufferCounts: number[] = []
  const resultBufferCounts: number[] = []
  const buffers: Uint8Array[] = []
  const wantsBuffers = names.includes('buffers')
  const wantsResults = names.includes('result_buffers')
  for (const record of hub.ledger.store.find(parseQuery(query))) {
    records.push(Object.fromEntries(shown.map((name) => [name, fieldOf(record, name)])))
    if (wantsBuffers) {
      bufferCounts.push(record.request.buffers.length)
      buffers.push(...record.request.buffers)
    }
    if (wantsResults) {
      const { length } = record.reply?.buffers ?? []
      resultBufferCounts.push(length)
      buffers.push(...(record.reply?.buffers ?? []))
    }
  }
  return answer(
    databaseReply,
    {
      status: 'ok',
      records,
      bufferCounts: wantsBuffers ? bufferCounts : undefined,
      resultBufferCounts: wantsResults ? resultBufferCounts : undefined,
    },
    buffers,
  )
}

/** Forgets results; nothing when one of the tasks is pending. @throws {RequestError | ContentError} */
export function answerPurge(hub: HubFacts, content: JsonObject): Answer {
  const { msgIds, engineIds } = purgeRequest.decode(content)
  const { store } = hub.ledger
  if (msgIds !== 'all') {
    const pending = msgIds.find((id) => hub.ledger.isPending(id))
    if (pending !== undefined)
      throw new RequestError('IndexError', `msg pending: ${quoted(pending)}`)
  }
  const uuids = new Set<string>()
  for (const id of engineIds) {
    const engine = hub.state.engineById(id)
    if (engine === undefined) throw new RequestError('IndexError', `No such engine: ${id}`)
    uuids.add(engine.uuid)
  }
  const ofEngines =
    uuids.size === 0 ? [] : store.find(parseQuery({ engine_uuid: { $in: [...uuids] } }))
  const byEngine = [...ofEngines].map(({ msgId }) => msgId)
  store.delete(msgIds === 'all' ? store.ids() : [...msgIds, ...byEngine])
  return answer(purgeReply, { status: 'ok' })
}

/** Runs recorded tasks again; none when one is missing. @throws {RequestError | ContentError} */
export function answerResubmit(hub: HubFacts, content: JsonObject): Answer {
  mustRemember(hub)
  const { msgIds } = resubmitRequest.decode(content)
  const records: TaskRecord[] = []
  const missing: string[] = []
  for (const id of new Set(msgIds)) {
    const record = hub.ledger.store.get(id)
    if (record === undefined) missing.push(id)
    else records.push(record)
  }
  if (missing.length > 0) throw RequestError.key(`No such msg(s): ${quotedList(missing)}`)
  const resubmitted = new Map<string, string>()
  for (const record of records) {
    const newId = hub.resubmit(record)
    hub.ledger.resubmitted(record.msgId, newId)
    resubmitted.set(record.msgId, newId)
  }
  hub.ledger.store.flush()
  return answer(resubmitReply, { status: 'ok', resubmitted })
}

function mustRemember(hub: HubFacts): void {
  if (hub.ledger.store.remembers) return
  throw new RequestError('NoData', 'this controller keeps no records of tasks')
}

/**
 * What to say of a task that the controller before this one had and did not see the end of.
 * Undefined when an engine that is still here may yet answer it.
 */
function abandoned(hub: HubFacts, record: TaskRecord): RecordedResult | undefined {
  const { engineUuid } = record
  if (engineUuid !== null && hub.state.engine(engineUuid) !== undefined) return undefined
  const ename = 'EngineError'
  const evalue = 'the controller was started anew before the task had ended: submit it again'
  const content = { status: 'error', ename, evalue, traceback: [`${ename}: ${evalue}`] }
  const metadata = { status: 'error' }
  const { header } = record.request
  return resultOf(record, {
    header: { ...header, msgType: header.msgType.replace('_request', '_reply') },
    metadata,
    content: { ...content, engine_info: {} },
    buffers: [],
  })
}

function resultOf(record: TaskRecord, reply: RecordedMessage = record.reply!): RecordedResult {
  return {
    header: record.request.header,
    metadata: record.request.metadata,
    resultHeader: reply.header,
    resultMetadata: reply.metadata,
    resultContent: reply.content,
    received: receivedAt(record) ?? '',
    output: {
      executeInput: record.executeInput,
      executeResult: record.executeResult,
      error: record.error,
      stdout: record.stdout,
      stderr: record.stderr,
    },
    bufferCount: reply.buffers.length,
  }
}
