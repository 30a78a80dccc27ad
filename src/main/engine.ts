import { cpus, hostname } from 'node:os'
import { IparallelError } from '../base/mod.ts'
import type { EngineEnd } from '../engine/mod.ts'
import type { EngineConnectionInfo, EngineFacts } from '../jupyter/mod.ts'
import type { Completer } from '../kernel/mod.ts'
import type { OwnCurveKeys } from '../sockets/mod.ts'
import type { EngineStarted, EngineWorkerData } from './engine-worker.ts'
import { startRoleThread } from './role-thread.ts'
import { version } from './version.ts'

/** What an engine needs to know; only where the controller is has no default. */
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
  /** Where `bindKernel()` puts its connection file; default: Jupyter's folder for such files. */
  readonly securityDir?: string
  /** Cells to run before the engine registers, in this order. */
  readonly startupCells?: readonly string[]
  /** How names are completed; default by looking at values. */
  readonly completer?: Completer
}

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

/** The engine could not register, or its start-up code failed. */
export class EngineStartError extends IparallelError {
  override readonly code = 'IPAR_ENGINE_START'
  override readonly retry: 'never' | 'later'
  /** `code`: what was to run first has failed; `role`: the controller did not take the engine. */
  readonly stage: 'code' | 'role'

  constructor(message: string, retry: 'never' | 'later', stage: 'code' | 'role' = 'role') {
    super(message)
    this.retry = retry
    this.stage = stage
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

/**
 * Turns this process into an engine and registers it.
 *
 * The process must run with `--no-force-async-hooks-checks`, or an interrupt inside a timer ends
 * it; see `docs/architecture.md`.
 * @throws {EngineStartError} when the controller refuses, or does not answer in time.
 */
export async function startEngine(options: StartEngineOptions): Promise<RunningEngine> {
  const { startupCells = [], completer, ...rest } = options
  const thread = await startRoleThread<EngineWorkerData, EngineStarted, EngineEnd>({
    file: 'engine-worker.js',
    data: { ...rest, facts: ownFacts() },
    startupCells,
    completer,
    failure: (message, retry, stage) => new EngineStartError(message, retry, stage),
  })
  const { id, uuid } = await thread.started
  return {
    id,
    uuid,
    ended: thread.ended,
    close: () => {
      thread.command({ type: 'close' })
      return thread.ended
    },
    release: () => thread.command({ type: 'release' }),
  }
}
