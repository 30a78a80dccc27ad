/** The engine's worker thread: it owns every socket, so that the line stays open while user code runs. */
import { type MessagePort, parentPort } from 'node:worker_threads'
import { IparallelError, messageOf } from '../base/mod.ts'
import { Engine, type EngineEnd } from '../engine/mod.ts'
import type { EngineConnectionInfo, EngineFacts } from '../jupyter/mod.ts'
import { type EvaluatorLine, PortEvaluator } from '../kernel/mod.ts'
import { hostFacts, makeLogger, makeSigner } from '../node/mod.ts'
import type { OwnCurveKeys } from '../sockets/mod.ts'
import { nodeContext } from './node-context.ts'
import { ProcessGuard } from './process-guard.ts'

export interface EngineWorkerData {
  readonly info: EngineConnectionInfo
  readonly facts: EngineFacts
  readonly curve?: OwnCurveKeys
  readonly line: EvaluatorLine
  readonly uuid?: string
  readonly starterPid?: number
  readonly requestedId?: number
  readonly registrationTimeoutMs?: number
  readonly heartbeatMissesMax?: number
  readonly logLevel?: number | string
  readonly logFile?: string
}

export type EngineWorkerCommand =
  /** The first: what this engine is. */
  | { readonly type: 'start'; readonly data: EngineWorkerData }
  | { readonly type: 'close' }
  | { readonly type: 'release' }

export type EngineWorkerEvent =
  | { readonly type: 'registered'; readonly id: number; readonly uuid: string }
  | { readonly type: 'failed'; readonly message: string; readonly retry: 'never' | 'later' }
  | { readonly type: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly type: 'ended'; readonly reason: EngineEnd }

function tell(event: EngineWorkerEvent): void {
  parentPort!.postMessage(event)
}

async function main(data: EngineWorkerData, parent: MessagePort): Promise<void> {
  const { line, logLevel, logFile, starterPid, ...options } = data
  const guard = starterPid === undefined ? undefined : new ProcessGuard(starterPid)
  const logger = makeLogger({
    name: 'IPEngine',
    ...(logLevel === undefined ? {} : { level: logLevel }),
    ...(logFile === undefined ? {} : { file: logFile }),
  })
  let engine: Engine | undefined
  const evaluator = new PortEvaluator(line, { onExit: () => engine?.close() })
  const ports = { context: nodeContext(logger), makeSigner, host: hostFacts(), evaluator }
  engine = await Engine.start(ports, {
    ...options,
    onSignal: (signal) => tell({ type: 'signal', signal: signal as NodeJS.Signals }),
  })
  const { id, uuid, ended } = engine
  parent.on('message', ({ type }: EngineWorkerCommand) => {
    if (type === 'release') guard?.release()
    else if (type === 'close') void engine.close()
  })
  tell({ type: 'registered', id, uuid })
  const reason = await ended
  guard?.engineEnded()
  tell({ type: 'ended', reason })
  parent.close()
}

parentPort!.once('message', (command: EngineWorkerCommand) => {
  if (command.type !== 'start') return
  main(command.data, parentPort!).catch((error: unknown) => {
    const retry = IparallelError.is(error) ? error.retry : 'never'
    tell({ type: 'failed', message: messageOf(error), retry })
    parentPort!.close()
  })
})
