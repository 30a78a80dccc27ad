import { ArgumentError, limits } from '../base/mod.ts'
import type { KernelInfo } from '../jupyter/mod.ts'
import {
  KernelClient,
  type KernelClientEvents,
  type KernelClientPorts,
  KernelTimeoutError,
} from '../kernel-client/mod.ts'
import { readKernelFile } from './kernel-file.ts'
import type { KernelDeath, KernelHandle } from './kernel-handle.ts'

/** A kernel that somebody else started: leaving it does not end it. */
export class AttachedKernel implements KernelHandle {
  readonly client: KernelClient
  readonly connectionFile: string
  readonly owned = false
  onDeath: ((death: KernelDeath) => void) | undefined
  #info: KernelInfo | undefined

  /**
   * Connects to the kernel of a connection file.
   * @throws {ArgumentError} when the file is not one.
   * @throws {KernelTimeoutError} when nobody answers, which means that the file is an old one.
   */
  static async attach(
    connectionFile: string,
    ports: KernelClientPorts,
    events: KernelClientEvents = {},
  ): Promise<AttachedKernel> {
    const kernel = new AttachedKernel(connectionFile, ports, events)
    try {
      kernel.#info = await kernel.client.ready({ timeoutMs: limits.kernelAttachMs })
      return kernel
    } catch (cause) {
      await kernel.close()
      if (!(cause instanceof KernelTimeoutError)) throw cause
      const busy = 'or it has been busy all the time'
      throw new KernelTimeoutError(
        `no kernel answers at ${connectionFile}: it has ended and the file is left from it, ${busy}`,
        { cause },
      )
    }
  }

  private constructor(
    connectionFile: string,
    ports: KernelClientPorts,
    events: KernelClientEvents,
  ) {
    this.connectionFile = connectionFile
    this.client = new KernelClient(readKernelFile(connectionFile), ports, {
      ...events,
      onLiveness: (alive) => {
        events.onLiveness?.(alive)
        if (alive) return
        this.client.kernelGone('the kernel does not answer any more')
        this.onDeath?.({ cause: undefined, lastWords: '' })
      },
    })
  }

  get info(): KernelInfo {
    return this.#info!
  }

  async interrupt(): Promise<void> {
    await this.client.interrupt({ timeoutMs: limits.kernelStopMs })
  }

  async restart(): Promise<void> {
    throw new ArgumentError('a kernel that another program started is restarted by that program')
  }

  close(): Promise<void> {
    return this.client.close()
  }
}
