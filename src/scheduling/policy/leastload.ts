import type { EngineLoad, Policy } from './policy.ts'
import { RankedPolicy } from './ranked-policy.ts'

/** The engine with the fewest tasks; among equals the one that was used longest ago. */
export function leastload<Engine extends EngineLoad>(): Policy<Engine> {
  return new RankedPolicy<Engine>((a, b) => (a.load === b.load ? a.rank < b.rank : a.load < b.load))
}
