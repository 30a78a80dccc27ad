import { IndexedHeap } from '../indexed-heap.ts'
import type { EngineLoad, Policy } from './policy.ts'

/** The base of the policies that need no chance: the first in an order. */
export class RankedPolicy<Engine extends EngineLoad> implements Policy<Engine> {
  readonly #before: (a: Engine, b: Engine) => boolean
  readonly #heap: IndexedHeap<Engine>

  constructor(before: (a: Engine, b: Engine) => boolean) {
    this.#before = before
    this.#heap = new IndexedHeap(before)
  }

  add(engine: Engine): void {
    this.#heap.add(engine)
  }

  remove(engine: Engine): void {
    this.#heap.remove(engine)
  }

  update(engine: Engine): void {
    this.#heap.update(engine)
  }

  pick(): Engine | undefined {
    return this.#heap.top
  }

  pickAmong(engines: readonly Engine[]): Engine {
    return engines.reduce((best, engine) => (this.#before(engine, best) ? engine : best))
  }
}
