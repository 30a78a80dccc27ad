import { field, isObject, type JsonObject } from '../json.ts'
import { type CompleteRequest, completeRequest } from './complete.ts'
import type { MessageSpec } from './message-spec.ts'

export interface InspectContent extends CompleteRequest {
  readonly detailLevel: 0 | 1
}

export const inspectRequest: MessageSpec<InspectContent> = {
  msgType: 'inspect_request',
  encode: ({ detailLevel, ...place }) => ({
    ...completeRequest.encode(place),
    detail_level: detailLevel,
  }),
  decode: (content) => ({
    ...completeRequest.decode(content),
    detailLevel: content['detail_level'] === 1 ? 1 : 0,
  }),
}

export interface InspectReply {
  readonly status: 'ok'
  readonly found: boolean
  readonly data: JsonObject
  readonly metadata: JsonObject
}

export const inspectReply: MessageSpec<InspectReply> = {
  msgType: 'inspect_reply',
  encode: ({ found, data, metadata }) => ({ status: 'ok', found, data, metadata }),
  decode: ({ found, data, metadata }) => ({
    status: 'ok',
    found: field.boolean(found, 'found'),
    data: isObject(data) ? data : {},
    metadata: isObject(metadata) ? metadata : {},
  }),
}
