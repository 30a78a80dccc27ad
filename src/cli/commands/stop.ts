import {
  chooseProfile,
  type ListedCluster,
  listClusters,
  loadConfig,
  NotRunningError,
  profileChoice,
  stopCluster,
} from '../../cluster/mod.ts'
import { openCommand } from '../command-entry.ts'

const clusterIdKey = 'BaseParallelApplication.cluster_id'

/** `ipcluster stop`: ends clusters that run in another terminal, or in the background. */
export async function stop(args: readonly string[]): Promise<number> {
  const line = await openCommand(
    {
      command: 'stop',
      usage: 'ipcluster stop [ID...] [options]',
      about: 'Stops clusters that run elsewhere; without an ID, the one that has none.',
    },
    args,
  )
  if (line === undefined) return 0
  const profile = chooseProfile(profileChoice(line.options))
  const config = await loadConfig({ command: 'stop', profile, options: line.options })
  const all = listClusters([profile])
  const ids = line.words.length > 0 ? line.words : [config.text(clusterIdKey)]
  const chosen = config.flag('IPClusterStop.all_cluster_ids')
    ? all
    : ids.map(
        (id) => all.find(({ clusterId }) => clusterId === id) ?? missing(id, profile.dir, all),
      )
  const killAfterMs = config.number('LocalProcessLauncher.stop_seconds_until_kill') * 1000
  let failed = false
  for (const cluster of chosen) failed = !(await stopOne(cluster, killAfterMs)) || failed
  if (chosen.length === 0) console.log(`No cluster to stop in ${profile.dir}`)
  return failed ? 1 : 0
}

async function stopOne(cluster: ListedCluster, killAfterMs: number): Promise<boolean> {
  const name = cluster.clusterId === '' ? 'The cluster' : `Cluster ${cluster.clusterId}`
  const left = await stopCluster(cluster, killAfterMs)
  if (left.length > 0) {
    console.error(`${name} could not be stopped; still there: process ${left.join(', ')}`)
    return false
  }
  console.log(
    cluster.running
      ? `${name} of profile ${cluster.profile.name} is stopped`
      : `${name} of profile ${cluster.profile.name} had ended; its files are removed`,
  )
  return true
}

function missing(id: string, profileDir: string, all: readonly ListedCluster[]): never {
  const name = id === '' ? 'no cluster' : `no cluster '${id}'`
  const others = all.map(({ clusterId }) => `'${clusterId}'`).join(', ')
  const known = others === '' ? 'none is running there' : `clusters there: ${others}`
  throw new NotRunningError(
    `${name} in ${profileDir} (${known}); ipcluster list shows those of all profiles`,
  )
}
