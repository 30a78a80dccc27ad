/** An engine that a broadcast is for. */
export interface BroadcastTarget {
  readonly uuid: string
  readonly id: number
}

/** What became of a broadcast at one engine; undefined where the engine left. */
export interface BroadcastPart<Reply> {
  readonly target: BroadcastTarget
  readonly reply: Reply | undefined
}

interface Gathering<Order, Reply> {
  readonly order: Order
  readonly targets: readonly BroadcastTarget[]
  readonly replies: Map<string, Reply | undefined>
}

/** A broadcast whose last engine has answered or left: all parts, in the order of the targets. */
export interface GatheredBroadcast<Order, Reply> {
  readonly order: Order
  readonly parts: readonly BroadcastPart<Reply>[]
}

/**
 * Gathers the replies of broadcasts that want one reply for all, in the order in which the client
 * named the engines. Source: protocol reference §12, without trap T5.
 */
export class Coalescing<Order, Reply> {
  readonly #gatherings = new Map<string, Gathering<Order, Reply>>()
  /** Ids of broadcasts that each engine has yet to answer. */
  readonly #awaited = new Map<string, Set<string>>()

  /** Begins to gather; `targets` is not empty and names each engine once. */
  begin(id: string, order: Order, targets: readonly BroadcastTarget[]): void {
    this.#gatherings.set(id, { order, targets, replies: new Map() })
    for (const { uuid } of targets) {
      const awaited = this.#awaited.get(uuid)
      if (awaited === undefined) this.#awaited.set(uuid, new Set([id]))
      else awaited.add(id)
    }
  }

  /** Takes an engine's reply; gives back the broadcast if that was the last. */
  reply(id: string, uuid: string, reply: Reply): GatheredBroadcast<Order, Reply> | undefined {
    if (!this.#awaited.get(uuid)?.delete(id)) return undefined
    return this.#settle(id, uuid, reply)
  }

  /** Stops waiting for an engine; gives back the broadcasts that waited only for it. */
  engineLeft(uuid: string): GatheredBroadcast<Order, Reply>[] {
    const complete: GatheredBroadcast<Order, Reply>[] = []
    for (const id of this.#awaited.get(uuid) ?? []) {
      const gathered = this.#settle(id, uuid, undefined)
      if (gathered !== undefined) complete.push(gathered)
    }
    this.#awaited.delete(uuid)
    return complete
  }

  #settle(
    id: string,
    uuid: string,
    reply: Reply | undefined,
  ): GatheredBroadcast<Order, Reply> | undefined {
    const gathering = this.#gatherings.get(id)!
    const { order, targets, replies } = gathering
    replies.set(uuid, reply)
    if (replies.size < targets.length) return undefined
    this.#gatherings.delete(id)
    const parts = targets.map((target) => ({ target, reply: replies.get(target.uuid) }))
    return { order, parts }
  }
}
