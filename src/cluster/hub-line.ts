import { Deferred, silentLogger } from '../base/mod.ts'
import {
  connectionReply,
  connectionRequest,
  type DeathCause,
  type EngineConnectionInfo,
  endpointOf,
  type RegisteredEngine,
  reachableInterface,
  Session,
  unregistrationRequest,
} from '../jupyter/mod.ts'
import {
  hostFacts,
  ipcTransport,
  makeSigner,
  systemClock,
  systemRandom,
  tcpTransport,
} from '../node/mod.ts'
import { Dealer, encryptedFor } from '../sockets/mod.ts'
import type { DeadEngine } from './nanny.ts'

const platform = { clock: systemClock, random: systemRandom }

/** Milliseconds between two looks at who is registered. */
const lookMs = 100

/** Milliseconds that what was said last gets to leave; Python's nanny gives it as much. */
const lingerMs = 3_000

/** A line to the hub of a controller, for the process that watches an engine. */
export class HubLine {
  readonly #session: Session
  readonly #dealer: Dealer

  static async open(info: EngineConnectionInfo): Promise<HubLine> {
    return new HubLine(info, await reachableInterface(info, hostFacts()))
  }

  private constructor(info: EngineConnectionInfo, address: string) {
    this.#session = new Session({
      ...platform,
      key: info.key,
      signatureScheme: info.signature_scheme,
      makeSigner,
    })
    const transports = [tcpTransport, ipcTransport]
    const context = { ...platform, transports, logger: silentLogger }
    this.#dealer = new Dealer(encryptedFor(context, info.curve_serverkey))
    this.#dealer.connect(endpointOf(address, info.registration))
  }

  /**
   * Waits until an engine is registered; resolves with its id.
   * @throws the signal's reason.
   */
  async idOf(uuid: string, signal: AbortSignal): Promise<number> {
    for (;;) {
      signal.throwIfAborted()
      const looked = new Deferred<number | undefined>()
      this.#dealer.onMessage = (frames) => {
        const engines = this.#enginesIn(frames)
        if (engines !== undefined) looked.resolve(engines.find((one) => one.uuid === uuid)?.id)
      }
      // A hub that does not answer is asked again: it may not be there yet, or not any more.
      const timer = setTimeout(() => looked.resolve(undefined), 10 * lookMs)
      const content = connectionRequest.encode({})
      this.#dealer.trySend(this.#session.pack(connectionRequest.msgType, { content }))
      const id = await looked.promise
      clearTimeout(timer)
      if (id !== undefined) return id
      await new Promise((resolve) => setTimeout(resolve, lookMs))
    }
  }

  /** Tells that an engine's process ended, and why. Source: protocol reference §5.2 and §5.4. */
  announce(engine: DeadEngine, cause: DeathCause): void {
    const content = unregistrationRequest.encode({ ...engine, cause })
    this.#dealer.trySend(this.#session.pack(unregistrationRequest.msgType, { content }))
  }

  async close(): Promise<void> {
    await this.#dealer.close({ lingerMs })
  }

  /** Undefined for what is no answer: the question is asked again. */
  #enginesIn(frames: readonly Uint8Array[]): readonly RegisteredEngine[] | undefined {
    try {
      const reply = connectionReply.decode(this.#session.unpack(frames).content)
      return reply.status === 'ok' ? reply.engines : []
    } catch {
      return undefined
    }
  }
}
