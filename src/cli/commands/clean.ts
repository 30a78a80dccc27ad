import { existsSync } from 'node:fs'
import { cleanProfile, loadConfig, type Profile, refuseWords } from '../../cluster/mod.ts'
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
  let found = 0
  let left = 0
  for (const profile of profiles) {
    const { removed, running } = await cleanProfile(profile, force)
    for (const path of removed) console.log(`removed ${path}`)
    for (const id of running) console.error(whyNot(profile, id))
    found += removed.length
    left += running.length
  }
  if (found + left === 0) console.log(`Nothing to remove${all ? '' : ` in ${own.dir}`}`)
  return left > 0 ? 1 : 0
}

function whyNot(profile: Profile, id: string): string {
  const name = id === '' ? 'the cluster' : `cluster ${id}`
  // Of a controller that was started by hand there is no such file.
  const isOfCommand = existsSync(profile.clusterFile(id))
  const how = isOfCommand
    ? `stop it with: ipcluster stop ${profile.words(id)}`
    : 'end its ipcontroller where that runs'
  return `${name} of profile ${profile.name} is running, so its files stay; ${how}`
}
