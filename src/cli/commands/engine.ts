import type { Logger } from '../../base/mod.ts'
import {
  type CommandLine,
  chooseProfile,
  cleanLogs,
  type EngineSettings,
  engineSettings,
  inheritedInfo,
  loadConfig,
  profileChoice,
  refuseWords,
} from '../../cluster/mod.ts'
import { openCommand } from '../command-entry.ts'
import { commandLogger } from '../command-logger.ts'
import { EngineKeeper } from '../engine-keeper.ts'
import { Interruption } from '../interruption.ts'

/** `ipengine`: an engine in a process of its own, which this one watches. */
export async function engine(args: readonly string[]): Promise<number> {
  const line = await openCommand(
    {
      command: 'engine',
      usage: 'ipengine [options]',
      about:
        'Starts an engine and joins it to the controller that the connection file names.\n' +
        'It waits for the file when it is not there yet, and follows one that is replaced.',
    },
    args,
  )
  if (line === undefined) return 0
  refuseWords('ipengine', line.words)
  return runEngine(line, args)
}

async function runEngine(line: CommandLine, args: readonly string[]): Promise<number> {
  const profile = chooseProfile(profileChoice(line.options))
  const config = await loadConfig({ command: 'engine', profile, options: line.options })
  const settings = engineSettings(config, profile)
  const { clusterId } = settings
  if (config.flag('BaseParallelApplication.clean_logs')) cleanLogs(profile, clusterId)
  const logger = commandLogger('IPEngine', { config, profile, clusterId }, 'ipengine')
  for (const warning of config.warnings) logger.warn(warning)
  try {
    return await keepEngine(settings, args, logger)
  } finally {
    logger.close()
  }
}

async function keepEngine(
  settings: EngineSettings,
  args: readonly string[],
  logger: Logger,
): Promise<number> {
  const keeper = new EngineKeeper({
    settings,
    argv: args,
    logger,
    inherited: inheritedInfo(process.env),
  })
  using interruption = new Interruption(() => keeper.kill())
  void interruption.received.then(() => keeper.stop())
  return await keeper.run()
}
