import { cpus, hostname } from 'node:os'
import { Worker } from 'node:worker_threads'
import { Deferred, IparallelError } from '../base/mod.ts'
import type { EngineEnd } from '../engine/mod.ts'
import type { EngineConnectionInfo, EngineFacts } from '../jupyter/mod.ts'
import type { EvaluatorServer } from '../kernel/mod.ts'
import type { OwnCurveKeys } from '../sockets/mod.ts'
import type { EngineWorkerCommand, EngineWorkerData, EngineWorkerEvent } from './engine-worker.ts'
import { version } from './version.ts'

export interface StartEngineOptions {
  readonly info: EngineConnectionInfo
  /** The engine's own key pair, where the controller encrypts. Default: new ones. */
  readonly curve?: OwnCurveKeys
  readonly uuid?: string
  /** The id to ask for; the controller grants it when it is free. */
  readonly requestedId?: number
  /** Milliseconds to wait for the controller's answer; default 5000. */
  readonly registrationTimeoutMs?: number
  /** Heartbeats that may be missing before the engine gives up; 0 means any number. Default 50. */
  readonly heartbeatMissesMax?: number
  /**
   * The process that started this one for the engine alone. When it is gone, and when the engine
   * has ended, this process ends too, even while user code runs. Default: the process lives on.
   */
  readonly starterPid?: number
  /** As in `makeLogger`; default INFO on stderr. */
  readonly logLevel?: number | string
  readonly logFile?: string
  /** Cells to run before the engine registers, in this order. */
  readonly startupCells?: readonly string[]
}

/**
 * Megabytes for what the worker thread makes and soon drops: it passes messages on, and keeps
 * nothing. V8 would take sixteen times as much before it looks for garbage.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 3 } as const

/** An engine in this process: its sockets in a worker thread, user code in this one. */
export interface RunningEngine {
  readonly id: number
  readonly uuid: string
  /** Settles once, with why the engine ended. */
  readonly ended: Promise<EngineEnd>
  /** Leaves the cluster. */
  close(): Promise<EngineEnd>
  /** From now on the engine goes on without `starterPid`. */
  release(): void
}

/** The engine could not register; `code` is that of the error in the worker thread. */
export class EngineStartError extends IparallelError {
  override readonly code = 'IPAR_ENGINE_START'
  override readonly retry: 'never' | 'later'

  constructor(message: string, retry: 'never' | 'later') {
    super(message)
    this.retry = retry
  }
}

function ownFacts(): EngineFacts {
  return {
    language: 'typescript',
    runtime: process.version,
    version,
    hostname: hostname(),
    pid: process.pid,
    cores: cpus().length,
  }
}

/** What runs user code in this thread, when the cells have run. @throws {EngineStartError} */
async function prepareEvaluator(cells: readonly string[]): Promise<EvaluatorServer> {
  const { serveEvaluator } = await import('../kernel/mod.ts')
  const server = serveEvaluator()
  for (const cell of cells) await runStartup(server, cell)
  return server
}

/** @throws {EngineStartError} when the cell fails: an engine without its set-up is of no use. */
async function runStartup(server: EvaluatorServer, cell: string): Promise<void> {
  const outcome = await server.runStartup(cell)
  if (outcome.status === 'ok') return
  const { ename, evalue, traceback } = outcome
  const text = traceback.length === 0 ? `${ename}: ${evalue}` : traceback.join('\n')
  throw new EngineStartError(`the start-up code failed: ${text}`, 'never')
}

/**
 * Turns this process into an engine and registers it.
 *
 * The process must run with `--no-force-async-hooks-checks`, or an interrupt inside a timer ends
 * it; see `docs/architecture.md`.
 * @throws {EngineStartError} when the controller refuses, or does not answer in time.
 */
export async function startEngine(options: StartEngineOptions): Promise<RunningEngine> {
  const { startupCells = [], ...rest } = options
  const registered = new Deferred<{ id: number; uuid: string }>()
  const ended = new Deferred<EngineEnd>()
  // It loads its modules while this thread loads those for user code.
  const worker = new Worker(new URL('./engine-worker.js', import.meta.url), { resourceLimits })
  worker.on('message', (event: EngineWorkerEvent) => {
    if (event.type === 'registered') registered.resolve(event)
    else if (event.type === 'failed') {
      registered.reject(new EngineStartError(event.message, event.retry))
    } else if (event.type === 'signal') process.kill(process.pid, event.signal)
    else ended.resolve(event.reason)
  })
  worker.on('error', (error) => {
    registered.reject(error)
    ended.reject(error)
  })
  const command = (message: EngineWorkerCommand) => worker.postMessage(message)
  try {
    const server = await prepareEvaluator(startupCells)
    const data: EngineWorkerData = { ...rest, facts: ownFacts(), line: server.line }
    worker.postMessage({ type: 'start', data } satisfies EngineWorkerCommand, server.transferList)
  } catch (error) {
    await worker.terminate()
    throw error
  }
  const { id, uuid } = await registered.promise
  return {
    id,
    uuid,
    ended: ended.promise,
    close: () => {
      command({ type: 'close' })
      return ended.promise
    },
    release: () => command({ type: 'release' }),
  }
}
