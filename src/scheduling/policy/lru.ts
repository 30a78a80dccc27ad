import type { EngineLoad, Policy } from './policy.ts'
import { RankedPolicy } from './ranked-policy.ts'

/** The engine that was given a task longest ago, whatever its load. */
export function lru<Engine extends EngineLoad>(): Policy<Engine> {
  return new RankedPolicy<Engine>(({ rank }) => rank)
}
