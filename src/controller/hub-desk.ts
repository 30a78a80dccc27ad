import { type Clock, type Logger, limits, type Timer, text, utf8 } from '../base/mod.ts'
import {
  type Engine,
  failureOf,
  type HubEffect,
  type HubEvent,
  type HubRequests,
  type HubState,
  RequestError,
} from '../hub/mod.ts'
import {
  connectionReply,
  connectionRequest,
  type DeathCause,
  type EngineConnectionInfo,
  hubError,
  type JsonObject,
  type Message,
  type MessageSpec,
  registrationNotification,
  registrationReply,
  registrationRequest,
  type Session,
  shutdownNotification,
  shutdownReply,
  shutdownRequest,
  type UnregistrationRequest,
  unregistrationNotification,
  unregistrationRequest,
} from '../jupyter/mod.ts'
import type { Pub, Router } from '../sockets/mod.ts'
import type { MessageGate } from './message-gate.ts'

/**
 * Milliseconds that whoever started a Python engine gets to tell why it ended. Its own nanny sees the
 * end at the same moment, may be faster, and knows no cause.
 */
const causeWaitMs = 50

export interface HubDeskOptions {
  readonly session: Session
  readonly clock: Clock
  readonly logger: Logger
  readonly gate: MessageGate
  readonly state: HubState
  readonly requests: HubRequests
  readonly registration: Router
  readonly notification: Pub
  readonly heartPing: Pub
  readonly heartPong: Router
  /** What the registration reply tells of: engines that have no file could connect by it. */
  readonly connectionInfo: EngineConnectionInfo
  readonly heartbeatPeriodMs: number
  readonly onEngine: (engine: Engine) => void
  /** Calls back when all is here that an engine sent whose process has ended. */
  readonly whenSilent: (uuid: string, callback: () => void) => void
  readonly onDeparture: (engine: Engine, cause: DeathCause | undefined) => void
  /** The engines have changed and should be written down for a restart. */
  readonly onEnginesChanged: () => void
  /** A client wants the controller to end; it has been told, and so have all others. */
  readonly onShutdownRequest: () => void
}

/**
 * The registration channel, the notifications and the heartbeats: hands what comes to the hub and
 * does what it decides. Source: protocol reference §5, §6, §13.
 */
export class HubDesk {
  readonly #options: HubDeskOptions
  #timer: Timer | undefined
  #timerAtMs = Number.POSITIVE_INFINITY
  /** When engines were announced, the oldest first; those that have left are not in it. */
  readonly #arrivals = new Map<string, { readonly engine: Engine; readonly atMs: number }>()
  /** Departures that wait for their cause, by the engine's uuid. */
  readonly #waits = new Map<string, Timer>()

  constructor(options: HubDeskOptions) {
    this.#options = options
    const { gate, registration, notification, heartPing, heartPong } = options
    notification.welcome = () => this.#recentArrivals()
    heartPing.welcome = () => [[utf8(options.state.firstPing(this.#now()))]]
    registration.onMessage = gate.guard('registration', (frames) => this.#receive(frames))
    heartPong.onMessage = gate.guard('heartbeat', (frames) => this.#hear(frames))
    this.#setTimer()
  }

  /** An engine has said on iopub that it ends. */
  engineShutDown(uuid: string): void {
    this.#apply({ type: 'engine-shut-down', uuid, atMs: this.#now() })
  }

  /** Tells all clients that the controller ends. */
  announceShutdown(parent?: Message): void {
    this.#notify(shutdownNotification, {}, parent)
  }

  close(): void {
    this.#timer?.cancel()
    for (const timer of this.#waits.values()) timer.cancel()
  }

  #now(): number {
    return this.#options.clock.monotonicMs()
  }

  #receive(frames: Uint8Array[]): void {
    const request = this.#options.gate.admit(frames, 'registration')
    if (request === undefined) return
    const route = frames[0]!
    try {
      this.#handle(request, route)
    } catch (error) {
      this.#reply(route, hubError, failureOf(error), request)
    }
  }

  /** @throws {ContentError} for content that cannot be read. */
  #handle(request: Message, route: Uint8Array): void {
    const { content } = request
    const atMs = this.#now()
    switch (request.header.msgType) {
      case registrationRequest.msgType: {
        const { uuid, id: requestedId, facts } = registrationRequest.decode(content)
        this.#apply({ type: 'registration-requested', uuid, requestedId, facts, atMs }, route)
        break
      }
      case unregistrationRequest.msgType: {
        this.#unregister(unregistrationRequest.decode(content))
        break
      }
      case connectionRequest.msgType: {
        const { engines } = this.#options.state
        this.#reply(route, connectionReply, { status: 'ok', engines }, request)
        break
      }
      case shutdownRequest.msgType:
        this.#reply(route, shutdownReply, { status: 'ok' }, request)
        this.announceShutdown(request)
        this.#options.onShutdownRequest()
        break
      default:
        this.#answer(request, route)
    }
  }

  #unregister({ id, uuid, cause }: UnregistrationRequest): void {
    const { state, clock } = this.#options
    const depart = (named: string | undefined) => {
      const atMs = this.#now()
      this.#apply({ type: 'unregistration-requested', id, uuid: named, cause, atMs })
    }
    if (uuid !== undefined && cause !== undefined) {
      this.#waits.get(uuid)?.cancel()
      this.#waits.delete(uuid)
      // The news of a death may overtake the last answers.
      this.#options.whenSilent(uuid, () => depart(uuid))
      return
    }
    const engine = id === undefined ? undefined : state.engineById(id)
    if (uuid !== undefined || cause !== undefined || engine === undefined) {
      depart(uuid)
      return
    }
    this.#waits.get(engine.uuid)?.cancel()
    const timer = clock.setTimer(causeWaitMs, () => {
      this.#waits.delete(engine.uuid)
      depart(engine.uuid)
    })
    this.#waits.set(engine.uuid, timer)
  }

  #answer(request: Message, route: Uint8Array): void {
    const { requests, session, registration } = this.#options
    const { msgType, content, buffers } = requests.answer(request.header.msgType, request.content)
    const parts = { idents: [route], parent: request, content, buffers }
    registration.trySend(session.pack(msgType, parts))
  }

  #hear(frames: Uint8Array[]): void {
    const [uuid, ping] = frames
    if (frames.length !== 2 || uuid!.length > 255 || ping!.length > 64) return
    const atMs = this.#now()
    this.#apply({ type: 'heart-answered', uuid: text(uuid!), ping: text(ping!), atMs })
  }

  /** `route`: of the engine whose registration request the event is. */
  #apply(event: HubEvent, route?: Uint8Array): void {
    for (const effect of this.#options.state.apply(event)) this.#perform(effect, route)
    this.#setTimer()
  }

  #perform(effect: HubEffect, route: Uint8Array | undefined): void {
    const { logger, heartPing, onEngine, onDeparture, onEnginesChanged } = this.#options
    switch (effect.type) {
      case 'accept-registration':
        this.#reply(route!, registrationReply, {
          status: 'ok',
          id: effect.engine.id,
          heartbeatPeriodMs: this.#options.heartbeatPeriodMs,
          connectionInfo: endpointsOf(this.#options.connectionInfo),
        })
        break
      case 'refuse-registration': {
        const refusal = new RequestError(effect.ename, effect.evalue)
        this.#reply(route!, registrationReply, failureOf(refusal))
        break
      }
      case 'announce-engine':
        this.#dropOldArrivals()
        this.#arrivals.set(effect.engine.uuid, { engine: effect.engine, atMs: this.#now() })
        this.#notify(registrationNotification, effect.engine)
        onEngine(effect.engine)
        break
      case 'announce-departure': {
        const { engine, cause } = effect
        // Results go before news: a client that hears of the death has seen what came before it.
        onDeparture(engine, cause)
        const { id, uuid } = engine
        this.#arrivals.delete(uuid)
        this.#notify(
          unregistrationNotification,
          cause === undefined ? { id, uuid } : { id, uuid, cause },
        )
        break
      }
      case 'publish-ping':
        heartPing.trySend([utf8(effect.ping)])
        break
      case 'save-engines':
        onEnginesChanged()
        break
      case 'log':
        logger[effect.level](effect.text)
        break
    }
  }

  #reply<T>(
    route: Uint8Array,
    spec: Pick<MessageSpec<T>, 'msgType' | 'encode'>,
    value: T,
    parent?: Message,
  ): void {
    const content = spec.encode(value)
    const parts = { idents: [route], parent, content }
    this.#options.registration.trySend(this.#options.session.pack(spec.msgType, parts))
  }

  #notify<T>(spec: MessageSpec<T>, value: T, parent?: Message): void {
    const content = spec.encode(value)
    const { session, notification } = this.#options
    notification.trySend(session.pack(spec.msgType, { parent, content }))
  }

  /**
   * A client of Python's asks for the engines first and subscribes to news of them later: when it
   * is busy, or behind tunnels, seconds later. What came between, it would never hear of. It does
   * not mind to hear of an engine twice. Source: protocol reference §6, step 2.
   */
  *#recentArrivals(): Iterable<readonly Uint8Array[]> {
    this.#dropOldArrivals()
    const { msgType, encode } = registrationNotification
    for (const { engine } of this.#arrivals.values()) {
      yield this.#options.session.pack(msgType, { content: encode(engine) })
    }
  }

  #dropOldArrivals(): void {
    const oldestMs = this.#now() - limits.missedArrivalsMs
    for (const [uuid, { atMs }] of this.#arrivals) {
      if (atMs >= oldestMs) return
      this.#arrivals.delete(uuid)
    }
  }

  #setTimer(): void {
    const dueAtMs = this.#options.state.nextDueAtMs
    if (dueAtMs === this.#timerAtMs) return
    this.#timer?.cancel()
    this.#timerAtMs = dueAtMs
    this.#timer = this.#options.clock.setTimer(Math.max(0, dueAtMs - this.#now()), () => {
      this.#timerAtMs = Number.POSITIVE_INFINITY
      this.#apply({ type: 'time-passed', atMs: this.#now() })
    })
  }
}

/** Without the key: whoever is registered has it. */
function endpointsOf(info: EngineConnectionInfo): JsonObject {
  const { registration, control, mux, task, iopub, hb_ping, hb_pong, broadcast } = info
  return {
    interface: info.interface,
    registration,
    control,
    mux,
    task,
    iopub,
    hb_ping,
    hb_pong,
    broadcast: [...broadcast],
  }
}
