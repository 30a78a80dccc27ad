export { codePointsOf, codeUnitsOf } from './code-points.ts'
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
export { type DeathCause, describeCause } from './death-cause.ts'
export { type EngineFacts, languageInUuid, uuidOf } from './engine-facts.ts'
export { dateMs, type Header, headerObject, headerText, readHeader } from './header.ts'
export { ContentError, field, isObject, type JsonObject, type JsonValue } from './json.ts'
export {
  type KernelChannel,
  type KernelConnectionInfo,
  kernelEndpoint,
  kernelFileText,
  portOf,
  readKernelInfo,
  withPorts,
} from './kernel-connection.ts'
export { Message, parseObject, type SignedFrames } from './message.ts'
export {
  type ApplyReply,
  applyReply,
  applyRequest,
  type DependencyContent,
  decodeTaskMetadata,
  encodeTaskMetadata,
  type TaskMetadata,
} from './messages/apply.ts'
export {
  type CommData,
  type CommOpen,
  commClose,
  commInfoReply,
  commInfoRequest,
  commMessage,
  commOpen,
  type OpenComms,
} from './messages/comm.ts'
export {
  type CompleteReply,
  type CompleteRequest,
  completeReply,
  completeRequest,
} from './messages/complete.ts'
export {
  type ConnectionReply,
  connectionReply,
  connectionRequest,
  type RegisteredEngine,
} from './messages/connection.ts'
export {
  type AbortContent,
  abortRequest,
  clearRequest,
  shutdownRequest,
  signalRequest,
} from './messages/control.ts'
export { type DatabaseReply, databaseReply, databaseRequest } from './messages/database.ts'
export {
  type ExecuteContent,
  type ExecuteReply,
  executeReply,
  executeRequest,
} from './messages/execute.ts'
export {
  decodeFailure,
  type EngineInfo,
  encodeFailure,
  type FailureContent,
} from './messages/failure.ts'
export { type HistoryReply, historyReply, historyRequest } from './messages/history.ts'
export { hubError, shutdownReply } from './messages/hub.ts'
export { inputReply, inputRequest } from './messages/input.ts'
export {
  type InspectContent,
  type InspectReply,
  inspectReply,
  inspectRequest,
} from './messages/inspect.ts'
export { type IsCompleteReply, isCompleteReply, isCompleteRequest } from './messages/is-complete.ts'
export {
  type KernelHistoryEntry,
  type KernelHistoryReply,
  type KernelHistoryRequest,
  kernelHistoryReply,
  kernelHistoryRequest,
} from './messages/kernel-history.ts'
export {
  type KernelInfo,
  kernelInfoReply,
  kernelInfoRequest,
  type LanguageInfo,
} from './messages/kernel-info.ts'
export { type LoadReply, loadReply, loadRequest } from './messages/load.ts'
export type { MessageSpec } from './messages/message-spec.ts'
export {
  type RegistrationNotification,
  registrationNotification,
  shutdownNotification,
  type UnregistrationNotification,
  unregistrationNotification,
} from './messages/notification.ts'
export {
  clearOutput,
  displayData,
  type ExecutionState,
  errorOutput,
  executeInput,
  executeResult,
  type RichOutput,
  status,
  stream,
  updateDisplayData,
} from './messages/output.ts'
export { type PlainReply, plainReply, purgeReply, purgeRequest } from './messages/purge.ts'
export {
  type EngineQueue,
  type EngineSelection,
  type QueueReply,
  queueReply,
  queueRequest,
  type TaskCount,
} from './messages/queue.ts'
export {
  type RegistrationReply,
  type RegistrationRequest,
  registrationReply,
  registrationRequest,
} from './messages/registration.ts'
export { type ResubmitReply, resubmitReply, resubmitRequest } from './messages/resubmit.ts'
export {
  type RecordedOutput,
  type RecordedResult,
  type ResultReply,
  resultReply,
  resultRequest,
} from './messages/result.ts'
export { type UnregistrationRequest, unregistrationRequest } from './messages/unregistration.ts'
export { type Usage, usageReply, usageRequest } from './messages/usage.ts'
export { iopubWelcome } from './messages/welcome.ts'
export {
  delimiter,
  isoDate,
  type MessageParts,
  newId,
  Session,
  type SessionOptions,
  SignatureError,
} from './session.ts'
