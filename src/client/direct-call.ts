import { ArgumentError } from '../base/mod.ts'
import type { JsonObject } from '../jupyter/mod.ts'
import type { ClusterLink } from './cluster-link.ts'
import type { EngineDescription } from './engine-directory.ts'
import type { TaskKind } from './task.ts'
import { type Combine, TaskGroup } from './task-group.ts'

/** Asks our engines to say how much output there is, instead of announcing `busy` and `idle`. */
const metadata: JsonObject = { output_count: true }

export interface DirectCall<T, Item> {
  readonly engines: readonly EngineDescription[]
  readonly kind: TaskKind
  readonly content: JsonObject
  /** The request's buffers: the same for all engines, or one list for each. */
  readonly buffers: readonly Uint8Array[] | ((index: number) => readonly Uint8Array[])
  /** Nobody but the caller shows what the engines print; default false. */
  readonly isQuiet?: boolean
  /** The result is that of the one engine. */
  readonly isSingle: boolean
  readonly combine: Combine<T, Item>
}

/**
 * Sends one call to each of the engines. What is large is encoded once: all requests share its
 * frames.
 */
export function callEngines<T, Item>(
  link: ClusterLink,
  call: DirectCall<T, Item>,
  carrier: 'mux' | 'broadcast',
): TaskGroup<T, Item> {
  const { engines, kind, content, buffers } = call
  const origin = new Error('sent here')
  const owner = new TaskGroup<T, Item>(link, engines.length, call.isSingle, call.combine)
  const requests = engines.map((target, index) => ({
    kind,
    channel: carrier,
    target,
    owner,
    index,
    items: 1,
    isQuiet: call.isQuiet ?? false,
    origin,
  }))
  if (carrier === 'broadcast' && typeof buffers !== 'function') {
    owner.tasks.push(...link.broadcast(requests, metadata, content, buffers))
    return owner
  }
  const buffersOf = typeof buffers === 'function' ? buffers : () => buffers
  for (const request of requests) {
    owner.tasks.push(link.send(request, metadata, content, buffersOf(request.index)))
  }
  return owner
}

/**
 * Functions and values of ours are of no use to an engine of another language.
 * @throws {ArgumentError} naming the language.
 */
export function assertSpeaksOurs(link: ClusterLink, engines: readonly EngineDescription[]): void {
  if (!link.isControllerOurs) return
  const other = engines.find((engine) => engine.language !== 'typescript')
  if (other === undefined) return
  throw new ArgumentError(
    `engine ${other.id} speaks ${other.language}, so it cannot take JavaScript values and ` +
      `functions; execute() sends it source text, and directView({ language: 'typescript' }) ` +
      'leaves it out',
  )
}
