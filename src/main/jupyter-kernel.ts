import { rmSync } from 'node:fs'
import { IparallelError, type Retry } from '../base/mod.ts'
import type { KernelEnd } from '../engine/mod.ts'
import type { KernelConnectionInfo } from '../jupyter/mod.ts'
import type { Completer } from '../kernel/mod.ts'
import type { KernelWorkerData } from './jupyter-kernel-worker.ts'
import {
  hasFreePorts,
  type KernelAddress,
  newKernelInfo,
  readKernelFile,
  writeKernelFile,
} from './kernel-file.ts'
import { startRoleThread } from './role-thread.ts'
import { version } from './version.ts'

/** What a kernel needs to know; only the connection file has no default. */
export interface StartKernelOptions extends KernelAddress {
  /**
   * The connection file. One that is there says where to listen; otherwise it is written, and
   * removed at the end.
   */
  readonly connectionFile: string
  /**
   * The process that started this one for the kernel alone. When it is gone, and when the kernel
   * has ended, this process ends too, even while user code runs. Default: the process lives on.
   */
  readonly starterPid?: number
  /** As in `makeLogger`; default INFO on stderr. */
  readonly logLevel?: number | string
  readonly logFile?: string
  /** Cells to run before the kernel answers, in this order. */
  readonly startupCells?: readonly string[]
  /** How names are completed; default by looking at values. */
  readonly completer?: Completer | undefined
}

/** A Jupyter kernel in this process: its sockets in a worker thread, user code in this one. */
export interface RunningKernel {
  /** Where it listens. */
  readonly info: KernelConnectionInfo
  /** Settles once, with why the kernel ended. */
  readonly ended: Promise<KernelEnd>
  /** Makes what runs fail with `KeyboardInterrupt`, as far as this thread is free to ask for it. */
  interrupt(): void
  close(): Promise<KernelEnd>
}

/** The kernel could not start: its ports are taken, or its start-up code failed. */
export class KernelStartError extends IparallelError {
  override readonly code = 'IPAR_KERNEL_START'
  override readonly retry: Retry

  constructor(message: string, retry: Retry) {
    super(message)
    this.retry = retry
  }
}

/**
 * Turns this process into a Jupyter kernel, and opens its ports.
 *
 * The process must run with `--no-force-async-hooks-checks`, or an interrupt inside a timer ends
 * it; see `docs/architecture.md`.
 * @throws {ArgumentError} when the connection file cannot be used.
 * @throws {KernelStartError} when the ports cannot be had.
 */
export async function startKernel(options: StartKernelOptions): Promise<RunningKernel> {
  const { connectionFile, transport, ip, startupCells = [], completer, ...rest } = options
  const given = await readKernelFile(connectionFile)
  const base = connectionFile.replace(/\.json$/, '')
  const info = given ?? newKernelInfo({ transport, ip }, `${base}-ipc`)
  const facts = { version, runtime: process.version }
  const thread = await startRoleThread<KernelWorkerData, KernelConnectionInfo, KernelEnd>({
    file: 'jupyter-kernel-worker.js',
    data: { ...rest, info, facts, connectionFile },
    startupCells,
    completer,
    failure: (message, retry) => new KernelStartError(message, retry),
  })
  const actual = await thread.started
  if (given === undefined || hasFreePorts(given)) writeKernelFile(connectionFile, actual)
  if (given === undefined) {
    const remove = () => rmSync(connectionFile, { force: true })
    process.once('exit', remove)
  }
  return {
    info: actual,
    ended: thread.ended,
    interrupt: () => thread.command({ type: 'interrupt' }),
    close: () => {
      thread.command({ type: 'close' })
      return thread.ended
    },
  }
}
