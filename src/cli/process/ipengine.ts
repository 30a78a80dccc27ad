/** An engine that another process started and watches: `ipcluster`, `ipengine`, or a program. */
import { ClosedError } from '../../base/mod.ts'
import type { EngineSettings } from '../../cluster/mod.ts'
import { notRegisteredCode, startEngineRole } from '../roles/engine-role.ts'
import { RoleChannel } from './role-channel.ts'

const channel = new RoleChannel('ipengine')

async function run(): Promise<void> {
  const settings = (await channel.started).settings as EngineSettings
  const info = await channel.connectionInfo
  if (settings.command !== undefined) {
    const { runEngineCommand } = await import('../roles/engine-command.ts')
    return runEngineCommand({ ...settings, command: settings.command }, info, channel)
  }
  const engine = await startEngineRole(settings, info, process.ppid)
  channel.tell({ type: 'registered', id: engine.id, uuid: engine.uuid })
  void channel.ending.then(() => engine.close())
  void channel.staying.then(() => engine.release())
  const end = await engine.ended
  if (end === 'heart-lost') throw new ClosedError('the controller does not answer any more')
  // What the user's code has left open must not keep the process alive.
  process.exit(0)
}

void channel.ending.then(() => {
  // Not registered yet: there is nothing to leave.
  setTimeout(() => process.exit(0), 1_000).unref()
})
run().catch((error: unknown) => {
  const { code, stage } = error as { code?: string; stage?: string }
  const isRefused = code === 'IPAR_ENGINE_START' && stage === 'role'
  channel.fail(error, isRefused ? notRegisteredCode : 1)
})
