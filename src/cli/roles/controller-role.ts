import type { Logger } from '../../base/mod.ts'
import type { ControllerSettings } from '../../cluster/mod.ts'
import type { RunningController } from '../../main/controller.ts'

/** Starts a controller as its settings say. */
export async function startControllerRole(
  settings: ControllerSettings,
  logger?: Logger,
): Promise<RunningController> {
  const { startController } = await import('../../main/controller.ts')
  return startController({ ...settings, ...(logger === undefined ? {} : { logger }) })
}
