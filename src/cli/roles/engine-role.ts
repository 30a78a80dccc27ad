import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ArgumentError, messageOf } from '../../base/mod.ts'
import type { EngineSettings } from '../../cluster/mod.ts'
import type { EngineConnectionInfo } from '../../jupyter/mod.ts'
import { type RunningEngine, startEngine } from '../../main/engine.ts'

/** Exit code of an engine that its controller does not take, as Python's. */
export const notRegisteredCode = 255

/**
 * Turns this process into an engine as its settings say.
 * @param starterPid The process that started this one for the engine alone.
 */
export async function startEngineRole(
  settings: EngineSettings,
  info: EngineConnectionInfo,
  starterPid?: number,
): Promise<RunningEngine> {
  const { requestedId, sessionId, logFile, curve } = settings
  return startEngine({
    info,
    ...(starterPid === undefined ? {} : { starterPid }),
    ...(sessionId === undefined ? {} : { uuid: sessionId }),
    ...(requestedId === undefined ? {} : { requestedId }),
    ...(curve === undefined ? {} : { curve }),
    registrationTimeoutMs: settings.registrationTimeoutMs,
    heartbeatMissesMax: settings.heartbeatMissesMax,
    logLevel: settings.logLevel,
    ...(logFile === undefined ? {} : { logFile }),
    completer: settings.completer,
    securityDir: join(settings.profileDir, 'security'),
    startupCells: await startupCells(settings),
  })
}

async function startupCells(settings: EngineSettings): Promise<string[]> {
  const { startupScript, startupCommand } = settings
  const cells = startupCommand === '' ? [] : [startupCommand]
  if (startupScript === '') return cells
  try {
    return [await readFile(startupScript, 'utf8'), ...cells]
  } catch (cause) {
    throw new ArgumentError(`cannot read the start-up script: ${messageOf(cause)}`, { cause })
  }
}
