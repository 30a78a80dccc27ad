import { inspect } from 'node:util'
import {
  type ClusterEnd,
  type ClusterPlan,
  ClusterProcesses,
  isFlag,
  planCluster,
  refuseWords,
} from '../../cluster/mod.ts'
import { openCommand } from '../command-entry.ts'
import { engineCount, styled } from '../report.ts'
import { interruptedCode, type PlanRun, runPlan } from '../run-plan.ts'

/** From this log level on, nothing is said. */
const quietLevel = 50

/** `ipcluster start`: a controller and engines, until they are stopped. */
export async function start(args: readonly string[]): Promise<number> {
  const line = await openCommand(
    {
      command: 'start',
      usage: 'ipcluster start [options] [-- options of ipcontroller]',
      about:
        'Starts a controller and engines on this machine, and says when all are ready.\n' +
        'Ctrl-C stops all of them.',
    },
    args,
  )
  if (line === undefined) return 0
  refuseWords('ipcluster start', line.words)
  const { options, rest } = line
  const plan = await planCluster({ command: 'start', options, controllerArgs: rest })
  const quiet = plan.config.number('Application.log_level') >= quietLevel
  return runPlan(plan, quiet, (given) => runCluster(plan, quiet, given))
}

async function runCluster(plan: ClusterPlan, quiet: boolean, given: PlanRun): Promise<number> {
  const { stdout } = process
  const say = (text: string) => {
    if (!quiet) stdout.write(`${text}\n`)
  }
  const engines = engineCount(plan.n + plan.python)
  const startedMs = performance.now()
  say(`Starting a controller and ${engines} (profile ${plan.profile.dir})`)
  const cluster = await given.started(ClusterProcesses.start(plan, given.ports))
  if (cluster === undefined) {
    say('Interrupted: everything is stopped')
    return interruptedCode
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  say(styled('green', `${engines} ready after ${seconds} s`, stdout))
  say(connectHint(plan))
  given.ready()
  const end = await Promise.race([cluster.ended, given.interruption.received])
  if (end === undefined) say('Stopping the cluster')
  await cluster.stop()
  say('The cluster is stopped')
  return endCode(end)
}

/** A client may ask for the end, which is no failure. */
function endCode(end: ClusterEnd | undefined): number {
  return end?.reason === 'controller-ended' && end.end.exitCode !== 0 ? 1 : 0
}

/** Settings by which a profile is not found by its name alone. */
const placeKeys = ['ProfileDir.location', 'BaseIPythonApplication.ipython_dir']

/** What one types next. */
function connectHint({ profile, clusterId, config }: ClusterPlan): string {
  const elsewhere = placeKeys.some((key) => isFlag(config.place(key)))
  const target = {
    ...(elsewhere ? { profileDir: profile.dir } : { profile: profile.name }),
    ...(clusterId === '' ? {} : { clusterId }),
  }
  return `
    import { Client } from 'iparallel'
    const rc = await Client.connect(${inspect(target)})

Ctrl-C stops the cluster.`
}
