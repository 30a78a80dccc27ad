import {
  announceDeath,
  type ClusterPlan,
  type ClusterPorts,
  LocalLauncher,
} from '../cluster/mod.ts'
import { commandLogger } from './command-logger.ts'
import { DaemonSide, startDaemon } from './daemon.ts'
import { Interruption } from './interruption.ts'
import { ProgressLine } from './progress-line.ts'

/** Exit code of a command that was interrupted, as shells have it. */
export const interruptedCode = 130

/** What a command needs to start processes, and to hear that they are not wanted any more. */
export interface PlanRun {
  readonly ports: ClusterPorts
  readonly interruption: Interruption
  /** The start is over; undefined when it was interrupted. */
  started<T>(starting: Promise<T>): Promise<T | undefined>
  /** Lets the command return that runs this in the background, if one does. */
  ready(): void
}

/**
 * Runs what a plan says, here or, where that is asked for, in the background.
 * @param quiet Shows no progress.
 * @returns the exit code.
 */
export async function runPlan(
  plan: ClusterPlan,
  quiet: boolean,
  run: (given: PlanRun) => Promise<number>,
): Promise<number> {
  const daemon = DaemonSide.open()
  if (plan.config.flag('IPClusterStart.daemonize') && daemon === undefined) return startDaemon(plan)
  const logger = commandLogger('IPCluster', plan, 'ipcluster')
  const launcher = new LocalLauncher({ killAfterMs: plan.killAfterMs })
  using interruption = new Interruption(() => launcher.killAll())
  daemon?.onAbandoned(() => interruption.interrupt())
  const progress = new ProgressLine(process.stdout, quiet)
  const { signal } = interruption
  try {
    for (const warning of plan.warnings) logger.warn(warning)
    return await run({
      ports: {
        launcher: () => launcher,
        announce: announceDeath,
        logger,
        onProgress: (step) => progress.show(step),
        signal,
        inProgram: false,
      },
      interruption,
      async started(starting) {
        try {
          return await starting
        } catch (error) {
          if (!signal.aborted) throw error
          return undefined
        } finally {
          progress.end()
        }
      },
      ready: () => daemon?.ready(),
    })
  } catch (error) {
    daemon?.failed(error)
    throw error
  } finally {
    logger.close()
  }
}
