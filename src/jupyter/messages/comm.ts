import { field, isObject, type JsonObject } from '../json.ts'
import type { MessageSpec } from './message-spec.ts'

/** Opens a comm; the other side closes it when it does not know the target. */
export interface CommOpen {
  readonly commId: string
  readonly targetName: string
  readonly data: JsonObject
}

/** A message on a comm, or its last one. */
export interface CommData {
  readonly commId: string
  readonly data: JsonObject
}

/** Source: Jupyter messaging 5.4, "Custom Messages". They go both ways, and have no reply. */
export const commOpen: MessageSpec<CommOpen> = {
  msgType: 'comm_open',
  encode: ({ commId, targetName, data }) => ({ comm_id: commId, target_name: targetName, data }),
  decode: (content) => ({
    ...readData(content),
    targetName: field.string(content['target_name'], 'target_name'),
  }),
}

export const commMessage: MessageSpec<CommData> = {
  msgType: 'comm_msg',
  encode: ({ commId, data }) => ({ comm_id: commId, data }),
  decode: readData,
}

export const commClose: MessageSpec<CommData> = {
  msgType: 'comm_close',
  encode: ({ commId, data }) => ({ comm_id: commId, data }),
  decode: readData,
}

function readData({ comm_id, data }: JsonObject): CommData {
  return { commId: field.string(comm_id, 'comm_id'), data: isObject(data) ? data : {} }
}

/** Which comms are open: all, or those of one target. */
export const commInfoRequest: MessageSpec<{ readonly targetName?: string | undefined }> = {
  msgType: 'comm_info_request',
  encode: ({ targetName }) => ({ target_name: targetName }),
  decode: ({ target_name }) => (typeof target_name === 'string' ? { targetName: target_name } : {}),
}

/** Targets by the ids of their comms. */
export type OpenComms = Readonly<Record<string, string>>

export const commInfoReply: MessageSpec<{ readonly comms: OpenComms }> = {
  msgType: 'comm_info_reply',
  encode: ({ comms }) => ({
    status: 'ok',
    comms: Object.fromEntries(
      Object.entries(comms).map(([id, targetName]) => [id, { target_name: targetName }]),
    ),
  }),
  decode: (content) => ({
    comms: Object.fromEntries(
      Object.entries(field.object(content['comms'] ?? {}, 'comms')).map(([id, comm]) => [
        id,
        isObject(comm) ? field.string(comm['target_name'], 'target_name') : '',
      ]),
    ),
  }),
}
