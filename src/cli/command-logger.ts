import { type Config, logFile, type Profile } from '../cluster/mod.ts'
import { type ClosableLogger, makeLogger } from '../node/mod.ts'

/** The logger of a command: on stderr, or in the profile's log folder when that is asked for. */
export function commandLogger(
  name: string,
  source: { readonly config: Config; readonly profile: Profile; readonly clusterId: string },
  program: 'ipcluster' | 'ipcontroller' | 'ipengine',
): ClosableLogger {
  const { config, profile, clusterId } = source
  const level = config.number('Application.log_level')
  if (!config.flag('BaseParallelApplication.log_to_file')) return makeLogger({ name, level })
  const file = logFile(profile, program, clusterId, process.pid)
  process.stderr.write(`Logging to ${file}\n`)
  return makeLogger({ name, level, file })
}
