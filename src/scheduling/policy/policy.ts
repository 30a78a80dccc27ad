import type { Random } from '../../base/mod.ts'
import type { HeapItem } from '../indexed-heap.ts'

/** What a policy may look at. `heapIndex` is the policy's own, to find the engine again. */
export interface EngineLoad extends HeapItem {
  /** Tasks at the engine now. */
  readonly load: number
  /** Smaller for an engine that was given a task longer ago. */
  readonly rank: number
}

/**
 * Knows the engines that have room and says which one is next. Holding them in an order of its
 * own is what lets a choice among thousands cost no more than among four.
 */
export interface Policy<Engine extends EngineLoad> {
  /** The engine has room now. */
  add(engine: Engine): void
  /** It has none any more. */
  remove(engine: Engine): void
  /** Its load or rank has changed. */
  update(engine: Engine): void
  /** The best of all, if there is one. */
  pick(random: Random): Engine | undefined
  /** The best of these, which need not have been added; never empty. */
  pickAmong(engines: readonly Engine[], random: Random): Engine
}
