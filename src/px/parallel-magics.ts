import type { ActiveViews, Magic, MagicCall, MagicExtension, MagicHost } from '../kernel/mod.ts'
import { describeOptions, optionNames, Unawaited, UsageError } from '../kernel/mod.ts'
import {
  cellOptions,
  configOptions,
  groupingOptions,
  type PxSettings,
  pxDefaults,
  readCellOptions,
  readConfig,
  readGrouping,
} from './px-options.ts'
import type { Place, PxClient, PxResult } from './run-cell.ts'
import { resolveTargets, type TargetChoice } from './targets.ts'

/** Connects to the cluster that is meant when no client has been made. */
export type ConnectForMagics = () => Promise<PxClient>

/** What the magics of one suffix remember. */
interface PxState {
  settings: PxSettings
  last: PxResult | undefined
}

/**
 * `%px` and its like: cells that run on the engines of the cluster that this kernel is connected
 * to, or of the profile's cluster if it is to none yet. A view that was activated with a suffix has
 * its own: `%px_even`.
 */
export class ParallelMagics implements MagicExtension {
  readonly #views: ActiveViews
  readonly #connect: ConnectForMagics
  readonly #states = new Map<string, PxState>()
  #connecting: Promise<PxClient> | undefined
  #captor: string | undefined

  constructor(views: ActiveViews, connect: ConnectForMagics) {
    this.#views = views
    this.#connect = connect
  }

  get magics(): readonly Magic[] {
    return [...new Set(['', ...this.#views.suffixes])].flatMap((suffix) => this.#magicsOf(suffix))
  }

  get capturesCells(): string | undefined {
    return this.#captor === undefined ? undefined : `px${this.#captor}`
  }

  #magicsOf(suffix: string): Magic[] {
    const px: Magic = {
      name: `px${suffix}`,
      forms: 'line and cell',
      usage: `%px${suffix} CODE\n%%px${suffix} [OPTION …]`,
      help:
        'Runs code, or the rest of the cell, on the engines, and shows what they show.\n' +
        `An interrupt goes on to the engines.\n\n${describeOptions(cellOptions)}`,
      options: optionNames(cellOptions),
      run: (call, host) => this.#px(suffix, call, host),
    }
    const pxresult: Magic = {
      name: `pxresult${suffix}`,
      forms: 'line',
      usage: `%pxresult${suffix} [-e | -r | --group-outputs HOW]`,
      help: `Shows what came of the last %px${suffix}, and waits for it.\n\n${describeOptions(groupingOptions)}`,
      options: optionNames(groupingOptions),
      run: (call, host) => this.#recall(suffix, call, host),
    }
    const pxconfig: Magic = {
      name: `pxconfig${suffix}`,
      forms: 'line',
      usage: `%pxconfig${suffix} [OPTION …]`,
      help: `Sets what %px${suffix} does by default; without an option it shows that.\n\n${describeOptions(configOptions)}`,
      options: optionNames(configOptions),
      run: (call, host) => this.#configure(suffix, call, host),
    }
    const autopx: Magic = {
      name: `autopx${suffix}`,
      forms: 'line',
      usage: `%autopx${suffix}`,
      help: `Sends every cell to the engines from now on, as if it began with %%px${suffix}; or ends that.`,
      run: (_call, host) => this.#toggle(suffix, host),
    }
    // The name that it had in the first versions of ipyparallel.
    const result: Magic = { ...pxresult, name: `result${suffix}` }
    return [px, pxresult, result, pxconfig, autopx]
  }

  #stateOf(suffix: string): PxState {
    const state = this.#states.get(suffix) ?? { settings: pxDefaults, last: undefined }
    this.#states.set(suffix, state)
    return state
  }

  async #px(suffix: string, { name, line, body }: MagicCall, host: MagicHost): Promise<unknown> {
    const state = this.#stateOf(suffix)
    const options =
      body === undefined
        ? { ...state.settings, grouping: undefined, out: undefined, local: false }
        : readCellOptions(name, line, state.settings)
    const code = body ?? line
    if (code.trim() === '') return undefined
    const { announce, briefly, sendCell } = await import('./run-cell.ts')
    const place = await briefly(() => this.#placeOf(suffix, options.targets))
    host.signal.throwIfAborted()
    if (options.verbose) announce(options.block, place, host)
    const { result } = await briefly(() => sendCell(code, place))
    state.last = result
    if (options.out !== undefined) host.namespace.define(options.out, result)
    const local = options.local ? await host.run(code, { firstLine: 2 }) : undefined
    // Source: ipyparallel's `cell_px`.
    if (!options.block) return new Unawaited(result)
    const { awaitCell } = await import('./run-cell.ts')
    await awaitCell(result, place, options, host)
    return local
  }

  async #recall(suffix: string, { name, line }: MagicCall, host: MagicHost): Promise<void> {
    const grouping = readGrouping(name, line)
    const { last } = this.#stateOf(suffix)
    if (last === undefined) {
      throw new UsageError(
        `%${name} recalls last %px${suffix} result, which has not yet been used.`,
      )
    }
    const { recallCell } = await import('./run-cell.ts')
    await recallCell(last, grouping, host)
  }

  #configure(suffix: string, { name, line }: MagicCall, host: MagicHost): void {
    const state = this.#stateOf(suffix)
    if (line === '') host.print(describeSettings(state.settings))
    else state.settings = readConfig(name, line, state.settings)
  }

  async #toggle(suffix: string, host: MagicHost): Promise<void> {
    const isEnd = this.#captor === suffix
    // Rather than failing every cell from now on.
    if (!isEnd) {
      const { briefly } = await import('./run-cell.ts')
      await briefly(() => this.#placeOf(suffix, undefined))
    }
    this.#captor = isEnd ? undefined : suffix
    host.print(`%autopx${suffix} ${isEnd ? 'disabled' : 'enabled'}\n`)
  }

  async #placeOf(suffix: string, choice: TargetChoice | undefined): Promise<Place> {
    const found = this.#views.get(suffix) ?? (await this.#connected(suffix))
    const client = found.client as PxClient
    const targets =
      choice === undefined
        ? (found.targets as Place['targets'])
        : resolveTargets(choice, client.ids)
    return { client, targets }
  }

  async #connected(suffix: string): Promise<{ client: PxClient; targets: unknown }> {
    if (suffix !== '') {
      throw new UsageError(
        `the client whose view was activated for %px${suffix} is closed; activate another: ` +
          `view.activate('${suffix}')`,
      )
    }
    this.#connecting ??= this.#connect()
    try {
      return { client: await this.#connecting, targets: 'all' }
    } finally {
      this.#connecting = undefined
    }
  }
}

function describeSettings(settings: PxSettings): string {
  const { targets, block, verbose, stream, progressAfterMs, signalOnInterrupt } = settings
  const shown =
    targets === undefined
      ? 'those of the view'
      : targets.kind === 'slice'
        ? targets.parts.map((part) => part ?? '').join(':')
        : JSON.stringify(targets.targets)
  return (
    `targets: ${shown}\n` +
    `block: ${block}, stream: ${stream}, verbose: ${verbose}\n` +
    `progress-after: ${progressAfterMs / 1_000} s, ` +
    `signal-on-interrupt: ${signalOnInterrupt ?? 'none'}\n`
  )
}
