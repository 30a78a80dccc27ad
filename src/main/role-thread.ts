import { Worker } from 'node:worker_threads'
import { Deferred, type Retry } from '../base/mod.ts'
import type { Completer, EvaluatorServer } from '../kernel/mod.ts'
import { offerClient, parallelMagics } from './parallel-magics.ts'
import type { RoleCommand, RoleData, RoleEvent } from './role-messages.ts'

export interface RoleThreadOptions<Data extends RoleData> {
  /** The file that the worker thread runs, beside this one. */
  readonly file: string
  readonly data: Omit<Data, 'line'>
  /** Cells to run before the role starts, in this order. */
  readonly startupCells: readonly string[]
  /** How names are completed; default by looking at values. */
  readonly completer?: Completer | undefined
  /** What the start fails with, when it does. */
  readonly failure: StartFailure
}

/** `code`: the cells that run first; `role`: what comes after them. */
type StartStage = 'code' | 'role'
type StartFailure = (message: string, retry: Retry, stage: StartStage) => Error

/**
 * Megabytes for what the worker thread makes and soon drops: it passes messages on, and keeps
 * nothing. V8 would take sixteen times as much before it looks for garbage.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 3 } as const

/** A role whose sockets are in a worker thread, before user code in this one. */
export interface RoleThread<Started, End> {
  /** Settles when the role has started, or cannot. */
  readonly started: Promise<Started>
  /** Settles once, with why the role ended. */
  readonly ended: Promise<End>
  command(command: RoleCommand): void
}

/** Makes this thread run user code, and starts the thread that it is run for. */
export async function startRoleThread<Data extends RoleData, Started, End>(
  options: RoleThreadOptions<Data>,
): Promise<RoleThread<Started, End>> {
  const { file, data, failure } = options
  const started = new Deferred<Started>()
  const ended = new Deferred<End>()
  // It loads its modules while this thread loads those for user code.
  const worker = new Worker(new URL(`./${file}`, import.meta.url), { resourceLimits })
  let server: EvaluatorServer | undefined
  worker.on('message', (event: RoleEvent<Started, End>) => {
    if (event.type === 'started') started.resolve(event.value)
    else if (event.type === 'signal') process.kill(process.pid, event.signal)
    else {
      // Nobody asks for anything any more, and what keeps this process alive is not the role.
      server?.[Symbol.dispose]()
      if (event.type === 'failed') started.reject(failure(event.message, event.retry, 'role'))
      else ended.resolve(event.reason)
    }
  })
  worker.on('error', (error) => {
    started.reject(error)
    ended.reject(error)
  })
  try {
    server = await prepareServer(options)
    const start = { type: 'start', data: { ...data, line: server.line } }
    worker.postMessage(start, server.transferList)
  } catch (error) {
    await worker.terminate()
    throw error
  }
  return {
    started: started.promise,
    ended: ended.promise,
    command: (command) => worker.postMessage(command),
  }
}

/** What runs user code in this thread, when the first cells have run. @throws as those do. */
async function prepareServer({
  startupCells,
  completer,
  failure,
}: Pick<
  RoleThreadOptions<RoleData>,
  'startupCells' | 'completer' | 'failure'
>): Promise<EvaluatorServer> {
  const { serveEvaluator } = await import('../kernel/mod.ts')
  offerClient()
  const server = serveEvaluator(undefined, {
    magics: parallelMagics,
    ...(completer === undefined ? {} : { completer }),
  })
  for (const cell of startupCells) await runStartup(server, cell, failure)
  return server
}

/** @throws when the cell fails: a role without its set-up is of no use. */
async function runStartup(
  server: EvaluatorServer,
  cell: string,
  failure: StartFailure,
): Promise<void> {
  const outcome = await server.runStartup(cell)
  if (outcome.status === 'ok') return
  const { ename, evalue, traceback } = outcome
  const text = traceback.length === 0 ? `${ename}: ${evalue}` : traceback.join('\n')
  throw failure(`the start-up code failed: ${text}`, 'never', 'code')
}
