import { ArgumentError, type Timer } from '../base/mod.ts'
import { describeCause } from '../jupyter/mod.ts'
import type { ClusterLink } from './cluster-link.ts'
import { TimeoutError } from './errors.ts'

/** How long to wait for engines. */
export interface WaitForEnginesOptions {
  /** Milliseconds; default: without end. */
  readonly timeoutMs?: number
  /** Ends the waiting; the promise rejects with its reason. */
  readonly signal?: AbortSignal
  /** Called at the beginning, and whenever an engine comes or goes. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
}

/** Milliseconds between two looks: a notification may have been sent before we listened. */
const lookMs = 1_000

/** Waits until at least `count` engines are there. @throws {TimeoutError} */
export function waitForEngines(
  link: ClusterLink,
  count: number,
  options: WaitForEnginesOptions,
): Promise<number[]> {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new ArgumentError(`the number of engines is a whole number from 0 on, not ${count}`)
  }
  link.assertOpen()
  options.signal?.throwIfAborted()
  return new Promise((resolve, reject) =>
    new Waiting(link, count, options, resolve, reject).start(),
  )
}

class Waiting {
  readonly #link: ClusterLink
  readonly #count: number
  readonly #options: WaitForEnginesOptions
  readonly #resolve: (ids: number[]) => void
  readonly #reject: (reason: unknown) => void
  readonly #cleanUps: (() => void)[] = []
  readonly #losses: string[] = []
  #isOver = false
  #nextLook: Timer | undefined

  constructor(
    link: ClusterLink,
    count: number,
    options: WaitForEnginesOptions,
    resolve: (ids: number[]) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#link = link
    this.#count = count
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
  }

  start(): void {
    const { events, clock } = this.#link
    const { timeoutMs, signal } = this.#options
    this.#look()
    if (this.#isOver) return
    const onAbort = (): void => this.#end(() => this.#reject(signal?.reason))
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#cleanUps.push(
      () => signal?.removeEventListener('abort', onAbort),
      events.on('engineRegistered', () => this.#look()),
      events.on('engineUnregistered', ({ engine, cause }) => {
        this.#losses.push(`engine ${engine.id} left meanwhile: ${describeCause(cause)}`)
        this.#look()
      }),
      events.on('closed', ({ error }) => this.#end(() => this.#reject(error))),
    )
    if (timeoutMs !== undefined) {
      const timer = clock.setTimer(timeoutMs, () => this.#end(() => this.#reject(this.#tooLate())))
      this.#cleanUps.push(() => timer.cancel())
    }
    this.#cleanUps.push(() => this.#nextLook?.cancel())
    this.#askAgain()
  }

  #look(): void {
    const done = this.#link.engines.size
    this.#options.onProgress?.({ done, total: this.#count })
    if (done >= this.#count) this.#end(() => this.#resolve(this.#link.engines.ids))
  }

  #askAgain(): void {
    this.#nextLook = this.#link.clock.setTimer(lookMs, () => {
      const goOn = (): void => {
        if (!this.#isOver) this.#askAgain()
      }
      this.#link.refreshEngines().then(goOn, goOn)
    })
  }

  #tooLate(): TimeoutError {
    const seconds = this.#options.timeoutMs! / 1000
    const there = `${this.#link.engines.size} of ${this.#count} engines registered`
    const losses = this.#losses.slice(-4)
    return new TimeoutError([`${there} within ${seconds} s`, ...losses].join('; '))
  }

  #end(settle: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const cleanUp of this.#cleanUps) cleanUp()
    settle()
  }
}
