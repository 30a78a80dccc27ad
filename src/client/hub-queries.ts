import {
  databaseReply,
  databaseRequest,
  historyReply,
  historyRequest,
  isObject,
  type JsonObject,
  type JsonValue,
  purgeReply,
  purgeRequest,
  queueReply,
  queueRequest,
  resubmitReply,
  resubmitRequest,
  resultReply,
  resultRequest,
  shutdownReply,
  shutdownRequest,
} from '../jupyter/mod.ts'
import type { ClusterLink } from './cluster-link.ts'
import type { Targets } from './engine-directory.ts'
import { ClientClosedError } from './errors.ts'
import { type Jobs, msgIdsOf } from './job.ts'

/** Tasks at one engine: how many, or which. */
export interface EngineQueueStatus<Tasks> {
  /** Direct tasks that wait or run. */
  readonly queue: Tasks
  readonly completed: Tasks
  /** Load-balanced tasks that wait or run. */
  readonly tasks: Tasks
}

/** What waits and what is done, as numbers of tasks or as lists of their ids. */
export interface QueueStatus<Tasks> {
  /** By engine id. */
  readonly engines: Readonly<Record<number, EngineQueueStatus<Tasks>>>
  /** Load-balanced tasks that no engine has yet. */
  readonly unassigned: Tasks
}

/** Who has what. @throws {HubError} */
export async function queueStatus(
  link: ClusterLink,
  targets: Targets,
  verbose: boolean,
): Promise<QueueStatus<never>> {
  const wanted = targets === 'all' ? undefined : link.resolve(targets).map(({ id }) => id)
  const { reply } = await link.ask(queueRequest, { targets: wanted, verbose }, queueReply)
  const { engines, unassigned } = reply
  return { engines: Object.fromEntries(engines), unassigned } as unknown as QueueStatus<never>
}

/** Which tasks the hub still waits for, by id. */
export interface ResultStatus {
  readonly pending: string[]
  readonly completed: string[]
}

/** Which of these tasks are done. @throws {HubError} for a task that the hub does not know. */
export async function resultStatus(link: ClusterLink, jobs: Jobs): Promise<ResultStatus> {
  const wanted = { msgIds: msgIdsOf(jobs), statusOnly: true }
  const { reply } = await link.ask(resultRequest, wanted, resultReply)
  return { pending: [...reply.pending], completed: [...reply.completed] }
}

/** Ids of all tasks that the hub remembers, the first submitted first. */
export async function hubHistory(link: ClusterLink): Promise<string[]> {
  const { reply } = await link.ask(historyRequest, {}, historyReply)
  return [...reply.history]
}

/** Has the hub forget tasks. @throws {HubError} for one that is not known or not done. */
export async function purgeResults(
  link: ClusterLink,
  jobs: Jobs | 'all',
  targets: Targets | undefined,
): Promise<void> {
  const engineIds = targets === undefined ? [] : link.resolve(targets).map((engine) => engine.id)
  const msgIds = jobs === 'all' ? jobs : msgIdsOf(jobs)
  await link.ask(purgeRequest, { msgIds, engineIds }, purgeReply)
}

/** Has the hub run tasks again; the new ids, in the order of the old. @throws {HubError} */
export async function resubmit(link: ClusterLink, jobs: Jobs): Promise<string[]> {
  const msgIds = msgIdsOf(jobs)
  const { reply } = await link.ask(resubmitRequest, { msgIds }, resubmitReply)
  return msgIds.map((id) => reply.resubmitted.get(id) ?? id)
}

/** Ends the controller. Every client hears of it and closes. */
export async function shutDownHub(link: ClusterLink): Promise<void> {
  try {
    await link.ask(shutdownRequest, { restart: false }, shutdownReply)
  } catch (error) {
    // The announcement to all clients may come before the answer, and is as good.
    if (!(error instanceof ClientClosedError)) throw error
  }
}

/** What a query asks for: fields, and values or `{ $operator: value }`. Source: reference §13.3. */
export type HubQuery = Readonly<Record<string, unknown>>

/**
 * A task as the hub recorded it. The names are those of the hub's database, in which queries are
 * written too; dates are `Date`s.
 */
export type HubRecord = Record<string, unknown> & {
  readonly msg_id: string
  /** The request's buffers, where they were asked for. */
  readonly buffers?: readonly Uint8Array[]
  /** The result's. */
  readonly result_buffers?: readonly Uint8Array[]
}

const dateFields = ['submitted', 'started', 'completed', 'received'] as const

/** Searches the hub's records. @throws {HubError} for a query that it does not understand. */
export async function queryDatabase(
  link: ClusterLink,
  query: HubQuery,
  keys: readonly string[] | undefined,
): Promise<HubRecord[]> {
  const asked = { query: jsonOf(query) as JsonObject, keys }
  const { reply, message } = await link.ask(databaseRequest, asked, databaseReply)
  const { records, bufferCounts, resultBufferCounts } = reply
  let at = 0
  const take = (count: number): readonly Uint8Array[] => {
    at += count
    return message.buffers.slice(at - count, at)
  }
  return records.map((raw, i) => {
    const record: Record<string, unknown> = { ...raw }
    for (const name of dateFields) {
      if (typeof record[name] === 'string') record[name] = new Date(record[name])
    }
    if (bufferCounts !== undefined) record['buffers'] = take(bufferCounts[i] ?? 0)
    if (resultBufferCounts !== undefined)
      record['result_buffers'] = take(resultBufferCounts[i] ?? 0)
    return record as HubRecord
  })
}

/** Dates become ISO 8601, which the hub reads as dates. */
function jsonOf(value: unknown): JsonValue {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(jsonOf)
  if (!isObject(value)) return value as JsonValue
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, jsonOf(entry)]))
}
