export { ArgumentError, ClosedError, IparallelError, LimitError } from '../base/mod.ts'
export {
  AsyncMapResult,
  AsyncResult,
  ClientClosedError,
  CompositeError,
  ConnectionLostError,
  ConnectionTimeoutError,
  Dependency,
  DirectView,
  type EngineDescription,
  EngineError,
  type EngineFilter,
  ExecuteResult,
  HubError,
  ImpossibleDependencyError,
  InvalidDependencyError,
  LoadBalancedView,
  type MapOptions,
  NoEnginesRegisteredError,
  NoSuchEngineError,
  type OutputPiece,
  type Progress,
  RemoteError,
  type Targets,
  TaskAbortedError,
  type TaskFlags,
  type TaskInfo,
  type TaskStatus,
  TaskTimeoutError,
  TimeoutError,
} from '../client/mod.ts'
export {
  AlreadyRunningError,
  type ClusterOptions,
  type ClusterProgress,
  ConfigError,
  type EngineStatus,
  LaunchError,
  NotRunningError,
  ProfileError,
} from '../cluster/mod.ts'
export type { ClientConnectionInfo } from '../jupyter/mod.ts'
export { Reference, UnserializableError } from '../serialize/mod.ts'
export { Client, type ConnectOptions } from './client.ts'
export { type ClientTarget, type ClusterChoice, NoConnectionFileError } from './client-target.ts'
export { Cluster } from './cluster.ts'
export { version } from './version.ts'
