import { Deferred } from '../base/mod.ts'
import type { ClusterPlan } from './cluster-plan.ts'
import type { ClusterPorts } from './cluster-ports.ts'
import { EngineSet } from './engine-set.ts'
import { LaunchError } from './errors.ts'
import { outputTail } from './launcher/output-tail.ts'
import { logFile } from './settings/role-settings.ts'

/** Engines as they are configured, or of Python's. */
export type EngineLanguage = 'configured' | 'python'

/** Starts engines as the plan says, without waiting for them. */
export function launchEngineSet(
  plan: ClusterPlan,
  ports: ClusterPorts,
  part: {
    readonly id: string
    readonly n: number
    readonly language: EngineLanguage
    onChange(set: EngineSet): void
  },
): Promise<EngineSet> {
  const { profile, clusterId, engineArgv, env, outputLinesMax } = plan
  const isPython = part.language === 'python'
  const engine = isPython ? { ...plan.engine, command: plan.pythonCommand } : plan.engine
  const output = (i: number) => logFile(profile, 'ipengine', clusterId, `${part.id}-${i}`)
  return EngineSet.launch({
    id: part.id,
    launcher: ports.launcher(plan),
    plan: {
      role: 'engine',
      argv: engineArgv,
      env,
      settings: engine,
      outputs: Array.from({ length: part.n }, (_, i) => output(i)),
    },
    announce: ports.announce,
    logger: ports.logger,
    outputLinesMax,
    onChange: part.onChange,
  })
}

/**
 * Waits until all engines of a set are registered.
 * @throws {LaunchError} when one ends, or they take longer than the plan allows.
 * @throws the signal's reason when it gives up.
 */
export async function waitForEngines(
  set: EngineSet,
  plan: ClusterPlan,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { engineTimeoutMs, outputLinesMax } = plan
  const late = new Deferred<never>()
  const timer = setTimeout(() => {
    const slot = set.slots.find(({ state }) => state !== 'ready')
    const outputFile = slot?.process.outputFile
    const message =
      `${set.readyCount} of ${set.slots.length} engines were ready within ` +
      `${engineTimeoutMs / 1000} s (Cluster.engine_timeout)`
    const output = outputFile === undefined ? '' : outputTail(outputFile, outputLinesMax)
    late.reject(new LaunchError(message, outputFile === undefined ? {} : { outputFile, output }))
  }, engineTimeoutMs)
  try {
    await unlessAborted(Promise.race([set.ready, late.promise]), signal)
  } finally {
    clearTimeout(timer)
  }
}

/** @throws the signal's reason when it gives up before `work` has settled. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return work
  const aborted = new Deferred<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
