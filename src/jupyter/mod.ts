export {
  type ClientConnectionInfo,
  connectionFileText,
  type EngineConnectionInfo,
  endpointOf,
  type HostFacts,
  reachableInterface,
  readClientInfo,
  readEngineInfo,
  type SharedConnectionInfo,
} from './connection-info.ts'
export { dateMs, type Header, headerText, readHeader } from './header.ts'
export { ContentError, field, isObject, type JsonObject, type JsonValue } from './json.ts'
export { Message, parseObject, type SignedFrames } from './message.ts'
export {
  delimiter,
  isoDate,
  type MessageParts,
  newId,
  Session,
  type SessionOptions,
  SignatureError,
} from './session.ts'
