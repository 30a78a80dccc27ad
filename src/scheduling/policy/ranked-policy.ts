import { IndexedHeap } from '../indexed-heap.ts'
import type { EngineLoad, Policy } from './policy.ts'

/** The base of the policies that need no chance: the engine with the smallest key. */
export class RankedPolicy<Engine extends EngineLoad> implements Policy<Engine> {
  readonly #key: (engine: Engine) => number
  readonly #heap: IndexedHeap<Engine>

  constructor(key: (engine: Engine) => number) {
    this.#key = key
    this.#heap = new IndexedHeap(key)
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
    return engines.reduce((best, engine) => (this.#key(engine) < this.#key(best) ? engine : best))
  }
}
