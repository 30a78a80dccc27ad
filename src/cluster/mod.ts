export { AddedEngines } from './added-engines.ts'
export {
  Cluster,
  type ClusterChoice,
  type ClusterOptions,
  type ConnectClient,
  type EngineStatus,
  type OnClusterEnd,
} from './cluster.ts'
export { type ClusterPlan, type PlanRequest, planCluster } from './cluster-plan.ts'
export type { ClusterPorts, ClusterProgress } from './cluster-ports.ts'
export { type ClusterEnd, ClusterProcesses } from './cluster-processes.ts'
export {
  type CommandLine,
  commonSwitches,
  type GivenOption,
  noSuchOption,
  parseCommandLine,
  refuseWords,
} from './config/arguments.ts'
export { Config, type Setting } from './config/config.ts'
export { configTemplate } from './config/config-template.ts'
export { loadConfig, profileChoice } from './config/load-config.ts'
export type { App, Command, Option, OptionKind, OptionValue } from './config/option.ts'
export { optionsFor } from './config/option-table.ts'
export { showConfig, showConfigJson } from './config/show-config.ts'
export {
  type ConnectionSight,
  ConnectionWatch,
  type ConnectionWatchOptions,
} from './connection-watch.ts'
export { warnOfRunningController } from './controller-answers.ts'
export { EngineSet, type EngineSetOptions } from './engine-set.ts'
export type { EngineSlot, EngineState } from './engine-slot.ts'
export {
  AlreadyRunningError,
  ConfigError,
  isFlag,
  LaunchError,
  NoControllerError,
  NotRunningError,
  ProfileError,
  UnsupportedError,
  UsageError,
} from './errors.ts'
export type { HubLine } from './hub-line.ts'
export type {
  LaunchedProcess,
  Launcher,
  ProcessEnd,
  ProcessPlan,
} from './launcher/launcher.ts'
export { LocalLauncher, type LocalLauncherOptions } from './launcher/local.ts'
export type { FromRole, ToRole } from './launcher/role-message.ts'
export {
  cleanLogs,
  cleanProfile,
  type ListedCluster,
  listClusters,
  stopCluster,
} from './manager.ts'
export { announceDeath, type DeadEngine, openHubLine } from './nanny.ts'
export { isAlive } from './process-liveness.ts'
export {
  chooseProfile,
  findProfile,
  ipythonDir,
  isNamed,
  listProfiles,
  Profile,
  type ProfileChoice,
  profilesRoot,
} from './profile.ts'
export { profileEnvironment } from './profile-environment.ts'
export { type ControllerSettings, controllerSettings } from './settings/controller-settings.ts'
export type { GivenCurveKeys } from './settings/curve-settings.ts'
export {
  type EngineSettings,
  engineSettings,
  inheritedInfo,
  overriddenInfo,
} from './settings/engine-settings.ts'
export { logFile } from './settings/role-settings.ts'
