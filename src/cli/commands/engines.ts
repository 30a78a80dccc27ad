import type { Logger } from '../../base/mod.ts'
import {
  AddedEngines,
  announceDeath,
  type ClusterPlan,
  LocalLauncher,
  NotRunningError,
  planCluster,
  refuseWords,
} from '../../cluster/mod.ts'
import { openCommand } from '../command-entry.ts'
import { commandLogger } from '../command-logger.ts'
import { DaemonSide, startDaemon } from '../daemon.ts'
import { Interruption } from '../interruption.ts'
import { ProgressLine } from '../progress-line.ts'
import { errorText, styled } from '../report.ts'

/** Exit codes: no controller to join (as Python's), and interrupted (as shells have it). */
const noClusterCode = 12
const interruptedCode = 130

/** `ipcluster engines`: more engines for a cluster that runs. */
export async function engines(args: readonly string[]): Promise<number> {
  const line = await openCommand(
    {
      command: 'engines',
      usage: 'ipcluster engines [options]',
      about: 'Adds engines on this machine to a running cluster. Ctrl-C stops them again.',
    },
    args,
  )
  if (line === undefined) return 0
  refuseWords('ipcluster engines', line.words)
  const plan = await planCluster({ command: 'engines', options: line.options })
  const daemon = DaemonSide.open()
  if (plan.config.flag('IPClusterStart.daemonize') && daemon === undefined) return startDaemon(plan)
  const logger = commandLogger('IPCluster', plan, 'ipcluster')
  try {
    for (const warning of plan.warnings) logger.warn(warning)
    return await runEngines(plan, logger, daemon)
  } catch (error) {
    const code = error instanceof NotRunningError ? noClusterCode : undefined
    daemon?.failed(error, code)
    if (code === undefined) throw error
    process.stderr.write(errorText('ipcluster', error, args.includes('--debug')))
    return code
  } finally {
    logger.close()
  }
}

async function runEngines(
  plan: ClusterPlan,
  logger: Logger,
  daemon: DaemonSide | undefined,
): Promise<number> {
  const { stdout } = process
  const launcher = new LocalLauncher({ killAfterMs: plan.killAfterMs })
  using interruption = new Interruption(() => launcher.killAll())
  daemon?.onAbandoned(() => interruption.interrupt())
  const progress = new ProgressLine(stdout, false)
  const added = await AddedEngines.start(plan, {
    launcher: () => launcher,
    announce: announceDeath,
    logger,
    onProgress: (step) => progress.show(step),
    signal: interruption.signal,
    inProgram: false,
  })
    .catch((error: unknown) => {
      if (!interruption.signal.aborted) throw error
    })
    .finally(() => progress.end())
  if (added === undefined) return interruptedCode
  const ids = added.set.slots.map(({ id }) => id).join(', ')
  console.log(`${styled('green', 'The new engines are ready', stdout)}: ${ids}`)
  console.log('Ctrl-C stops them.')
  daemon?.ready()
  await Promise.race([added.set.emptied, interruption.received])
  await added.stop()
  return 0
}
