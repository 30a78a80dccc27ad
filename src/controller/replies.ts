import type { Engine, RecordedMessage } from '../hub/mod.ts'
import {
  type DeathCause,
  describeCause,
  encodeFailure,
  type JsonObject,
  type Message,
  type Session,
} from '../jupyter/mod.ts'

/** A reply that the controller makes itself: the frames to send, and what the hub records. */
export interface OwnReply {
  readonly frames: Uint8Array[]
  readonly recorded: RecordedMessage
}

/** The type of the answer to a request: `apply_reply` for `apply_request`. */
export function replyType(msgType: string): string {
  return `${msgType.replace(/_request$/, '')}_reply`
}

/** Answers a request in the place of an engine. */
export function ownReply(
  session: Session,
  request: Message,
  idents: readonly Uint8Array[],
  content: JsonObject,
  metadata: JsonObject = {},
): OwnReply {
  const header = session.newHeader(replyType(request.header.msgType))
  return {
    frames: session.pack(header, { idents, parent: request, content, metadata }),
    recorded: { header, metadata, content, buffers: [] },
  }
}

/** The content of a failure. No `engine_info`: from that, clients know that no output will come. */
export function failureContent(ename: string, evalue: string): JsonObject {
  const traceback = [evalue === '' ? ename : `${ename}: ${evalue}`]
  return encodeFailure({ status: 'error', ename, evalue, traceback, engineInfo: {} })
}

/** What is recorded as the reply to a direct task whose engine has left; clients say so themselves. */
export function lostReply(
  session: Session,
  { id, uuid }: Engine,
  msgId: string,
  cause: DeathCause | undefined,
): RecordedMessage {
  const evalue = `Engine ${id} died while running task '${msgId}': ${describeCause(cause)}`
  return {
    header: session.newHeader('apply_reply'),
    metadata: { status: 'error', engine: uuid, engine_id: id },
    content: failureContent('EngineError', evalue),
    buffers: [],
  }
}
