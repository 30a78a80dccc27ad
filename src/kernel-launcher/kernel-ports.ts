import type { Logger } from '../base/mod.ts'
import type { KernelClientPorts } from '../kernel-client/mod.ts'
import { ipcTransport, makeSigner, systemClock, systemRandom, tcpTransport } from '../node/mod.ts'

/** A client of kernels on this machine's network and clock. */
export function kernelClientPorts(logger: Logger): KernelClientPorts {
  const transports = [tcpTransport, ipcTransport]
  return {
    context: { transports, clock: systemClock, random: systemRandom, logger },
    makeSigner,
  }
}
