import type { Logger } from '../base/mod.ts'
import { ipcTransport, systemClock, systemRandom, tcpTransport } from '../node/mod.ts'
import type { SocketContext } from '../sockets/mod.ts'

/** Sockets on this machine's network and clock. */
export function nodeContext(logger: Logger): SocketContext {
  return {
    transports: [tcpTransport, ipcTransport],
    clock: systemClock,
    random: systemRandom,
    logger,
  }
}
