import { ArgumentError } from '../../base/mod.ts'
import { leastload } from './leastload.ts'
import { lru } from './lru.ts'
import { plainrandom } from './plainrandom.ts'
import type { EngineLoad, Policy } from './policy.ts'
import { twobin } from './twobin.ts'
import { weighted } from './weighted.ts'

/** How the next engine is chosen. `pure` hands tasks out in turn, with no limit per engine. */
export type Scheme = 'leastload' | 'lru' | 'plainrandom' | 'weighted' | 'twobin' | 'pure'

const makers: Readonly<Record<Scheme, <Engine extends EngineLoad>() => Policy<Engine>>> = {
  leastload,
  lru,
  plainrandom,
  weighted,
  twobin,
  pure: lru,
}

/** @throws {ArgumentError} naming the schemes that there are. */
export function readScheme(name: string): Scheme {
  if (Object.hasOwn(makers, name)) return name as Scheme
  throw new ArgumentError(
    `'${name}' is not a scheduling scheme; choose from ${Object.keys(makers).join(', ')}`,
  )
}

export function makePolicy<Engine extends EngineLoad>(scheme: Scheme): Policy<Engine> {
  return makers[scheme]<Engine>()
}
