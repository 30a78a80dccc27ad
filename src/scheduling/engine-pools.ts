import type { Random } from '../base/mod.ts'
import type { EngineSlot } from './engine-slot.ts'
import type { Policy } from './policy/policy.ts'
import { makePolicy, type Scheme } from './policy/scheme.ts'
import type { Task } from './task.ts'
import type { TaskOrder } from './task-order.ts'

/** The language of engines that do not say, and first choice of tasks that do not say. */
export const defaultLanguage = 'python'

interface Pool<Order extends TaskOrder> {
  readonly engines: Set<EngineSlot<Order>>
  /** Knows those with room. */
  readonly policy: Policy<EngineSlot<Order>>
}

export interface EnginePoolsOptions {
  readonly scheme: Scheme
  /** Tasks that an engine may have at once; 0 for no limit. */
  readonly highWaterMark: number
  readonly random: Random
}

/** All engines, by language, and the choice among those with room. */
export class EnginePools<Order extends TaskOrder> {
  readonly #scheme: Scheme
  /** Tasks that an engine may have at once. */
  readonly loadMax: number
  readonly #random: Random
  readonly #engines = new Map<string, EngineSlot<Order>>()
  readonly #pools = new Map<string, Pool<Order>>()
  #latestRank = 0
  #earliestRank = 0

  constructor(options: EnginePoolsOptions) {
    const { scheme, highWaterMark } = options
    this.#scheme = scheme
    this.loadMax = highWaterMark === 0 || scheme === 'pure' ? Infinity : highWaterMark
    this.#random = options.random
  }

  get(uuid: string): EngineSlot<Order> | undefined {
    return this.#engines.get(uuid)
  }

  /** Before all that are here: a new engine is the first to be used. */
  get rankOfNewcomer(): number {
    return --this.#earliestRank
  }

  /** Without engines of the default language, tasks that name none may go anywhere. */
  get languageMatters(): boolean {
    return this.#pools.has(defaultLanguage)
  }

  add(engine: EngineSlot<Order>): void {
    let pool = this.#pools.get(engine.language)
    if (pool === undefined) {
      pool = { engines: new Set(), policy: makePolicy(this.#scheme) }
      this.#pools.set(engine.language, pool)
    }
    this.#engines.set(engine.uuid, engine)
    pool.engines.add(engine)
    this.loadChanged(engine)
  }

  remove(engine: EngineSlot<Order>): void {
    const pool = this.#pools.get(engine.language)!
    this.#engines.delete(engine.uuid)
    pool.engines.delete(engine)
    if (engine.heapIndex !== -1) pool.policy.remove(engine)
    if (pool.engines.size === 0) this.#pools.delete(engine.language)
  }

  hasRoom(engine: EngineSlot<Order>): boolean {
    return engine.load < this.loadMax && !engine.isStuck
  }

  /** Makes it the last to be used again. */
  used(engine: EngineSlot<Order>): void {
    engine.rank = ++this.#latestRank
    this.loadChanged(engine)
  }

  loadChanged(engine: EngineSlot<Order>): void {
    const { policy } = this.#pools.get(engine.language)!
    const isIn = engine.heapIndex !== -1
    if (this.hasRoom(engine)) {
      if (isIn) policy.update(engine)
      else policy.add(engine)
    } else if (isIn) {
      policy.remove(engine)
    }
  }

  /** Whether the task's language, or its silence about it, lets it go there. */
  speaks(engine: EngineSlot<Order>, language: string | undefined): boolean {
    if (language !== undefined) return engine.language === language
    return engine.language === defaultLanguage || !this.languageMatters
  }

  /** Whether a task of this language has any engine at all, and one that it does not avoid. */
  outlook(task: Task<Order>): 'no-engines' | 'all-avoided' | 'some' {
    const pools = this.#poolsFor(task.order.wishes.language)
    let open = 0
    for (const { engines } of pools) open += engines.size
    if (open === 0) return 'no-engines'
    const avoided = new Set([...(task.unmetOn ?? []), ...(task.failedOn ?? [])])
    for (const uuid of avoided) {
      const engine = this.#engines.get(uuid)
      if (engine !== undefined && this.speaks(engine, task.order.wishes.language)) open--
    }
    return open === 0 ? 'all-avoided' : 'some'
  }

  /** The best engine with room that the task does not avoid. */
  pickFor(task: Task<Order>): EngineSlot<Order> | undefined {
    const { language } = task.order.wishes
    if (language !== undefined || this.languageMatters) {
      const pool = this.#pools.get(language ?? defaultLanguage)
      return pool === undefined ? undefined : this.#pick(pool, task)
    }
    const picks: EngineSlot<Order>[] = []
    for (const pool of this.#pools.values()) {
      const picked = this.#pick(pool, task)
      if (picked !== undefined) picks.push(picked)
    }
    return picks.length < 2 ? picks[0] : this.pickAmong(picks)
  }

  /** The best of these, which is never an empty list. */
  pickAmong(engines: readonly EngineSlot<Order>[]): EngineSlot<Order> {
    const { policy } = this.#pools.get(engines[0]!.language)!
    return policy.pickAmong(engines, this.#random)
  }

  #poolsFor(language: string | undefined): Iterable<Pool<Order>> {
    if (language === undefined && !this.languageMatters) return this.#pools.values()
    const pool = this.#pools.get(language ?? defaultLanguage)
    return pool === undefined ? [] : [pool]
  }

  #pick({ policy }: Pool<Order>, task: Task<Order>): EngineSlot<Order> | undefined {
    let picked = policy.pick(this.#random)
    if (picked === undefined || !task.avoids(picked.uuid)) return picked
    // Taking the avoided ones out for a moment costs by their number and not by that of all.
    const taken: EngineSlot<Order>[] = []
    while (picked !== undefined && task.avoids(picked.uuid)) {
      policy.remove(picked)
      taken.push(picked)
      picked = policy.pick(this.#random)
    }
    for (const engine of taken) policy.add(engine)
    return picked
  }
}
