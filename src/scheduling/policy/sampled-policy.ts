import type { Random } from '../../base/mod.ts'
import type { EngineLoad, Policy } from './policy.ts'

/** The base of the policies that draw from all engines alike. */
export class SampledPolicy<Engine extends EngineLoad> implements Policy<Engine> {
  readonly #engines: Engine[] = []
  readonly #draw: (engines: readonly Engine[], random: Random) => Engine

  /** @param draw Chooses from a list that is never empty, in constant time. */
  constructor(draw: (engines: readonly Engine[], random: Random) => Engine) {
    this.#draw = draw
  }

  add(engine: Engine): void {
    engine.heapIndex = this.#engines.length
    this.#engines.push(engine)
  }

  remove(engine: Engine): void {
    const last = this.#engines.pop()!
    if (last !== engine) {
      this.#engines[engine.heapIndex] = last
      last.heapIndex = engine.heapIndex
    }
    engine.heapIndex = -1
  }

  update(): void {
    // Where an engine stands in the list means nothing.
  }

  pick(random: Random): Engine | undefined {
    return this.#engines.length === 0 ? undefined : this.#draw(this.#engines, random)
  }

  pickAmong(engines: readonly Engine[], random: Random): Engine {
    return this.#draw(engines, random)
  }
}

/** One of the list, each as likely as the others. */
export function drawOne<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random.float() * list.length)]!
}
