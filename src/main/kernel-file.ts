import { readFile } from 'node:fs/promises'
import { ArgumentError, messageOf } from '../base/mod.ts'
import { type KernelConnectionInfo, kernelFileText, newId, readKernelInfo } from '../jupyter/mod.ts'
import { systemRandom, writePrivateFile } from '../node/mod.ts'

/** Where a kernel should listen. Default: any free ports of this machine, for nobody else. */
export interface KernelAddress {
  readonly transport?: 'tcp' | 'ipc' | undefined
  /** An address of this machine; with ipc the beginning of the sockets' paths. */
  readonly ip?: string | undefined
}

/**
 * A connection that nobody has yet, with a new key.
 * @param ipcPath What the paths of ipc sockets begin with, where the address does not say it.
 */
export function newKernelInfo(address: KernelAddress, ipcPath: string): KernelConnectionInfo {
  const { transport = 'tcp' } = address
  return {
    transport,
    ip: address.ip ?? (transport === 'tcp' ? '127.0.0.1' : ipcPath),
    shell_port: 0,
    iopub_port: 0,
    stdin_port: 0,
    control_port: 0,
    hb_port: 0,
    key: newId(systemRandom),
    signature_scheme: 'hmac-sha256',
  }
}

/**
 * Reads a kernel's connection file; undefined when it is not there.
 * @throws {ArgumentError} naming the file and what is wrong in it.
 */
export async function readKernelFile(path: string): Promise<KernelConnectionInfo | undefined> {
  try {
    return readKernelInfo(await readFile(path, 'utf8'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ArgumentError(`${path}: ${messageOf(cause)}`, { cause })
  }
}

/** Writes a kernel's connection file, for its owner only. */
export function writeKernelFile(path: string, info: KernelConnectionInfo): void {
  writePrivateFile(path, kernelFileText(info))
}

/** Whether something is left for the kernel to choose. */
export function hasFreePorts(info: KernelConnectionInfo): boolean {
  const { shell_port, iopub_port, stdin_port, control_port, hb_port } = info
  return [shell_port, iopub_port, stdin_port, control_port, hb_port].includes(0)
}
