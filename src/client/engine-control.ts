import {
  abortRequest,
  clearRequest,
  decodeFailure,
  type JsonObject,
  type MessageSpec,
  shutdownRequest,
  signalRequest,
} from '../jupyter/mod.ts'
import type { ClusterLink } from './cluster-link.ts'
import type { EngineDescription } from './engine-directory.ts'
import { EngineError, RemoteError, together } from './errors.ts'
import type { Task } from './task.ts'

type Engines = readonly EngineDescription[]

/** Has these tasks dropped wherever they wait. Those that run or are done are not touched. */
export async function abortTasks(link: ClusterLink, tasks: Iterable<Task>): Promise<void> {
  const balanced: string[] = []
  const byEngine = new Map<string, string[]>()
  for (const task of tasks) {
    if (task.outcome !== undefined) continue
    const uuid = task.request.target?.uuid
    if (uuid === undefined) balanced.push(task.msgId)
    else byEngine.set(uuid, [...(byEngine.get(uuid) ?? []), task.msgId])
  }
  // Nobody but the engine itself knows where a load-balanced task waits, so all are told.
  const told = link.engines.all.flatMap((engine) => {
    const msgIds = [...(byEngine.get(engine.uuid) ?? []), ...balanced]
    return msgIds.length === 0 ? [] : [{ engine, msgIds }]
  })
  await Promise.all(
    told.map(({ engine, msgIds }) =>
      performed(link, engine, abortRequest, { msgIds, recall: false }),
    ),
  )
}

/** Has everything dropped that waits at these engines, or of it what `msgIds` names. */
export async function abortAt(
  link: ClusterLink,
  engines: Engines,
  msgIds: readonly string[],
): Promise<void> {
  await onAll(link, engines, abortRequest, { msgIds, recall: false })
}

/** Empties the namespaces. */
export async function clearAt(link: ClusterLink, engines: Engines): Promise<void> {
  await onAll(link, engines, clearRequest, {})
}

/** Sends a signal, by name or number; `SIGINT` interrupts what runs. */
export async function signalAt(
  link: ClusterLink,
  engines: Engines,
  signal: string | number,
): Promise<void> {
  await onAll(link, engines, signalRequest, { signal })
}

/** Ends the engines. */
export async function shutdownAt(link: ClusterLink, engines: Engines): Promise<void> {
  const ended = engines.map(async (engine) => {
    try {
      await performed(link, engine, shutdownRequest, { restart: false })
    } catch (error) {
      // The news that it is gone may come before its answer, and is as good.
      if (!(error instanceof EngineError)) throw error
    }
  })
  await all(ended)
}

async function onAll<Q>(
  link: ClusterLink,
  engines: Engines,
  spec: MessageSpec<Q>,
  value: Q,
): Promise<void> {
  await all(engines.map((engine) => performed(link, engine, spec, value)))
}

/** @throws {CompositeError} when there are several and some reject; a single one rejects as it is. */
async function all(asked: readonly Promise<void>[]): Promise<void> {
  const errors = (await Promise.allSettled(asked)).flatMap((one) =>
    one.status === 'rejected' ? [one.reason] : [],
  )
  if (errors.length === 0) return
  throw asked.length === 1 ? errors[0] : together(errors, asked.length)
}

async function performed<Q>(
  link: ClusterLink,
  engine: EngineDescription,
  spec: MessageSpec<Q>,
  value: Q,
): Promise<void> {
  const content: JsonObject = await link.control(engine, spec, value)
  if (content['status'] === 'ok') return
  const { ename, evalue, traceback } = decodeFailure(content)
  const method = spec.msgType.replace(/_request$/, '')
  throw new RemoteError({ ename, evalue, traceback, engineId: engine.id, method })
}
