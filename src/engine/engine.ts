import { type Clock, Deferred, type SignerFactory } from '../base/mod.ts'
import {
  type DeathCause,
  type EngineConnectionInfo,
  type EngineFacts,
  endpointOf,
  type HostFacts,
  newId,
  reachableInterface,
  Session,
  uuidOf,
} from '../jupyter/mod.ts'
import { encryptedFor, type OwnCurveKeys, Pub, Router, type SocketContext } from '../sockets/mod.ts'
import { Control } from './control.ts'
import { Desk } from './desk.ts'
import type { Evaluator } from './evaluator.ts'
import { Heart } from './heart.ts'
import { IoPub } from './iopub.ts'
import { Registration } from './registration.ts'
import { Shell } from './shell.ts'

/** What an engine needs of its platform. */
export interface EnginePorts {
  readonly context: SocketContext
  readonly makeSigner: SignerFactory
  readonly host: HostFacts
  readonly evaluator: Evaluator
}

export interface EngineOptions {
  readonly info: EngineConnectionInfo
  /** The engine's own key pair for CURVE, in Z85. Default: new ones. */
  readonly curve?: OwnCurveKeys
  /** Default: a new one, with its language. Also the identity of every socket. */
  readonly uuid?: string
  /** The id to ask for; the controller grants it when it is free. */
  readonly requestedId?: number
  readonly facts: EngineFacts
  /** Milliseconds to wait for the registration's answer; default 5000. */
  readonly registrationTimeoutMs?: number
  /** Heartbeats that may be missing before the engine gives up; 0 means any number. Default 50. */
  readonly heartbeatMissesMax?: number
  /** A signal other than an interrupt was asked for. */
  readonly onSignal?: (signal: string) => void
}

/** Why an engine ended. */
export type EngineEnd = 'shutdown' | 'heart-lost' | 'closed'

/** Milliseconds that the last messages get to leave. */
const lingerMs = 1_000

/**
 * A registered engine: it answers heartbeats, runs what it is sent, and publishes what that shows.
 */
export class Engine {
  readonly id: number
  readonly uuid: string
  readonly #ended = new Deferred<EngineEnd>()
  readonly #registration: Registration
  readonly #heart: Heart
  readonly #clock: Clock
  readonly #periodMs: number
  readonly #sockets: readonly (Router | Pub)[]
  #closing: Promise<void> | undefined

  /** Settles once, when the engine has left and its sockets are closed. */
  get ended(): Promise<EngineEnd> {
    return this.#ended.promise
  }

  /**
   * Settles when the controller counts the engine among its own, so that clients find it: at the
   * first heartbeat. Or when two periods have passed without one; then something is in its way.
   */
  async joined(): Promise<void> {
    const late = new Deferred<void>()
    const timer = this.#clock.setTimer(2 * this.#periodMs, () => late.resolve())
    await Promise.race([this.#heart.beating, late.promise])
    timer.cancel()
  }

  /**
   * Registers with the controller and starts to serve.
   * @throws {RegistrationError} when the controller refuses or does not answer in time.
   */
  static async start(given: EnginePorts, options: EngineOptions): Promise<Engine> {
    const { info } = options
    const context = encryptedFor(given.context, info.curve_serverkey, options.curve)
    const ports = { ...given, context }
    const session = new Session({
      key: info.key,
      signatureScheme: info.signature_scheme,
      makeSigner: ports.makeSigner,
      clock: context.clock,
      random: context.random,
      id: options.uuid ?? uuidOf(options.facts, newId(context.random)),
    })
    const address = await reachableInterface(info, ports.host)
    const registration = new Registration({
      context,
      session,
      address,
      port: info.registration,
      facts: options.facts,
      timeoutMs: options.registrationTimeoutMs ?? 5_000,
      ...(options.requestedId === undefined ? {} : { requestedId: options.requestedId }),
    })
    try {
      const { id, heartbeatPeriodMs } = await registration.register()
      return new Engine(ports, options, session, address, registration, id, heartbeatPeriodMs)
    } catch (error) {
      await registration.close(0)
      throw error
    }
  }

  private constructor(
    ports: EnginePorts,
    options: EngineOptions,
    session: Session,
    address: string,
    registration: Registration,
    id: number,
    periodMs: number,
  ) {
    const { context, evaluator } = ports
    const { info } = options
    this.#clock = context.clock
    this.#periodMs = periodMs
    this.id = id
    this.uuid = session.id
    this.#registration = registration
    const pub = new Pub(context, { sendHighWaterMark: 0 })
    pub.connect(endpointOf(address, info.iopub))
    const iopub = new IoPub({
      session,
      socket: pub,
      topic: `engine.${id}`,
      metadata: { engine: session.id },
    })
    const desk = new Desk({ facts: options.facts, comms: evaluator.comms })
    const unlimited = { routingId: session.id, sendHighWaterMark: 0, receiveHighWaterMark: 0 }
    const shellSocket = new Router(context, unlimited)
    const controlSocket = new Router(context, unlimited)
    this.#sockets = [shellSocket, controlSocket, pub]
    const shell = new Shell({
      context,
      session,
      socket: shellSocket,
      iopub,
      engineId: id,
      evaluator,
      desk,
    })
    new Control({
      context,
      session,
      socket: controlSocket,
      iopub,
      shell,
      evaluator,
      desk,
      onShutdown: () => void this.#end('shutdown'),
      onSignal: options.onSignal ?? (() => {}),
    })
    const leaf = info.broadcast[id % Math.max(1, info.broadcast.length)]
    for (const port of [info.mux, info.task, ...(leaf === undefined ? [] : [leaf])]) {
      shellSocket.connect(endpointOf(address, port))
    }
    controlSocket.connect(endpointOf(address, info.control))
    this.#heart = new Heart({
      context,
      address,
      pingPort: info.hb_ping,
      pongPort: info.hb_pong,
      uuid: session.id,
      periodMs,
      missesMax: options.heartbeatMissesMax ?? 50,
      onLost: () => void this.#end('heart-lost'),
    })
  }

  /**
   * Leaves the cluster: unregisters, sends what is still buffered, closes. `cause` is what clients
   * hear whose tasks it takes along.
   */
  close(cause?: DeathCause): Promise<void> {
    return this.#end('closed', cause)
  }

  #end(reason: EngineEnd, cause?: DeathCause): Promise<void> {
    this.#closing ??= this.#leave(reason, cause)
    return this.#closing
  }

  async #leave(reason: EngineEnd, cause: DeathCause | undefined): Promise<void> {
    this.#registration.unregister(cause)
    await Promise.all([
      this.#heart.close(),
      ...this.#sockets.map((socket) => socket.close({ lingerMs })),
      this.#registration.close(lingerMs),
    ])
    this.#ended.resolve(reason)
  }
}
