import type { DeathCause, EngineConnectionInfo } from '../jupyter/mod.ts'
import type { HubLine } from './hub-line.ts'

/** Which engine ended; Python's controllers know it by its id only. */
export interface DeadEngine {
  readonly id: number
  readonly uuid: string
}

/** A line to the controller's hub. What it needs is loaded only now: few processes want one. */
export async function openHubLine(info: EngineConnectionInfo): Promise<HubLine> {
  const { HubLine } = await import('./hub-line.ts')
  return HubLine.open(info)
}

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
  const line = await openHubLine(info)
  line.announce(engine, cause)
  await line.close()
}
