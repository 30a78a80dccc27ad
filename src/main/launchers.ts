/**
 * For programs that start the processes of a cluster in a way of their own (`launcher` of
 * `Cluster.start`), or look after profiles and the clusters of a machine.
 */

export {
  ConfigError,
  type ControllerSettings,
  chooseProfile,
  type EngineSettings,
  type FromRole,
  findProfile,
  ipythonDir,
  LaunchError,
  type LaunchedProcess,
  type Launcher,
  type ListedCluster,
  LocalLauncher,
  type LocalLauncherOptions,
  listClusters,
  listProfiles,
  NotRunningError,
  type ProcessEnd,
  type ProcessPlan,
  Profile,
  type ProfileChoice,
  ProfileError,
  stopCluster,
  type ToRole,
} from '../cluster/mod.ts'
export type { DeathCause } from '../jupyter/mod.ts'
