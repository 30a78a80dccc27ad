import { limits } from '../base/mod.ts'
import type { EngineFacts } from '../jupyter/mod.ts'

/** An engine with an id. */
export interface Engine {
  readonly id: number
  readonly uuid: string
  readonly facts: EngineFacts
}

/** What has to survive a restart of the controller so that engines keep their ids. */
export interface EngineTable {
  readonly engines: readonly Engine[]
  readonly nextId: number
}

interface PendingEngine extends Engine {
  /** Monotonic milliseconds. */
  readonly expiresAtMs: number
}

/** The largest id that is granted on request, so that counting on from it stays exact. */
const idMax = 2 ** 31

/**
 * Who is here. An engine is pending from its request until its heart was heard, then registered;
 * one that fell silent is kept in mind, so that it gets its id back when it is heard again.
 * Ids are never given twice. Source: protocol reference §5.1.
 */
export class Registry {
  readonly #engines = new Map<string, Engine>()
  readonly #byId = new Map<number, Engine>()
  readonly #pending = new Map<string, PendingEngine>()
  readonly #pendingIds = new Set<number>()
  readonly #silent = new Map<string, Engine>()
  #nextId = 0

  constructor(table?: EngineTable) {
    for (const engine of table?.engines ?? []) this.#add(engine)
    this.#nextId = Math.max(this.#nextId, table?.nextId ?? 0)
  }

  get table(): EngineTable {
    return { engines: this.engines, nextId: this.#nextId }
  }

  /** In the order of registration. */
  get engines(): Engine[] {
    return [...this.#engines.values()]
  }

  get size(): number {
    return this.#engines.size
  }

  get hasPending(): boolean {
    return this.#pending.size > 0
  }

  get(uuid: string): Engine | undefined {
    return this.#engines.get(uuid)
  }

  byId(id: number): Engine | undefined {
    return this.#byId.get(id)
  }

  /** The engine of that name, registered or waiting for its first heartbeat. */
  known(uuid: string): Engine | undefined {
    return this.#engines.get(uuid) ?? this.#pending.get(uuid)
  }

  /** Gives the engine an id, the one that it asks for when that is free. */
  reserve(
    uuid: string,
    requestedId: number | undefined,
    facts: EngineFacts,
    expiresAtMs: number,
  ): Engine {
    const wanted = requestedId ?? this.#silent.get(uuid)?.id
    const free = wanted !== undefined && wanted >= 0 && wanted <= idMax && !this.#isTaken(wanted)
    const id = free ? wanted : this.#nextId
    this.#nextId = Math.max(this.#nextId, id + 1)
    const engine = { id, uuid, facts, expiresAtMs }
    this.#silent.delete(uuid)
    this.#pending.set(uuid, engine)
    this.#pendingIds.add(id)
    return engine
  }

  /** Its heart was heard: it is registered now. Undefined when that changes nothing. */
  complete(uuid: string): Engine | undefined {
    const engine = this.#pending.get(uuid) ?? this.#silent.get(uuid)
    if (engine === undefined || this.#byId.has(engine.id)) return undefined
    this.cancel(uuid)
    this.#silent.delete(uuid)
    return this.#add(engine)
  }

  /** Gives up a pending registration. */
  cancel(uuid: string): boolean {
    const engine = this.#pending.get(uuid)
    if (engine === undefined) return false
    this.#pending.delete(uuid)
    this.#pendingIds.delete(engine.id)
    return true
  }

  /** Drops the pending engines whose time is over; a late heartbeat still brings them in. */
  expire(atMs: number): Engine[] {
    const expired = [...this.#pending.values()].filter(({ expiresAtMs }) => expiresAtMs <= atMs)
    for (const engine of expired) {
      this.cancel(engine.uuid)
      this.#remember(engine)
    }
    return expired
  }

  /** The engine has left for good. */
  remove(uuid: string): Engine | undefined {
    const engine = this.#engines.get(uuid)
    if (engine === undefined) {
      this.#silent.delete(uuid)
      return undefined
    }
    this.#engines.delete(uuid)
    this.#byId.delete(engine.id)
    return engine
  }

  /** The engine is gone as far as anybody can tell. */
  silence(uuid: string): Engine | undefined {
    const engine = this.remove(uuid)
    if (engine !== undefined) this.#remember(engine)
    return engine
  }

  #isTaken(id: number): boolean {
    return this.#byId.has(id) || this.#pendingIds.has(id)
  }

  #add({ id, uuid, facts }: Engine): Engine {
    const engine = { id, uuid, facts }
    this.#engines.set(uuid, engine)
    this.#byId.set(id, engine)
    this.#nextId = Math.max(this.#nextId, id + 1)
    return engine
  }

  #remember({ id, uuid, facts }: Engine): void {
    this.#silent.set(uuid, { id, uuid, facts })
    if (this.#silent.size > limits.silentEnginesMax) {
      const [oldest] = this.#silent.keys()
      this.#silent.delete(oldest!)
    }
  }
}
