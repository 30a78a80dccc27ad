import type { EngineLoad, Policy } from './policy.ts'
import { drawOne, SampledPolicy } from './sampled-policy.ts'

/** Any engine, whatever its load. */
export function plainrandom<Engine extends EngineLoad>(): Policy<Engine> {
  return new SampledPolicy<Engine>(drawOne)
}
