import { inspect } from 'node:util'
import type { AsyncResult, Client, DirectView, ExecuteResult, Targets } from '../client/mod.ts'
import type { MagicHost } from '../kernel/mod.ts'
import { OutputView } from './output-view.ts'
import { ProgressBar } from './progress-bar.ts'
import type { CellOptions, Grouping } from './px-options.ts'
import { describeTargets } from './targets.ts'

/** What running a cell needs of a client. */
export type PxClient = Pick<Client, 'directView' | 'sendSignal' | 'ids' | 'status'>

export type PxResult = AsyncResult<unknown, ExecuteResult>

/** Where a cell runs. */
export interface Place {
  readonly client: PxClient
  readonly targets: Targets
}

/** Sends a cell to the engines. */
export function sendCell(code: string, { client, targets }: Place): Sent {
  const view = client.directView(targets as 'all') as DirectView
  // What they print is shown by the magic, if at all.
  const result = view.execute(code, { showOutput: false }) as unknown as PxResult
  return { result }
}

/** Within an object: a promise of the result itself would wait for the engines. */
export interface Sent {
  readonly result: PxResult
}

/** Does something of which a failure needs no more than its message. */
export async function briefly<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withoutStack(error)
  }
}

/** Says where a cell runs, as `--verbose` wants it. */
export function announce(isBlocking: boolean, { targets }: Place, host: MagicHost): void {
  const how = isBlocking ? 'Parallel' : 'Async parallel'
  host.print(`${how} execution on engine(s): ${describeTargets(targets)}\n`)
}

/**
 * Shows what engines do with a cell, and waits until all are done. When that is interrupted, so
 * are they.
 * @throws {CompositeError | RemoteError} that says which engines failed, and is shown already.
 */
export async function awaitCell(
  result: PxResult,
  place: Place,
  options: CellOptions,
  host: MagicHost,
): Promise<void> {
  const bar = new ProgressBar((text) => host.warn(text), result.length, options.progressAfterMs)
  const view = new OutputView(host, () => bar.clear())
  const endListening = result.onOutput((event) => {
    if (event.type === 'settled') bar.advance()
    if (options.stream) view.show(event)
  })
  const interrupt = (): void => {
    endListening()
    const { signalOnInterrupt } = options
    if (signalOnInterrupt === undefined) return
    host.warn(`Received Keyboard Interrupt. Sending signal ${signalOnInterrupt} to engines...\n`)
    place.client.sendSignal(signalOnInterrupt, place.targets).catch((error: unknown) => {
      host.warn(`The engines could not be interrupted: ${String(error)}\n`)
    })
  }
  host.signal.addEventListener('abort', interrupt, { once: true })
  try {
    await result.wait({ signal: host.signal })
  } finally {
    host.signal.removeEventListener('abort', interrupt)
    endListening()
    bar.end()
  }
  if (options.stream) view.finish()
  else await showResult(result, options.grouping ?? 'type', view)
  await throwIfFailed(result)
}

/** Shows once more, or for the first time, what came of a cell. */
export async function recallCell(
  result: PxResult,
  grouping: Grouping,
  host: MagicHost,
): Promise<void> {
  await result.wait({ signal: host.signal })
  await showResult(result, grouping, new OutputView(host))
  await throwIfFailed(result)
}

async function showResult(result: PxResult, grouping: Grouping, view: OutputView): Promise<void> {
  view.showAll(result.metadata, await result.get({ returnExceptions: true }), grouping)
}

async function throwIfFailed(result: PxResult): Promise<void> {
  try {
    await result
  } catch (error) {
    // The tracebacks of the engines have been shown, each with its engine's number.
    throw withoutStack(error)
  }
}

/** An error that is shown as its name and message only. */
function withoutStack(error: unknown): unknown {
  if (error instanceof Error) {
    const text = `${error.name}: ${error.message}`
    Object.defineProperty(error, inspect.custom, { value: () => text, configurable: true })
  }
  return error
}
