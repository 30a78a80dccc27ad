import { ClosedError } from '../base/mod.ts'
import type { Reference } from '../serialize/mod.ts'
import type { AsyncResult } from './async-result.ts'
import type { Sequence } from './chunk-source.ts'
import type { LoadBalancedView, MapOptions } from './load-balanced-view.ts'
import type { MapItem, ReturnExceptions } from './map-item.ts'
import type { AnyFunction, Arguments } from './remote-function.ts'

/** A pool of workers, for code that only wants to hand work over: the engines, load-balanced. */
export class Executor {
  readonly #view: LoadBalancedView
  readonly #open = new Set<PromiseLike<unknown>>()
  #isShutDown = false

  /** Executors come from a client; there is no need to make one. */
  constructor(view: LoadBalancedView) {
    this.#view = view
  }

  /**
   * Calls the function on an engine. One of Python's is `py('…')`, or goes by name through `call`.
   * @throws {ClosedError} after `shutdown`.
   */
  submit<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: Arguments<A>
  ): AsyncResult<Awaited<R>>
  /** What the engine has by a name, or an expression that gives a function there. */
  submit<R = unknown>(fn: Reference, ...args: unknown[]): AsyncResult<R>
  submit(fn: AnyFunction | Reference, ...args: unknown[]): AsyncResult<unknown> {
    this.#assertOpen()
    const apply = this.#view.remote<unknown>(fn as Reference)
    return this.#remember(apply(...args))
  }

  /** Calls a function of Python's by name, as views do. @throws {ClosedError} after `shutdown`. */
  call<R = unknown>(fn: string | Reference, ...args: unknown[]): AsyncResult<R> {
    this.#assertOpen()
    return this.#remember(this.#view.call<R>(fn, ...args))
  }

  /** Calls the function for each item; results come in order. @throws {ClosedError} */
  map<A, R, E extends boolean = false>(
    fn: (item: A) => R,
    items: Sequence<A>,
    options?: MapOptions & ReturnExceptions<E>,
  ): AsyncGenerator<MapItem<R, E>, void, undefined>
  /** A function of Python's by its name, or one that the engines have: see `call`. */
  map<R = unknown>(
    fn: string | Reference,
    items: Sequence<unknown>,
    options?: MapOptions,
  ): AsyncGenerator<R, void, undefined>
  map(
    fn: AnyFunction | string | Reference,
    items: Sequence<unknown>,
    options: MapOptions = {},
  ): AsyncGenerator<unknown, void, undefined> {
    this.#assertOpen()
    return this.#view.imap(fn as Reference, items, options)
  }

  /** Takes no more work, and waits for what was submitted. The engines go on. */
  async shutdown(): Promise<void> {
    this.#isShutDown = true
    await Promise.allSettled([...this.#open])
  }

  #assertOpen(): void {
    if (this.#isShutDown) throw new ClosedError('the executor was shut down')
  }

  #remember<T>(result: AsyncResult<T>): AsyncResult<T> {
    this.#open.add(result)
    const forget = (): void => void this.#open.delete(result)
    result.then(forget, forget)
    return result
  }
}
