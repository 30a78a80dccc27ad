import type { Profile } from './profile.ts'

/**
 * What makes `Client.connect()` without arguments, in a process that is started with it, find the
 * cluster of this profile. Source of the names: Python's `ipyparallel`, which reads them alike.
 */
export function profileEnvironment(profile: Profile, clusterId = ''): Record<string, string> {
  return { IPP_PROFILE_DIR: profile.dir, IPP_CLUSTER_ID: clusterId }
}
