import { ContentError, field, type JsonObject } from './json.ts'

/** Jupyter's message header. Source: Jupyter messaging 5.3, "General Message Format". */
export interface Header {
  /** Opaque and unique. */
  readonly msgId: string
  readonly msgType: string
  readonly username: string
  readonly session: string
  /** ISO 8601 with `Z`. */
  readonly date: string
  readonly version: string
}

export const protocolVersion = '5.3'

/** The header as JSON text, in the order that Python writes it. */
export function headerText(header: Header): string {
  return (
    `{"msg_id":${JSON.stringify(header.msgId)},"msg_type":${JSON.stringify(header.msgType)}` +
    `,"username":${JSON.stringify(header.username)},"session":${JSON.stringify(header.session)}` +
    `,"date":"${header.date}","version":"${header.version}"}`
  )
}

/** The header as a part of other content. */
export function headerObject(header: Header): JsonObject {
  const { msgId, msgType, username, session, date, version } = header
  return { msg_id: msgId, msg_type: msgType, username, session, date, version }
}

/** @throws {ContentError} when `msg_id` or `msg_type` is not there; the rest may be absent. */
export function readHeader(raw: JsonObject): Header {
  const { msg_id, msg_type, username, session, date, version } = raw
  return {
    msgId: field.string(msg_id, 'msg_id'),
    msgType: field.string(msg_type, 'msg_type'),
    username: typeof username === 'string' ? username : '',
    session: typeof session === 'string' ? session : '',
    date: typeof date === 'string' ? date : '',
    version: typeof version === 'string' ? version : '',
  }
}

/** Milliseconds since the epoch. @throws {ContentError} */
export function dateMs(date: string): number {
  const ms = Date.parse(date)
  if (Number.isNaN(ms)) throw new ContentError(`'${date.slice(0, 40)}' is not an ISO 8601 date`)
  return ms
}
