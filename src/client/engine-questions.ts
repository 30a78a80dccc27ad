import {
  codePointsOf,
  codeUnitsOf,
  completeReply,
  completeRequest,
  decodeFailure,
  inspectReply,
  inspectRequest,
  isCompleteReply,
  isCompleteRequest,
  type JsonObject,
  type KernelHistoryEntry,
  type KernelHistoryRequest,
  kernelHistoryReply,
  kernelHistoryRequest,
  type MessageSpec,
} from '../jupyter/mod.ts'
import type { ClusterLink } from './cluster-link.ts'
import type { EngineDescription } from './engine-directory.ts'
import { RemoteError } from './errors.ts'

/** What could stand in the place of the text from `start` to `end`. */
export interface CompletionResult {
  /** The best first. */
  readonly matches: readonly string[]
  readonly start: number
  readonly end: number
  readonly metadata: Readonly<Record<string, unknown>>
}

/** What an engine knows of something in code. */
export interface InspectionResult {
  readonly found: boolean
  /** By media type. */
  readonly data: Readonly<Record<string, unknown>>
}

/** Whether a cell can be run as it stands. */
export interface CompletenessResult {
  readonly status: 'complete' | 'incomplete' | 'invalid' | 'unknown'
  /** What the next line should begin with. */
  readonly indent: string
}

/** Asks an engine what may stand at a place in code, counted in UTF-16 units. */
export async function completeAt(
  link: ClusterLink,
  engine: EngineDescription,
  code: string,
  cursorPos: number,
): Promise<CompletionResult> {
  const place = { code, cursorPos: codePointsOf(code, cursorPos) }
  const reply = await asked(link, engine, completeRequest, place, completeReply)
  return {
    matches: reply.matches,
    start: codeUnitsOf(code, reply.cursorStart),
    end: codeUnitsOf(code, reply.cursorEnd),
    metadata: reply.metadata,
  }
}

/** Asks an engine what stands at a place in code. */
export async function inspectAt(
  link: ClusterLink,
  engine: EngineDescription,
  code: string,
  cursorPos: number,
  detailLevel: 0 | 1,
): Promise<InspectionResult> {
  const place = { code, cursorPos: codePointsOf(code, cursorPos), detailLevel }
  const { found, data } = await asked(link, engine, inspectRequest, place, inspectReply)
  return { found, data }
}

export async function isCompleteAt(
  link: ClusterLink,
  engine: EngineDescription,
  code: string,
): Promise<CompletenessResult> {
  const { status, indent } = await asked(link, engine, isCompleteRequest, { code }, isCompleteReply)
  return { status, indent }
}

export async function historyAt(
  link: ClusterLink,
  engine: EngineDescription,
  request: KernelHistoryRequest,
): Promise<readonly KernelHistoryEntry[]> {
  const reply = await asked(link, engine, kernelHistoryRequest, request, kernelHistoryReply)
  return reply.entries
}

/** @throws {RemoteError} when the engine refuses. */
async function asked<Q, A>(
  link: ClusterLink,
  engine: EngineDescription,
  question: MessageSpec<Q>,
  value: Q,
  answer: MessageSpec<A>,
): Promise<A> {
  const content: JsonObject = await link.inquire(engine, 'mux', question, value)
  if (content['status'] !== 'error') return answer.decode(content)
  const { ename, evalue, traceback } = decodeFailure(content)
  throw new RemoteError({ ename, evalue, traceback, engineId: engine.id, engineUuid: engine.uuid })
}
