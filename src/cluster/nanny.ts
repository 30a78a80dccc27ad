import { silentLogger } from '../base/mod.ts'
import {
  type DeathCause,
  type EngineConnectionInfo,
  endpointOf,
  reachableInterface,
  Session,
  unregistrationRequest,
} from '../jupyter/mod.ts'

/** Which engine ended; Python's controllers know it by its id only. */
export interface DeadEngine {
  readonly id: number
  readonly uuid: string
}

/** Milliseconds that the announcement gets to leave; Python's nanny gives it as much. */
const lingerMs = 3_000

/**
 * Tells the controller that an engine's process ended, and why, so that its tasks fail or run
 * elsewhere at once instead of after many missed heartbeats. Resolves when it was sent, or could
 * not be in three seconds.
 * Source: protocol reference §5.2 and §5.4; the cause is ours.
 */
export async function announceDeath(
  info: EngineConnectionInfo,
  engine: DeadEngine,
  cause: DeathCause,
): Promise<void> {
  // Deaths are rare: what is needed to tell of one is loaded when there is one.
  const { Dealer, encryptedFor } = await import('../sockets/mod.ts')
  const { hostFacts, ipcTransport, makeSigner, systemClock, systemRandom, tcpTransport } =
    await import('../node/mod.ts')
  const platform = { clock: systemClock, random: systemRandom }
  const session = new Session({
    ...platform,
    key: info.key,
    signatureScheme: info.signature_scheme,
    makeSigner,
  })
  const address = await reachableInterface(info, hostFacts())
  const context = {
    ...platform,
    transports: [tcpTransport, ipcTransport],
    logger: silentLogger,
  }
  const dealer = new Dealer(encryptedFor(context, info.curve_serverkey))
  dealer.connect(endpointOf(address, info.registration))
  const content = unregistrationRequest.encode({ ...engine, cause })
  dealer.trySend(session.pack(unregistrationRequest.msgType, { content }))
  await dealer.close({ lingerMs })
}
