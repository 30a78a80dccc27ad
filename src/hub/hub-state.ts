import { type DeathCause, describeCause } from '../jupyter/mod.ts'
import { HeartMonitor } from './heart-monitor.ts'
import type { HubEffect } from './hub-effects.ts'
import type { HubEvent } from './hub-events.ts'
import { type Engine, type EngineTable, Registry } from './registry.ts'

type EventOf<Type> = Extract<HubEvent, { type: Type }>

export interface HubStateOptions {
  /** Milliseconds between two heartbeats. */
  readonly heartbeatPeriodMs: number
  /** Heartbeats that an engine may miss in a row. */
  readonly missesMax: number
  /** Milliseconds until a registration without a heartbeat is dropped. */
  readonly registrationTimeoutMs: number
  /** The engines of an earlier run: they are registered from the start, silently. */
  readonly restored?: EngineTable
}

/**
 * Milliseconds from a registration to an extra ping, and how many more for each engine that there
 * is: all of them hear it and answer.
 */
const extraPingAfterMs = 100
const extraPingAfterMsEach = 1

/**
 * Which engines there are. Pure: what happened goes in, what to do comes out.
 * Source: protocol reference §5.
 */
export class HubState {
  readonly #options: HubStateOptions
  readonly #registry: Registry
  readonly #hearts: HeartMonitor
  /**
   * An engine that registers when it was greeted already, as after a restart of the controller,
   * does not wait for the next beat either.
   */
  #extraPingAtMs = Infinity

  constructor(options: HubStateOptions, atMs: number) {
    const { heartbeatPeriodMs, missesMax, restored } = options
    this.#options = options
    this.#registry = new Registry(restored)
    this.#hearts = new HeartMonitor({ periodMs: heartbeatPeriodMs, missesMax }, atMs)
    for (const { uuid } of this.#registry.engines) this.#hearts.watch(uuid)
  }

  /** When `time-passed` is due, in monotonic milliseconds. */
  get nextDueAtMs(): number {
    return Math.min(this.#hearts.nextBeatAtMs, this.#extraPingAtMs)
  }

  /** The ping for an engine that begins to listen: it need not wait for the next beat. */
  firstPing(atMs: number): string {
    return this.#hearts.pingAgain(atMs)
  }

  get engines(): readonly Engine[] {
    return this.#registry.engines
  }

  get table(): EngineTable {
    return this.#registry.table
  }

  engine(uuid: string): Engine | undefined {
    return this.#registry.get(uuid)
  }

  engineById(id: number): Engine | undefined {
    return this.#registry.byId(id)
  }

  apply(event: HubEvent): readonly HubEffect[] {
    switch (event.type) {
      case 'registration-requested':
        return this.#register(event)
      case 'unregistration-requested':
        return this.#unregister(event)
      case 'engine-shut-down':
        return this.#depart(this.#registry.remove(event.uuid), 'was shut down')
      case 'heart-answered':
        return this.#hear(event)
      case 'time-passed':
        return this.#passTime(event.atMs)
    }
  }

  #register(event: EventOf<'registration-requested'>): readonly HubEffect[] {
    const { uuid, requestedId, facts = {}, atMs } = event
    const known = this.#registry.known(uuid)
    if (known !== undefined) {
      // The same process asks again when its line was cut; another one must not take its place.
      const { pid, hostname } = known.facts
      if (pid !== undefined && pid === facts.pid && hostname === facts.hostname) {
        return [{ type: 'accept-registration', engine: known }]
      }
      const evalue = `uuid '${uuid}' in use`
      return [
        { type: 'refuse-registration', ename: 'KeyError', evalue },
        { type: 'log', level: 'warn', text: `an engine was refused: ${evalue}` },
      ]
    }
    const expiresAtMs = atMs + this.#options.registrationTimeoutMs
    const engine = this.#registry.reserve(uuid, requestedId, facts, expiresAtMs)
    const pauseMs = extraPingAfterMs + this.#registry.size * extraPingAfterMsEach
    this.#extraPingAtMs = Math.min(this.#extraPingAtMs, atMs + pauseMs)
    return [
      { type: 'accept-registration', engine },
      { type: 'log', level: 'debug', text: `engine ${engine.id} (${uuid}) asks to register` },
    ]
  }

  #unregister(event: EventOf<'unregistration-requested'>): readonly HubEffect[] {
    const { id, uuid, cause } = event
    const named = uuid ?? (id === undefined ? undefined : this.#registry.byId(id)?.uuid)
    if (named === undefined) {
      const text = `an engine without a known id (${id ?? 'none'}) wants to leave`
      return [{ type: 'log', level: 'debug', text }]
    }
    this.#registry.cancel(named)
    return this.#depart(this.#registry.remove(named), 'has left', cause)
  }

  #hear(event: EventOf<'heart-answered'>): readonly HubEffect[] {
    const { uuid, ping } = event
    if (this.#registry.get(uuid) !== undefined) {
      if (this.#hearts.isFresh(ping)) this.#hearts.heard(uuid)
      return []
    }
    const engine = this.#registry.complete(uuid)
    if (engine === undefined) return []
    this.#hearts.watch(uuid)
    if (!this.#registry.hasPending) this.#extraPingAtMs = Infinity
    return [
      { type: 'announce-engine', engine },
      { type: 'save-engines' },
      { type: 'log', level: 'info', text: `engine ${engine.id} (${uuid}) is registered` },
    ]
  }

  #passTime(atMs: number): readonly HubEffect[] {
    const isBeat = atMs >= this.#hearts.nextBeatAtMs
    if (!isBeat && atMs < this.#extraPingAtMs) return []
    this.#extraPingAtMs = Infinity
    const effects = isBeat ? this.#beat(atMs) : []
    return [...effects, { type: 'publish-ping', ping: this.#hearts.ping(atMs) }]
  }

  #beat(atMs: number): readonly HubEffect[] {
    const effects: HubEffect[] = []
    for (const { id, uuid } of this.#registry.expire(atMs)) {
      const text = `engine ${id} (${uuid}) asked to register but its heart was never heard`
      effects.push({ type: 'log', level: 'warn', text })
    }
    for (const uuid of this.#hearts.beat(atMs)) {
      effects.push(
        ...this.#depart(this.#registry.silence(uuid), 'is silent: its heart has stopped'),
      )
    }
    return effects
  }

  #depart(engine: Engine | undefined, how: string, cause?: DeathCause): readonly HubEffect[] {
    if (engine === undefined) return []
    const { id, uuid } = engine
    this.#hearts.unwatch(uuid)
    const text = `engine ${id} (${uuid}) ${cause === undefined ? how : describeCause(cause)}`
    return [
      { type: 'announce-departure', engine, cause },
      { type: 'save-engines' },
      { type: 'log', level: cause === undefined ? 'info' : 'warn', text },
    ]
  }
}
