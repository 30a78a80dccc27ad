import { rmSync } from 'node:fs'
import { Deferred, limits, messageOf } from '../base/mod.ts'
import {
  describeCause,
  type KernelChannel,
  type KernelConnectionInfo,
  type KernelInfo,
} from '../jupyter/mod.ts'
import {
  KernelClient,
  type KernelClientEvents,
  type KernelClientPorts,
} from '../kernel-client/mod.ts'
import { jupyterRuntimeDir, type Kernelspec } from '../kernelspec/mod.ts'
import { commandOf, kernelEnvironment } from './kernel-command.ts'
import { writeKernelFile } from './kernel-file.ts'
import type { KernelDeath, KernelHandle } from './kernel-handle.ts'
import { KernelLaunchError, KernelProcess } from './kernel-process.ts'

export interface StartKernelOptions {
  readonly spec: Kernelspec
  readonly ports: KernelClientPorts
  readonly events?: KernelClientEvents
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Default: the working folder. */
  readonly cwd?: string
  /** Where the connection file goes; default: Jupyter's runtime folder. */
  readonly runtimeDir?: string
  /** Default `tcp`. */
  readonly transport?: 'tcp' | 'ipc'
  /** Encrypts everything with CURVE, if the kernel knows it; default false. */
  readonly encrypted?: boolean
  /** Milliseconds until the kernel must answer; default 60,000. */
  readonly startMs?: number
  /** Gives up the start. */
  readonly signal?: AbortSignal
}

const channels: readonly KernelChannel[] = ['shell', 'iopub', 'stdin', 'control', 'hb']

/** What kernels say of a port that somebody has: those of Node, of libzmq. */
const portIsTaken = /address already in use/i

/** A kernel in a process of our own, which ends with this object, or with this process. */
export class StartedKernel implements KernelHandle {
  readonly client: KernelClient
  readonly connectionFile: string
  readonly owned = true
  onDeath: ((death: KernelDeath) => void) | undefined
  readonly #options: StartKernelOptions
  readonly #connection: KernelConnectionInfo
  #process: KernelProcess | undefined
  #info: KernelInfo | undefined
  #closing: Promise<void> | undefined

  /**
   * Starts a kernel and waits until it answers.
   * @throws {KernelLaunchError} with the last lines that it wrote; nothing of it is left.
   */
  static async start(options: StartKernelOptions): Promise<StartedKernel> {
    try {
      return await StartedKernel.#startOnce(options)
    } catch (error) {
      // Its ports were free when they were chosen: somebody else was quicker.
      const isRace = error instanceof KernelLaunchError && portIsTaken.test(error.message)
      if (!isRace) throw error
      return StartedKernel.#startOnce(options)
    }
  }

  static async #startOnce(options: StartKernelOptions): Promise<StartedKernel> {
    const dir = options.runtimeDir ?? jupyterRuntimeDir()
    const { spec, transport = 'tcp', encrypted = false } = options
    const plan = { dir, kernelName: spec.name, transport, encrypted }
    const { file, connection } = await writeKernelFile(plan)
    const kernel = new StartedKernel(options, file, connection)
    try {
      await kernel.#launch()
      return kernel
    } catch (error) {
      kernel.#process?.kill()
      await kernel.#leave()
      throw error
    }
  }

  private constructor(
    options: StartKernelOptions,
    connectionFile: string,
    connection: KernelConnectionInfo,
  ) {
    this.#options = options
    this.connectionFile = connectionFile
    this.#connection = connection
    this.client = new KernelClient(connection, options.ports, options.events)
  }

  get info(): KernelInfo {
    return this.#info!
  }

  get spec(): Kernelspec {
    return this.#options.spec
  }

  /** Undefined when it has died. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  async interrupt(): Promise<void> {
    if (this.spec.interruptMode === 'signal' && this.#process?.interrupt()) return
    await this.client.interrupt({ timeoutMs: limits.kernelStopMs })
  }

  async restart(): Promise<void> {
    await this.#stop(true)
    await this.#launch()
  }

  close(): Promise<void> {
    this.#closing ??= this.#stop(false).finally(() => this.#leave())
    return this.#closing
  }

  async #launch(): Promise<void> {
    const { spec, env = {}, cwd = process.cwd(), startMs = limits.kernelStartMs } = this.#options
    let ready = false
    const child = await KernelProcess.spawn({
      argv: commandOf(spec, this.connectionFile),
      env: kernelEnvironment(spec, env),
      cwd,
    })
    this.#process = child
    void child.ended.then((cause) => {
      if (this.#process !== child) return
      this.#process = undefined
      const what = describeCause(cause)
      const how = what === 'exited with code 0' ? '' : `: ${what}`
      this.client.kernelGone(`the kernel has ended${how}`)
      if (ready) this.onDeath?.({ cause, lastWords: child.lastWords })
    })
    this.#info = await this.#answer(child, startMs)
    ready = true
  }

  async #answer(child: KernelProcess, startMs: number): Promise<KernelInfo> {
    const { spec, signal } = this.#options
    const gaveUp = new Deferred<never>()
    const abort = () => gaveUp.reject(signal?.reason)
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
    const died = child.ended.then((cause): never => {
      throw new KernelLaunchError(describeCause(cause))
    })
    try {
      return await Promise.race([this.client.ready({ timeoutMs: startMs }), died, gaveUp.promise])
    } catch (cause) {
      if (signal?.aborted) throw cause
      const ended = await Promise.race([child.ended, undefined])
      const why = ended === undefined ? messageOf(cause) : `it ${describeCause(ended)}`
      const words = child.lastWords === '' ? '' : `\n${child.lastWords}`
      const text = `the kernel '${spec.name}' did not start: ${why}${words}`
      throw new KernelLaunchError(text, { cause })
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Asks it to end, and kills it when it does not. */
  async #stop(restart: boolean): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    this.#process = undefined
    // Some kernels look at a request to end only when the cell that they run has ended.
    if (this.client.state === 'busy' && !child.interrupt()) {
      await this.client.interrupt({ timeoutMs: limits.kernelStopMs }).catch(() => {})
    }
    await Promise.race([
      this.client.shutdown({ restart, timeoutMs: limits.kernelStopMs }).catch(() => {}),
      child.ended,
    ])
    await child.end(limits.kernelStopMs)
    this.client.kernelGone(restart ? 'the kernel was restarted' : 'the kernel was ended')
  }

  async #leave(): Promise<void> {
    await this.client.close()
    rmSync(this.connectionFile, { force: true })
    if (this.#connection.transport === 'tcp' || process.platform === 'win32') return
    for (const channel of channels) {
      const number = this.#connection[`${channel}_port`]
      rmSync(`${this.#connection.ip}-${number}`, { force: true })
    }
  }
}
