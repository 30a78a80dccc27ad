export { announceClient, type ViewSource } from './activation.ts'
export { AsyncMapResult, AsyncResult, type GetOptions, type WaitOptions } from './async-result.ts'
export { BroadcastView } from './broadcast-view.ts'
export type { Sequence } from './chunk-source.ts'
export { Client } from './client.ts'
export type { ClientEvents } from './client-events.ts'
export type { ClientOptions } from './client-options.ts'
export { ClusterLink, type LinkStatus } from './cluster-link.ts'
export { Dependency } from './dependency.ts'
export {
  type BindKernelOptions,
  type BoundKernel,
  type DirectMapOptions,
  DirectView,
  type ExecuteOptions,
  type ScatterOptions,
} from './direct-view.ts'
export type { EngineDescription, EngineFilter, Targets } from './engine-directory.ts'
export type { CompletenessResult, CompletionResult, InspectionResult } from './engine-questions.ts'
export {
  ClientClosedError,
  CompositeError,
  ConnectionLostError,
  ConnectionTimeoutError,
  EngineError,
  HubError,
  ImpossibleDependencyError,
  InvalidDependencyError,
  NoEnginesRegisteredError,
  NoSuchEngineError,
  RemoteError,
  type RemoteFailure,
  TaskAbortedError,
  TaskTimeoutError,
  TimeoutError,
  WrongLanguageError,
} from './errors.ts'
export { ExecuteResult } from './execute-result.ts'
export { Executor } from './executor.ts'
export type {
  EngineQueueStatus,
  HubQuery,
  HubRecord,
  QueueStatus,
  ResultStatus,
} from './hub-queries.ts'
export type { Job, Jobs } from './job.ts'
export { LiveOutput } from './live-output.ts'
export { LoadBalancedView, type MapOptions, type TaskFlags } from './load-balanced-view.ts'
export type { MapItem, ReturnExceptions } from './map-item.ts'
export type { OutputEvent } from './output-event.ts'
export type { Distribution } from './partition.ts'
export type { ClientPorts, OutputPort, StreamName } from './ports.ts'
export type { AnyFunction, Arguments, Returned } from './remote-function.ts'
export type { OutputPiece, Progress } from './result-source.ts'
export type { PerEngine, Shape } from './shape.ts'
export type { TaskInfo, TaskStatus } from './task.ts'
export type { DisplayedOutput } from './task-output.ts'
export type { WaitForEnginesOptions } from './wait-for-engines.ts'
