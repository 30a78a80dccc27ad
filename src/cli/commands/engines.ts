import { AddedEngines, type ClusterPlan, planCluster, refuseWords } from '../../cluster/mod.ts'
import { openCommand } from '../command-entry.ts'
import { styled } from '../report.ts'
import { interruptedCode, type PlanRun, runPlan } from '../run-plan.ts'

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
  return runPlan(plan, false, (given) => runEngines(plan, given))
}

async function runEngines(plan: ClusterPlan, given: PlanRun): Promise<number> {
  const added = await given.started(AddedEngines.start(plan, given.ports))
  if (added === undefined) return interruptedCode
  const ids = added.set.slots.map(({ id }) => id).join(', ')
  console.log(`${styled('green', 'The new engines are ready', process.stdout)}: ${ids}`)
  console.log('Ctrl-C stops them.')
  given.ready()
  await Promise.race([added.set.emptied, given.interruption.received])
  await added.stop()
  return 0
}
