import {
  type EngineQueue,
  type EngineSelection,
  type JsonObject,
  loadReply,
  loadRequest,
  queueReply,
  queueRequest,
} from '../jupyter/mod.ts'
import { type Answer, answer, type HubFacts } from './answer.ts'
import type { Engine } from './registry.ts'
import { quotedList, RequestError } from './request-error.ts'

/** How many tasks each engine has and had, or which. @throws {RequestError | ContentError} */
export function answerQueue(hub: HubFacts, content: JsonObject): Answer {
  if (content['targets'] === undefined) throw RequestError.key('targets')
  const { targets, verbose } = queueRequest.decode(content)
  const count = (ids: Iterable<string>, size: number) => (verbose ? [...ids] : size)
  const engines = new Map<number, EngineQueue>()
  for (const { id, uuid } of select(hub, targets)) {
    const { direct, balanced, completed, completedIds } = hub.ledger.listsOf(uuid)
    engines.set(id, {
      queue: count(direct.keys(), direct.size),
      completed: verbose ? completedIds : completed,
      tasks: count(balanced.keys(), balanced.size),
    })
  }
  const { unassigned } = hub.ledger
  return answer(queueReply, {
    status: 'ok',
    engines,
    unassigned: count(unassigned.keys(), unassigned.size),
  })
}

/** How many tasks each engine has. @throws {RequestError | ContentError} */
export function answerLoad(hub: HubFacts, content: JsonObject): Answer {
  if (content['targets'] === undefined) throw RequestError.key('targets')
  const loads = new Map<number, number>()
  for (const { id, uuid } of select(hub, loadRequest.decode(content).targets)) {
    const { direct, balanced } = hub.ledger.listsOf(uuid)
    loads.set(id, direct.size + balanced.size)
  }
  return answer(loadReply, { status: 'ok', loads })
}

function select(hub: HubFacts, targets: EngineSelection): readonly Engine[] {
  if (targets === undefined) return hub.state.engines
  if (targets.length === 0) throw new RequestError('IndexError', 'No Targets Specified')
  const found: Engine[] = []
  const bad: (string | number)[] = []
  for (const target of targets) {
    const engine =
      typeof target === 'number' ? hub.state.engineById(target) : hub.state.engine(target)
    if (engine === undefined) bad.push(target)
    else found.push(engine)
  }
  if (bad.length > 0) {
    throw new RequestError('IndexError', `No Such Engine: ${quotedList(bad)}`)
  }
  return found
}
