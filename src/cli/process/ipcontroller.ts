/** A controller that another process started: `ipcluster`, or a program with `Cluster.start`. */
import { rmSync } from 'node:fs'
import type { ControllerSettings } from '../../cluster/mod.ts'
import { startControllerRole } from '../roles/controller-role.ts'
import { RoleChannel } from './role-channel.ts'

const channel = new RoleChannel('ipcontroller')
// Whoever ends this process politely wants the files gone that it has written.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => channel.stop())

async function run(): Promise<void> {
  const { settings, clusterFile } = await channel.started
  const controller = await startControllerRole(settings as ControllerSettings)
  const { engineInfo, clientInfo } = controller
  channel.tell({ type: 'listening', engineInfo, clientInfo })
  const ending = await Promise.race([channel.ending, controller.ended])
  await controller.close()
  if (ending === 'abandoned' && clusterFile !== undefined) rmSync(clusterFile, { force: true })
  process.exit(0)
}

run().catch((error: unknown) => channel.fail(error, 1))
