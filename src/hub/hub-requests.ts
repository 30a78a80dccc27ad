import {
  databaseReply,
  type FailureContent,
  historyReply,
  hubError,
  type JsonObject,
  type MessageSpec,
  plainReply,
  purgeReply,
  resubmitReply,
  resultReply,
} from '../jupyter/mod.ts'
import { type Answer, answer, failureOf, type HubFacts } from './answer.ts'
import { answerLoad, answerQueue } from './queue-requests.ts'
import {
  answerDatabase,
  answerHistory,
  answerPurge,
  answerResubmit,
  answerResult,
} from './record-requests.ts'
import { quoted, RequestError } from './request-error.ts'

type Handler = (hub: HubFacts, content: JsonObject) => Answer

type RefusalSpec = Pick<MessageSpec<FailureContent>, 'msgType' | 'encode'>

/** Refuses in the form of the usual reply; the others refuse as `hub_error`, as Python's hub does. */
function refusingIn(spec: RefusalSpec, handler: Handler): Handler {
  return (hub, content) => {
    try {
      return handler(hub, content)
    } catch (error) {
      return answer(spec, failureOf(error))
    }
  }
}

function noDask(): never {
  const evalue = 'this controller runs on Node.js and cannot become a dask cluster'
  throw new RequestError('NotImplementedError', evalue)
}

/** As Python's hub does: `stop_dask` in a `finally` must not hide why there is none. */
function nothingToStop(): Answer {
  return answer(plainReply('stop_distributed_reply'), { status: 'ok' })
}

const handlers: Readonly<Record<string, Handler>> = {
  queue_request: answerQueue,
  load_request: answerLoad,
  result_request: refusingIn(resultReply, answerResult),
  history_request: refusingIn(historyReply, answerHistory),
  db_request: refusingIn(databaseReply, answerDatabase),
  purge_request: refusingIn(purgeReply, answerPurge),
  resubmit_request: refusingIn(resubmitReply, answerResubmit),
  become_dask_request: refusingIn(plainReply('become_dask_reply'), noDask),
  stop_distributed_request: nothingToStop,
}

/**
 * Answers what clients ask about engines and tasks. What a client sent never makes it throw.
 * Source: protocol reference §13.
 */
export class HubRequests {
  readonly #hub: HubFacts

  constructor(hub: HubFacts) {
    this.#hub = hub
  }

  /** The answer to a request; `hub_error` to one that is not known or cannot be read. */
  answer(msgType: string, content: JsonObject): Answer {
    try {
      const handler = Object.hasOwn(handlers, msgType) ? handlers[msgType] : undefined
      if (handler === undefined) throw RequestError.key(`Bad Message Type: ${quoted(msgType)}`)
      // What a client is told must be true after a restart.
      this.#hub.ledger.store.flush()
      return handler(this.#hub, content)
    } catch (error) {
      return answer(hubError, failureOf(error))
    }
  }
}
