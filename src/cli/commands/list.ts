import { type ListedCluster, listClusters, loadConfig, refuseWords } from '../../cluster/mod.ts'
import { openCommand } from '../command-entry.ts'
import { profileForConfig, profilesMeant } from '../profiles-meant.ts'

const header = ['PROFILE', 'CLUSTER ID', 'RUNNING', 'ENGINES', 'LAUNCHER']

/** `ipcluster list`: the clusters of all profiles, or of one. */
export async function list(args: readonly string[]): Promise<number> {
  const line = await openCommand(
    {
      command: 'list',
      usage: 'ipcluster list [options]',
      about: 'Shows the clusters of all profiles, or of the one that is given.',
    },
    args,
  )
  if (line === undefined) return 0
  refuseWords('ipcluster list', line.words)
  const clusters = listClusters(profilesMeant(line))
  const profile = profileForConfig(line)
  const config = await loadConfig({ command: 'list', profile, options: line.options })
  const json = config.text('IPClusterList.output_format') === 'json'
  console.log(json ? JSON.stringify(clusters.map(described), null, 2) : table(clusters))
  return 0
}

function described(cluster: ListedCluster): object {
  const { profile, clusterId, file, running, engines, launcher, record } = cluster
  return {
    profile: profile.name,
    profile_dir: profile.dir,
    cluster_id: clusterId,
    cluster_file: file,
    running,
    engines,
    launcher,
    controller_pid: record?.controller?.pid ?? null,
    n: record?.n ?? null,
  }
}

/** Columns as wide as their widest word. */
function table(clusters: readonly ListedCluster[]): string {
  const rows = clusters.map(({ profile, clusterId, running, engines, launcher }) => [
    profile.name,
    clusterId === '' ? "''" : clusterId,
    running ? 'True' : 'False',
    String(engines),
    launcher,
  ])
  const all = [header, ...rows]
  const widths = header.map((_, i) => Math.max(...all.map((row) => row[i]!.length)))
  return all
    .map((row) => row.map((cell, i) => cell.padEnd(widths[i]!)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}
