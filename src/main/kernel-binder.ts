import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ArgumentError } from '../base/mod.ts'
import type { BoundKernel } from '../client/mod.ts'
import { type Evaluator, Kernel, type KernelFacts } from '../engine/mod.ts'
import { jupyterRuntimeDir } from '../kernelspec/mod.ts'
import { makeSigner } from '../node/mod.ts'
import type { SocketContext } from '../sockets/mod.ts'
import { type KernelAddress, newKernelInfo, writeKernelFile } from './kernel-file.ts'

export interface KernelBinderOptions {
  readonly context: SocketContext
  readonly evaluator: Evaluator
  readonly facts: KernelFacts
  /** Where the connection file goes; default: Jupyter's folder for such files. */
  readonly securityDir: string | undefined
}

/**
 * Opens a kernel's ports in front of an engine's evaluator, so that a console can attach to its
 * namespace while it goes on serving the cluster. Source: protocol reference §15.
 */
export class KernelBinder {
  readonly #options: KernelBinderOptions
  #kernel: Promise<{ readonly kernel: Kernel; readonly file: string }> | undefined

  constructor(options: KernelBinderOptions) {
    this.#options = options
  }

  /**
   * The ports; those that are open already, whatever is asked for then.
   * @throws {ArgumentError | BindError} when it cannot listen where it should.
   */
  async bind(address: unknown): Promise<BoundKernel> {
    this.#kernel ??= this.#open(readAddress(address))
    try {
      return { connectionFile: (await this.#kernel).file }
    } catch (error) {
      this.#kernel = undefined
      throw error
    }
  }

  /** Closes the ports, and removes the file. */
  async close(): Promise<void> {
    const open = await this.#kernel?.catch(() => undefined)
    await open?.kernel.close()
  }

  async #open(address: KernelAddress): Promise<{ kernel: Kernel; file: string }> {
    const { context, evaluator, facts, securityDir = jupyterRuntimeDir() } = this.#options
    const name = join(securityDir, `kernel-${process.pid}`)
    const file = `${name}.json`
    const ports = { context, makeSigner, evaluator }
    const info = newKernelInfo(address, `${name}-ipc`)
    const kernel = await Kernel.start(ports, { info, facts })
    try {
      writeKernelFile(file, kernel.info)
    } catch (error) {
      await kernel.close()
      throw error
    }
    void kernel.ended.then(() => {
      rmSync(file, { force: true })
      // A console that shuts "its kernel" down closes these ports; they can be opened again.
      this.#kernel = undefined
    })
    return { kernel, file }
  }
}

function readAddress(value: unknown): KernelAddress {
  if (value === undefined) return {}
  const { transport, ip } = Object(value) as Record<string, unknown>
  if (transport !== undefined && transport !== 'tcp' && transport !== 'ipc') {
    throw new ArgumentError("bindKernel: 'transport' is 'tcp' or 'ipc'")
  }
  if (ip !== undefined && typeof ip !== 'string') {
    throw new ArgumentError("bindKernel: 'ip' is the address to listen on, such as '127.0.0.1'")
  }
  return { transport, ip }
}
