import type { JsonObject } from '../jupyter/mod.ts'
import { assertSpoken, type Callee } from './callee.ts'
import type { ClusterLink } from './cluster-link.ts'
import type { Packer } from './dialect.ts'
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
  // A broadcast is one message, so it is the same for all.
  const channel = typeof buffers === 'function' ? 'mux' : carrier
  const requests = engines.map((target, index) => ({
    kind,
    channel,
    target,
    owner,
    index,
    items: 1,
    isQuiet: call.isQuiet ?? false,
    origin,
  }))
  if (channel === 'broadcast' && typeof buffers !== 'function') {
    owner.tasks.push(...link.broadcast(requests, metadata, content, buffers))
    return owner
  }
  const buffersOf = typeof buffers === 'function' ? buffers : () => buffers
  for (const request of requests) {
    owner.tasks.push(link.send(request, metadata, content, buffersOf(request.index)))
  }
  return owner
}

/** Prepares a callee for the languages of these engines, once for each; by language. */
export function preparePerLanguage(
  link: ClusterLink,
  engines: readonly EngineDescription[],
  callee: Callee,
  how: 'prepare' | 'prepareMap' = 'prepare',
): (language: string) => Packer {
  assertSpoken(callee, engines)
  const packers = new Map<string, Packer>()
  for (const { language } of engines) {
    if (!packers.has(language)) packers.set(language, link.dialects.of(language)[how](callee))
  }
  return (language) => packers.get(language)!
}

/**
 * The buffers of one call to all of these engines, each in its own language.
 * @throws {WrongLanguageError | UnserializableError}
 */
export function buffersFor(
  link: ClusterLink,
  engines: readonly EngineDescription[],
  callee: Callee,
  args: readonly unknown[],
): DirectCall<unknown, unknown>['buffers'] {
  const packerOf = preparePerLanguage(link, engines, callee)
  const frames = new Map<string, readonly Uint8Array[]>()
  for (const { language } of engines) {
    if (!frames.has(language)) frames.set(language, packerOf(language)(args))
  }
  const [only] = frames.values()
  return frames.size === 1 ? only! : (index) => frames.get(engines[index]!.language)!
}
