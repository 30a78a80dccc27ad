import { cleanProfile, loadConfig, refuseWords } from '../../cluster/mod.ts'
import { openCommand } from '../command-entry.ts'
import { profileForConfig, profilesMeant } from '../profiles-meant.ts'

/** `ipcluster clean`: removes the files of clusters that have ended. */
export async function clean(args: readonly string[]): Promise<number> {
  const line = await openCommand(
    {
      command: 'clean',
      usage: 'ipcluster clean [options]',
      about: 'Removes cluster, connection and log files that ended clusters left in a profile.',
    },
    args,
  )
  if (line === undefined) return 0
  refuseWords('ipcluster clean', line.words)
  const own = profileForConfig(line)
  const config = await loadConfig({ command: 'clean', profile: own, options: line.options })
  const all = config.flag('IPClusterClean.all_profiles')
  const profiles = all ? profilesMeant(line) : own.exists ? [own] : []
  const force = config.flag('IPClusterClean.force')
  let left = 0
  for (const profile of profiles) {
    const { removed, running } = await cleanProfile(profile, force)
    for (const path of removed) console.log(`removed ${path}`)
    for (const id of running) {
      const name = id === '' ? 'the cluster' : `cluster ${id}`
      console.error(
        `${name} of profile ${profile.name} is running, so its files stay; stop it with: ` +
          `ipcluster stop ${profile.words(id)}`,
      )
    }
    left += running.length
  }
  return left > 0 ? 1 : 0
}
