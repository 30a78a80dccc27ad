import { Deferred, silentLogger } from '../base/mod.ts'
import {
  connectionReply,
  connectionRequest,
  type DeathCause,
  type EngineConnectionInfo,
  endpointOf,
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
  /** Who waits for an answer of the hub, by the question's id. */
  readonly #asked = new Map<string, (engineId: number | undefined) => void>()

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
    this.#dealer.onMessage = (frames) => this.#receive(frames, uuid)
    for (;;) {
      signal.throwIfAborted()
      const looked = new Deferred<number | undefined>()
      // A hub that does not answer is asked again: it may not be there yet, or not any more.
      const timer = setTimeout(() => looked.resolve(undefined), 10 * lookMs)
      const header = this.#session.newHeader(connectionRequest.msgType)
      this.#asked.set(header.msgId, looked.resolve)
      this.#dealer.trySend(this.#session.pack(header, { content: connectionRequest.encode({}) }))
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

  #receive(frames: readonly Uint8Array[], uuid: string): void {
    try {
      const { content, parent } = this.#session.unpack(frames)
      const answered = this.#asked.get(parent?.msgId ?? '')
      if (answered === undefined) return
      this.#asked.delete(parent!.msgId)
      const reply = connectionReply.decode(content)
      const engines = reply.status === 'ok' ? reply.engines : []
      answered(engines.find((engine) => engine.uuid === uuid)?.id)
    } catch {
      // Whatever it was, it is no answer; the question is asked again.
    }
  }
}
