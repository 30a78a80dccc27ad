import type { Random } from '../../base/mod.ts'
import type { EngineLoad, Policy } from './policy.ts'
import { drawOne } from './sampled-policy.ts'

/** So that an idle engine is a million times as likely as one with a task, not infinitely. */
const idleLoad = 1e-6

const weightOf = (load: number): number => 1 / (idleLoad + load)

/**
 * Two engines at random, likelier the less they have to do; of these the less loaded.
 * Engines of equal load lie together, so a draw looks at the loads that occur, not at the engines.
 */
class WeightedPolicy<Engine extends EngineLoad> implements Policy<Engine> {
  readonly #byLoad = new Map<number, Engine[]>()
  /** The load under which each engine lies: its own may have changed since. */
  readonly #filedUnder = new Map<Engine, number>()

  add(engine: Engine): void {
    const { load } = engine
    let equals = this.#byLoad.get(load)
    if (equals === undefined) {
      equals = []
      this.#byLoad.set(load, equals)
    }
    engine.heapIndex = equals.length
    equals.push(engine)
    this.#filedUnder.set(engine, load)
  }

  remove(engine: Engine): void {
    const load = this.#filedUnder.get(engine)!
    const equals = this.#byLoad.get(load)!
    const last = equals.pop()!
    if (last !== engine) {
      equals[engine.heapIndex] = last
      last.heapIndex = engine.heapIndex
    }
    if (equals.length === 0) this.#byLoad.delete(load)
    this.#filedUnder.delete(engine)
    engine.heapIndex = -1
  }

  update(engine: Engine): void {
    if (this.#filedUnder.get(engine) === engine.load) return
    this.remove(engine)
    this.add(engine)
  }

  pick(random: Random): Engine | undefined {
    if (this.#filedUnder.size === 0) return undefined
    let total = 0
    for (const [load, engines] of this.#byLoad) total += engines.length * weightOf(load)
    return lessLoaded(this.#draw(total, random), this.#draw(total, random))
  }

  pickAmong(engines: readonly Engine[], random: Random): Engine {
    let total = 0
    for (const { load } of engines) total += weightOf(load)
    const draw = (): Engine => {
      let left = random.float() * total
      for (const engine of engines) {
        left -= weightOf(engine.load)
        if (left < 0) return engine
      }
      return engines.at(-1)!
    }
    return lessLoaded(draw(), draw())
  }

  #draw(total: number, random: Random): Engine {
    let left = random.float() * total
    let drawn: Engine[] = []
    for (const [load, engines] of this.#byLoad) {
      drawn = engines
      left -= engines.length * weightOf(load)
      if (left < 0) break
    }
    return drawOne(drawn, random)
  }
}

function lessLoaded<Engine extends EngineLoad>(a: Engine, b: Engine): Engine {
  return b.load < a.load ? b : a
}

/** See `WeightedPolicy`. */
export function weighted<Engine extends EngineLoad>(): Policy<Engine> {
  return new WeightedPolicy<Engine>()
}
