import type { EngineLoad, Policy } from './policy.ts'
import { drawOne, SampledPolicy } from './sampled-policy.ts'

/** Two engines at random; of these the one that was used longer ago. */
export function twobin<Engine extends EngineLoad>(): Policy<Engine> {
  return new SampledPolicy<Engine>((engines, random) => {
    const a = drawOne(engines, random)
    const b = drawOne(engines, random)
    return b.rank < a.rank ? b : a
  })
}
