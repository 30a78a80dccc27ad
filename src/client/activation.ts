import { ArgumentError } from '../base/mod.ts'

/** What parallel magics need of a client. */
export interface ViewSource {
  readonly ids: readonly number[]
  readonly status: string
  directView(targets: unknown): unknown
  sendSignal(signal: string | number, targets: unknown): Promise<void>
}

/** What a kernel puts on the global object, for clients of any copy of this package. */
interface ActiveViews {
  activate(client: ViewSource, targets: unknown, suffix: string): void
}

const key = Symbol.for('iparallel.active-views')

function kernelOfProcess(): ActiveViews | undefined {
  return (globalThis as { [key]?: ActiveViews })[key]
}

/** Has the magics of the kernel in this process work on some engines. @throws {ArgumentError} */
export function activateView(source: ViewSource, targets: unknown, suffix: string): void {
  if (!/^\w*$/.test(suffix)) {
    throw new ArgumentError(
      `'${suffix}' cannot be a suffix of magics: letters, digits and _ can, as in '_even'`,
    )
  }
  const kernel = kernelOfProcess()
  if (kernel === undefined) {
    throw new ArgumentError('there are no magics here: views are activated in a kernel or console')
  }
  kernel.activate(source, targets, suffix)
}

/** A client was connected: without a choice, it is the one that magics mean. */
export function announceClient(source: ViewSource): void {
  kernelOfProcess()?.activate(source, 'all', '')
}
