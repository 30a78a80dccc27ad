import { parentPort } from 'node:worker_threads'
import { Deferred, IparallelError, type Logger, messageOf } from '../base/mod.ts'
import { makeLogger } from '../node/mod.ts'
import { ProcessGuard } from './process-guard.ts'
import type { RoleCommand, RoleData, RoleEvent, RoleStart } from './role-messages.ts'

/** A role that was started in this thread. */
export interface ServedRole<Started, End> {
  /** What to tell the main thread of it. */
  readonly started: Started
  readonly ended: Promise<End>
  close(): unknown
  interrupt(): void
}

export interface RoleTools {
  readonly logger: Logger
  /** Has the process get a signal. */
  signal(name: string): void
}

/** What this worker thread does: it starts a role, says so, and goes when the role has ended. */
export async function serveRole<Data extends RoleData, Started, End>(
  logName: string,
  start: (data: Data, tools: RoleTools) => Promise<ServedRole<Started, End>>,
): Promise<void> {
  const parent = parentPort!
  const tell = (event: RoleEvent<Started, End>) => parent.postMessage(event)
  const begun = new Deferred<Data>()
  let guard: ProcessGuard | undefined
  let role: ServedRole<Started, End> | undefined
  parent.on('message', (command: RoleCommand | RoleStart<Data>) => {
    if (command.type === 'start') begun.resolve(command.data)
    else if (command.type === 'release') guard?.release()
    else if (command.type === 'interrupt') role?.interrupt()
    else void role?.close()
  })
  const data = await begun.promise
  const { starterPid, logLevel, logFile } = data
  guard = starterPid === undefined ? undefined : new ProcessGuard(starterPid)
  try {
    const logger = makeLogger({
      name: logName,
      ...(logLevel === undefined ? {} : { level: logLevel }),
      ...(logFile === undefined ? {} : { file: logFile }),
    })
    const signal = (name: string) => tell({ type: 'signal', signal: name as NodeJS.Signals })
    role = await start(data, { logger, signal })
    tell({ type: 'started', value: role.started })
    const reason = await role.ended
    guard?.roleEnded()
    tell({ type: 'ended', reason })
  } catch (error) {
    const retry = IparallelError.is(error) ? error.retry : 'never'
    tell({ type: 'failed', message: messageOf(error), retry })
  }
  parent.close()
}
