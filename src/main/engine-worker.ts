/** The engine's worker thread: it owns every socket, so that the line stays open while user code runs. */
import { Engine, type EngineEnd } from '../engine/mod.ts'
import type { EngineConnectionInfo, EngineFacts } from '../jupyter/mod.ts'
import { PortEvaluator } from '../kernel/worker-side.ts'
import { hostFacts, makeSigner } from '../node/mod.ts'
import type { OwnCurveKeys } from '../sockets/mod.ts'
import type { KernelBinder } from './kernel-binder.ts'
import { nodeContext } from './node-context.ts'
import type { RoleData } from './role-messages.ts'
import { serveRole } from './role-worker.ts'

export interface EngineWorkerData extends RoleData {
  readonly info: EngineConnectionInfo
  readonly facts: EngineFacts
  readonly curve?: OwnCurveKeys
  readonly uuid?: string
  readonly requestedId?: number
  readonly registrationTimeoutMs?: number
  readonly heartbeatMissesMax?: number
  readonly securityDir?: string
}

export interface EngineStarted {
  readonly id: number
  readonly uuid: string
}

void serveRole<EngineWorkerData, EngineStarted, EngineEnd>(
  'IPEngine',
  async (data, { logger, signal }) => {
    const { line, securityDir, ...options } = data
    const context = nodeContext(logger)
    let engine: Engine | undefined
    let binder: KernelBinder | undefined
    const evaluator = new PortEvaluator(line, {
      onExit: async (exitCode) =>
        void (await Promise.all([engine?.close({ exitCode }), binder?.close()])),
      bindKernel: async (wanted) => {
        const { KernelBinder } = await import('./kernel-binder.ts')
        binder ??= new KernelBinder({ context, evaluator, facts: data.facts, securityDir })
        return binder.bind(wanted)
      },
    })
    const ports = { context, makeSigner, host: hostFacts(), evaluator }
    engine = await Engine.start(ports, { ...options, onSignal: signal })
    const { id, uuid, ended } = engine
    await Promise.race([engine.joined(), ended])
    return {
      started: { id, uuid },
      ended: ended.finally(() => binder?.close()),
      close: () => engine.close(),
      interrupt: () => evaluator.interrupt(),
    }
  },
)
