import type { EngineLoad, Policy } from './policy.ts'
import { RankedPolicy } from './ranked-policy.ts'

/** More than the ranks of a long life; a double holds this and loads up to 8191 exactly. */
const ranks = 2 ** 40

/** The engine with the fewest tasks; among equals the one that was used longest ago. */
export function leastload<Engine extends EngineLoad>(): Policy<Engine> {
  return new RankedPolicy<Engine>(({ load, rank }) => load * ranks + rank)
}
