import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ArgumentError, messageOf } from '../../base/mod.ts'
import { type EngineSettings, openHubLine } from '../../cluster/mod.ts'
import {
  connectionFileText,
  type DeathCause,
  type EngineConnectionInfo,
  newId,
} from '../../jupyter/mod.ts'
import { systemRandom } from '../../node/mod.ts'
import type { RoleChannel } from '../process/role-channel.ts'

/** Settings of an engine that is another program. */
export type CommandSettings = EngineSettings & { readonly command: readonly string[] }

/**
 * Runs a command that is an engine, such as Python's, and watches it: this process says for it
 * what an engine of ours says itself, ends it when it is asked to, or left alone, and ends with it.
 */
export async function runEngineCommand(
  settings: CommandSettings,
  info: EngineConnectionInfo,
  channel: RoleChannel,
): Promise<void> {
  const hub = await openHubLine(info)
  const uuid = newId(systemRandom)
  const file = writeInfo(info)
  // Also when this process is told to be quick about its end.
  process.once('exit', file.remove)
  const registered = new AbortController()
  let id: number | undefined
  try {
    const child = await startCommand(settings, info, file.path, uuid)
    let isStopping = false
    void channel.ending.then(() => {
      isStopping = true
      child.kill()
    })
    hub.idOf(uuid, registered.signal).then(
      (found) => {
        id = found
        file.remove()
        channel.tell({ type: 'registered', id, uuid })
      },
      () => {},
    )
    const cause = await endOf(child)
    // The hub at once, before the engine's own watcher, which does not know the cause.
    if (id !== undefined && !isStopping) hub.announce({ id, uuid }, cause)
    await channel.tellLast({ type: 'died', cause })
    process.exitCode = cause.exitCode ?? 1
  } finally {
    registered.abort()
    await hub.close()
  }
  process.exit()
}

/** Where the controller is, in a folder of its own that others cannot look into. */
function writeInfo(info: EngineConnectionInfo): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'iparallel-engine-'))
  const path = join(folder, 'ipcontroller-engine.json')
  writeFileSync(path, connectionFileText(info), { mode: 0o600 })
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** @throws {ArgumentError} when there is no such command. */
async function startCommand(
  { command, requestedId }: CommandSettings,
  info: EngineConnectionInfo,
  file: string,
  uuid: string,
): Promise<ChildProcess> {
  const [program, ...words] = command
  const args = [
    ...words,
    `--file=${file}`,
    `--Session.session=${uuid}`,
    ...(requestedId === undefined ? [] : [`--IPEngine.id=${requestedId}`]),
  ]
  // Versions from 8 on look there first, where that of another cluster may be.
  const env = { ...process.env, IPP_CONNECTION_INFO: JSON.stringify(info) }
  const stdio = ['ignore', 'inherit', 'inherit'] as const
  try {
    const child = spawn(program!, args, { env, stdio: [...stdio], windowsHide: true })
    await once(child, 'spawn')
    return child
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const advice = /python/i.test(program!) ? '; PYTHON names the Python to start' : ''
    const reason = code === 'ENOENT' ? 'there is no such program' : messageOf(cause)
    throw new ArgumentError(`cannot start the engine's command ${program}: ${reason}${advice}`, {
      cause,
    })
  }
}

async function endOf(child: ChildProcess): Promise<DeathCause> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  const { exitCode, signalCode } = child
  return exitCode === null ? { signal: signalCode ?? 'SIGKILL' } : { exitCode }
}
