import { Deferred, limits, type SignerFactory, type Timer, utf8 } from '../base/mod.ts'
import {
  type Engine,
  type EngineTable,
  HubRequests,
  HubState,
  MemoryTaskStore,
  TaskLedger,
  type TaskStore,
} from '../hub/mod.ts'
import {
  abortRequest,
  type ClientConnectionInfo,
  type DeathCause,
  type EngineConnectionInfo,
  type Message,
  Session,
} from '../jupyter/mod.ts'
import { readScheme } from '../scheduling/mod.ts'
import { type CurveKeyTexts, type Router, type SocketContext, Strangers } from '../sockets/mod.ts'
import { BroadcastChannel } from './broadcast-channel.ts'
import { type ClientLine, keptFirst } from './client-line.ts'
import { clientInfoOf, engineInfoOf } from './connection-infos.ts'
import { ControllerSockets, type Interfaces } from './controller-sockets.ts'
import { DirectChannel } from './direct-channel.ts'
import { type PortPlan, planPorts } from './endpoint-plan.ts'
import { EngineIdentities } from './engine-identities.ts'
import { HubDesk } from './hub-desk.ts'
import { MessageGate } from './message-gate.ts'
import { OutputRelay } from './output-relay.ts'
import { lostReply } from './replies.ts'
import { TaskChannel } from './task-channel.ts'

export interface ControllerOptions {
  readonly context: SocketContext
  readonly makeSigner: SignerFactory
  /** The cluster's secret, as text; empty means that nothing is signed. */
  readonly key: string
  /** Encrypts every connection: the key pair of all sockets, in Z85. Default: none is. */
  readonly curve?: CurveKeyTexts
  /** Default `hmac-sha256`. */
  readonly signatureScheme?: string
  /** Where to listen. */
  readonly interfaces: Interfaces
  /** Default: any free ports. */
  readonly ports?: PortPlan
  /** The host name or address under which others reach this machine when the interface is `*`. */
  readonly location: string
  /** SSH servers that clients and engines are to tunnel through. Default: none. */
  readonly ssh?: { readonly client: string; readonly engine: string }
  /** Default 3000. */
  readonly heartbeatPeriodMs?: number
  /** Heartbeats that an engine may miss in a row before it counts as dead. Default 25. */
  readonly heartbeatMissesMax?: number
  /** Default: 30 s, or ten heartbeats if that is longer. */
  readonly registrationTimeoutMs?: number
  /** How engines are chosen: `leastload` (default), `lru`, `plainrandom`, `weighted`, `twobin`, `pure`. */
  readonly scheme?: string
  /** Load-balanced tasks that an engine may have at once; 0 for no limit. Default 1. */
  readonly highWaterMark?: number
  /**
   * Milliseconds of short tasks that an engine which can give them back may have beyond that; 0 for
   * none. Default: `limits.aheadWorkMs`.
   */
  readonly workAheadMs?: number
  /** Where tasks are remembered; it is closed with the controller. Default: in memory. */
  readonly taskStore?: TaskStore
  /**
   * Bytes that peers together may send before they have shown a valid message. Default:
   * `limits.strangerBytesMax`.
   */
  readonly strangerBytesMax?: number
  /** The engines of the controller whose place this one takes. */
  readonly restored?: EngineTable
  /** Is given the engines, shortly after they have changed, to write them down for a restart. */
  readonly saveEngines?: (table: EngineTable) => void
}

/** Why a controller ended: by its own `close()`, or because a client asked for it. */
export type ControllerEnd = 'closed' | 'shutdown-requested'

/** Milliseconds that the last messages get to leave. */
const lingerMs = 1_000
/**
 * Milliseconds in which changes of the engines are gathered before they are written down, and how
 * many more for each engine: all of them are written every time.
 */
const saveEnginesAfterMs = 50
const saveEnginesAfterMsEach = 0.1

/** Types of direct requests that are tasks; whatever else clients send is passed on unrecorded. */
const taskTypes = new Set(['apply_request', 'execute_request'])

/**
 * The middle of a cluster: knows the engines, schedules tasks, records them, relays the rest.
 * Source: protocol reference §1, §21.
 */
export class Controller {
  /** What clients need to connect. */
  readonly clientInfo: ClientConnectionInfo
  /** What engines need to connect. */
  readonly engineInfo: EngineConnectionInfo
  readonly #options: ControllerOptions
  readonly #ended = new Deferred<ControllerEnd>()
  readonly #session: Session
  readonly #sockets: ControllerSockets
  readonly #state: HubState
  readonly #ledger: TaskLedger
  readonly #identities = new EngineIdentities()
  readonly #gate: MessageGate
  readonly #desk: HubDesk
  readonly #tasks: TaskChannel
  readonly #mux: DirectChannel
  readonly #control: DirectChannel
  readonly #broadcast: BroadcastChannel
  #saveTimer: Timer | undefined
  #closing: Promise<void> | undefined

  /** Settles once, when every socket is closed. */
  get closed(): Promise<ControllerEnd> {
    return this.#ended.promise
  }

  /** The registered engines, in the order of their registration. */
  get engines(): readonly Engine[] {
    return this.#state.engines
  }

  /**
   * Binds every socket and begins to serve.
   * @throws {BindError} when an address cannot be had.
   * @throws {ArgumentError} for an option that can never work.
   */
  static async start(options: ControllerOptions): Promise<Controller> {
    const { curve, strangerBytesMax: bytesMax = limits.strangerBytesMax } = options
    const session = sessionOf(options)
    const strangers = new Strangers({ bytesMax, senderOf: (frames) => session.senderOf(frames) })
    const plain = { ...options.context, strangers }
    const context =
      curve === undefined ? plain : { ...plain, curve: { server: true, ...curve } as const }
    const periodMs = options.heartbeatPeriodMs ?? 3_000
    const timeoutMs = periodMs * ((options.heartbeatMissesMax ?? limits.heartMissesMax) + 1)
    const sockets = new ControllerSockets(context, { intervalMs: timeoutMs / 2, timeoutMs })
    try {
      const ports = await sockets.bind(options.interfaces, options.ports ?? planPorts())
      return new Controller(options, session, sockets, ports)
    } catch (error) {
      await sockets.close(0)
      throw error
    }
  }

  private constructor(
    options: ControllerOptions,
    session: Session,
    sockets: ControllerSockets,
    ports: PortPlan,
  ) {
    const { context, scheme = 'leastload' } = options
    const { clock, random, logger } = context
    const signatureScheme = signatureSchemeOf(options)
    this.#options = options
    this.#sockets = sockets
    this.#session = session
    this.clientInfo = clientInfoOf({ ...options, scheme, signatureScheme }, ports)
    this.engineInfo = engineInfoOf({ ...options, signatureScheme }, ports)
    this.#gate = new MessageGate(this.#session, logger)
    this.#ledger = new TaskLedger(options.taskStore ?? new MemoryTaskStore())
    this.#state = this.#makeState()
    const shared = {
      session: this.#session,
      clock,
      logger,
      gate: this.#gate,
      ledger: this.#ledger,
      identities: this.#identities,
    }
    this.#tasks = new TaskChannel({
      ...shared,
      random,
      scheme: readScheme(scheme),
      highWaterMark: options.highWaterMark ?? 1,
      aheadMs: options.workAheadMs ?? limits.aheadWorkMs,
      clients: this.#toClients(sockets.taskClients),
      engines: sockets.taskEngines,
      recall: (engine, msgIds) => this.#recall(engine, msgIds),
    })
    const isRegistered = (uuid: string) => this.#state.engine(uuid) !== undefined
    this.#mux = new DirectChannel({
      ...shared,
      name: 'mux',
      clients: this.#toClients(sockets.muxClients),
      engines: sockets.muxEngines,
      isRegistered,
      onRequest: (request, engine) => this.#directRequest(request, engine),
      onReply: (reply) => this.#directReply(reply),
    })
    this.#control = new DirectChannel({
      ...shared,
      name: 'control',
      clients: sockets.controlClients,
      engines: sockets.controlEngines,
      isRegistered,
      onRequest: (request) => this.#controlRequest(request),
      onReply: () => {},
    })
    this.#broadcast = new BroadcastChannel({
      ...shared,
      clients: sockets.broadcastClients,
      engines: sockets.broadcastEngines,
      isRegistered,
    })
    this.#desk = this.#makeDesk()
    new OutputRelay({
      gate: this.#gate,
      engines: sockets.outputEngines,
      clients: sockets.outputClients,
      onOutput: ({ parent, header, content }) => {
        if (parent !== undefined) this.#ledger.shown(parent.msgId, header.msgType, content)
      },
      onShutdown: ({ header }) => this.#desk.engineShutDown(header.session),
    })
    for (const engine of this.#state.engines) this.#tasks.engineJoined(engine)
  }

  /** Tells the clients, sends what is still buffered, closes. Does not stop the engines. */
  close(): Promise<void> {
    if (this.#closing === undefined) this.#desk.announceShutdown()
    return this.#end('closed')
  }

  #makeState(): HubState {
    const { heartbeatPeriodMs = 3_000, restored } = this.#options
    return new HubState(
      {
        heartbeatPeriodMs,
        missesMax: this.#options.heartbeatMissesMax ?? limits.heartMissesMax,
        registrationTimeoutMs:
          this.#options.registrationTimeoutMs ?? Math.max(30_000, 10 * heartbeatPeriodMs),
        ...(restored === undefined ? {} : { restored }),
      },
      this.#options.context.clock.monotonicMs(),
    )
  }

  #toClients(router: Router): ClientLine {
    const { taskStore } = this.#options
    return taskStore === undefined ? router : keptFirst(router, taskStore)
  }

  #makeDesk(): HubDesk {
    const { context, heartbeatPeriodMs = 3_000 } = this.#options
    return new HubDesk({
      session: this.#session,
      clock: context.clock,
      logger: context.logger,
      gate: this.#gate,
      state: this.#state,
      requests: new HubRequests({
        state: this.#state,
        ledger: this.#ledger,
        resubmit: (record) => this.#tasks.resubmit(record),
      }),
      registration: this.#sockets.registration,
      notification: this.#sockets.notification,
      heartPing: this.#sockets.heartPing,
      heartPong: this.#sockets.heartPong,
      connectionInfo: this.engineInfo,
      heartbeatPeriodMs,
      onEngine: (engine) => this.#tasks.engineJoined(engine),
      whenSilent: (uuid, callback) => {
        const { taskEngines, muxEngines } = this.#sockets
        taskEngines.whenSilent(uuid, () => muxEngines.whenSilent(uuid, callback))
      },
      onDeparture: (engine, cause) => this.#engineLeft(engine, cause),
      onEnginesChanged: () => this.#saveSoon(),
      onShutdownRequest: () => void this.#end('shutdown-requested'),
    })
  }

  #engineLeft(engine: Engine, cause: DeathCause | undefined): void {
    this.#tasks.engineLeft(engine, cause)
    this.#broadcast.engineLeft(engine)
    this.#mux.engineLeft(engine)
    this.#control.engineLeft(engine)
    for (const { msgId } of this.#ledger.engineLeft(engine.uuid)) {
      const reply = lostReply(this.#session, engine, msgId, cause)
      this.#ledger.ended(msgId, reply, this.#options.context.clock.now())
    }
    this.#identities.forget(engine.uuid)
    // The news of its death goes out on another channel, and must not come before these replies.
    this.#ledger.store.flush()
  }

  #directRequest(request: Message, engine: string): boolean {
    const isTask = taskTypes.has(request.header.msgType)
    if (isTask) this.#ledger.submitted(request, 'mux', engine)
    return isTask
  }

  /** A reply may be all that a controller sees of a task: the one before it had the request. */
  #directReply(reply: Message): void {
    const request = this.#gate.read(reply, 'mux', () => reply.parent)
    if (request === undefined) return
    const now = this.#options.context.clock.now()
    if (this.#ledger.isPending(request.msgId)) this.#ledger.ended(request.msgId, reply, now)
    else if (taskTypes.has(request.msgType)) {
      this.#gate.read(reply, 'mux', () => this.#ledger.endedUnseen(request, reply, 'mux', now))
    }
  }

  /** Engines know nothing of tasks that wait here, so an abort is read on its way to them. */
  #controlRequest(request: Message): boolean {
    if (request.header.msgType === abortRequest.msgType) {
      const abort = this.#gate.read(request, 'control', () => abortRequest.decode(request.content))
      if (abort !== undefined) this.#tasks.abort(abort.msgIds)
    }
    return false
  }

  /** The engine's answer to this names a client that does not exist, and goes nowhere. */
  #recall(engine: string, msgIds: readonly string[]): void {
    const idents = [this.#identities.get(engine), utf8('controller')]
    const content = abortRequest.encode({ msgIds, recall: true })
    const frames = this.#session.pack(abortRequest.msgType, { idents, content })
    this.#sockets.controlEngines.send(engine, frames)
  }

  #saveSoon(): void {
    if (this.#options.saveEngines === undefined) return
    if (this.#saveTimer !== undefined) return
    const afterMs = saveEnginesAfterMs + this.#state.engines.length * saveEnginesAfterMsEach
    this.#saveTimer = this.#options.context.clock.setTimer(afterMs, () => this.#save())
  }

  #save(): void {
    if (this.#saveTimer === undefined) return
    this.#saveTimer.cancel()
    this.#saveTimer = undefined
    this.#options.saveEngines?.(this.#state.table)
  }

  #end(reason: ControllerEnd): Promise<void> {
    this.#closing ??= this.#close(reason)
    return this.#closing
  }

  async #close(reason: ControllerEnd): Promise<void> {
    this.#desk.close()
    this.#tasks.close()
    this.#save()
    this.#ledger.store.flush()
    await this.#sockets.close(lingerMs)
    this.#ledger.store.close()
    this.#ended.resolve(reason)
  }
}

function signatureSchemeOf({ signatureScheme = 'hmac-sha256' }: ControllerOptions): string {
  return signatureScheme
}

function sessionOf(options: ControllerOptions): Session {
  const { key, makeSigner, context } = options
  const { clock, random } = context
  const signatureScheme = signatureSchemeOf(options)
  return new Session({ key, signatureScheme, makeSigner, clock, random })
}
