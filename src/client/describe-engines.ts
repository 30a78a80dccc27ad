import {
  type EngineFacts,
  type JsonObject,
  kernelInfoReply,
  kernelInfoRequest,
  type MessageSpec,
  usageReply,
  usageRequest,
} from '../jupyter/mod.ts'
import type { ClusterLink } from './cluster-link.ts'
import type { EngineDescription } from './engine-directory.ts'

/** Milliseconds that an engine gets to say who it is. */
const answerMs = 3_000

/**
 * Asks the engines that have not told where they run, on their control channels: their queues, their
 * namespaces and the hub's records stay as they are. Those that do not answer stay as they were.
 */
export async function describeEngines(
  link: ClusterLink,
  timeoutMs: number = answerMs,
): Promise<readonly EngineDescription[]> {
  link.assertOpen()
  const asked = link.engines.all.filter(({ pid, runtime }) => !pid || !runtime)
  await Promise.all(
    asked.flatMap((engine) => [
      learn(link, engine, kernelInfoRequest, timeoutMs, readKernelInfo),
      learn(link, engine, usageRequest, timeoutMs, usageReply.decode),
    ]),
  )
  link.assertOpen()
  return link.engines.all
}

/** @throws {ContentError} */
function readKernelInfo(content: JsonObject): EngineFacts {
  const { implementation, implementationVersion, language } = kernelInfoReply.decode(content)
  const isOurs = implementation === 'iparallel'
  return {
    ...(language.version === '' ? {} : { runtime: `${isOurs ? 'v' : ''}${language.version}` }),
    ...(isOurs ? { version: implementationVersion } : {}),
  }
}

async function learn(
  link: ClusterLink,
  engine: EngineDescription,
  question: MessageSpec<Record<never, never>>,
  timeoutMs: number,
  read: (content: JsonObject) => EngineFacts,
): Promise<void> {
  try {
    const content = await link.control(engine, question, {}, timeoutMs)
    link.engines.describe(engine.uuid, read(content))
  } catch {
    // It has left, or is too busy, or too old to know the question: it is no worse than before.
  }
}
