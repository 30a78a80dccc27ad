import {
  type CommandLine,
  chooseProfile,
  cleanLogs,
  controllerSettings,
  findProfile,
  loadConfig,
  profileChoice,
  refuseWords,
  warnOfRunningController,
} from '../../cluster/mod.ts'
import { endpointOf } from '../../jupyter/mod.ts'
import { openCommand } from '../command-entry.ts'
import { commandLogger } from '../command-logger.ts'
import { Interruption } from '../interruption.ts'
import { startControllerRole } from '../roles/controller-role.ts'

/** `ipcontroller`: a controller in this process, until it is stopped. */
export async function controller(args: readonly string[]): Promise<number> {
  const line = await openCommand(
    {
      command: 'controller',
      usage: 'ipcontroller [options]',
      about:
        'Starts a controller, writes the connection files for engines and clients, and runs\n' +
        'until it is stopped.',
    },
    args,
  )
  if (line === undefined) return 0
  refuseWords('ipcontroller', line.words)
  return runController(line)
}

async function runController(line: CommandLine): Promise<number> {
  const profile = chooseProfile(profileChoice(line.options))
  const config = await loadConfig({ command: 'controller', profile, options: line.options })
  if (config.flag('BaseParallelApplication.auto_create')) profile.create()
  else findProfile({ profileDir: profile.dir })
  const settings = controllerSettings(config, profile)
  const { clusterId, clientFile, engineFile, reuseFiles } = settings
  if (config.flag('BaseParallelApplication.clean_logs')) cleanLogs(profile, clusterId)
  process.chdir(settings.workDir)
  const logger = commandLogger('IPController', { config, profile, clusterId }, 'ipcontroller')
  for (const warning of config.warnings) logger.warn(warning)
  if (!reuseFiles) await warnOfRunningController(profile, clusterId, logger)
  using interruption = new Interruption(() => process.exit(1))
  const running = await startControllerRole(settings, logger)
  const { interface: address, registration } = running.engineInfo
  logger.info(`listening at ${endpointOf(address, registration)}`)
  logger.info(`connection file for engines: ${engineFile}`)
  logger.info(`connection file for clients: ${clientFile}`)
  await Promise.race([running.ended, interruption.received])
  logger.info('stopping')
  await running.close()
  logger.close()
  return 0
}
